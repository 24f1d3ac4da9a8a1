import { K6_EXIT_CODES, K6Error } from './exit-codes.js';
import { parseInteger } from './go-fields.js';
import { GoError } from './go-json.js';
import { parseBool, parseFlagDuration } from './option-texts.js';

/** How the value of a flag is read. `list` splits at commas, `array` takes the text as it is; both may be given again. */
type FlagKind = 'bool' | 'int' | 'duration' | 'string' | 'list' | 'array';

interface Flag {
  readonly kind: FlagKind;
  readonly short?: string;
  /** What the flag means without a value; a flag that is not `bool` needs one otherwise. */
  readonly bare?: string;
}

/** The flags of `k6 run` (k6 v1.8.1, internal/cmd/{options,runtime_options,config,root}.go). */
const FLAGS: Readonly<Record<string, Flag>> = {
  vus: { kind: 'int', short: 'u' },
  duration: { kind: 'duration', short: 'd' },
  iterations: { kind: 'int', short: 'i' },
  stage: { kind: 'list', short: 's' },
  'execution-segment': { kind: 'string' },
  'execution-segment-sequence': { kind: 'string' },
  paused: { kind: 'bool', short: 'p' },
  'no-setup': { kind: 'bool' },
  'no-teardown': { kind: 'bool' },
  'max-redirects': { kind: 'int' },
  batch: { kind: 'int' },
  'batch-per-host': { kind: 'int' },
  rps: { kind: 'int' },
  'user-agent': { kind: 'string' },
  'http-debug': { kind: 'string', bare: 'headers' },
  'insecure-skip-tls-verify': { kind: 'bool' },
  'no-connection-reuse': { kind: 'bool' },
  'no-vu-connection-reuse': { kind: 'bool' },
  'min-iteration-duration': { kind: 'duration' },
  throw: { kind: 'bool', short: 'w' },
  'blacklist-ip': { kind: 'list' },
  'block-hostnames': { kind: 'list' },
  'summary-trend-stats': { kind: 'list' },
  'summary-time-unit': { kind: 'string' },
  'system-tags': { kind: 'list' },
  tag: { kind: 'array' },
  'console-output': { kind: 'string' },
  'discard-response-bodies': { kind: 'bool' },
  'local-ips': { kind: 'string' },
  dns: { kind: 'string' },
  'include-system-env-vars': { kind: 'bool' },
  'compatibility-mode': { kind: 'string' },
  type: { kind: 'string', short: 't' },
  env: { kind: 'array', short: 'e' },
  'no-thresholds': { kind: 'bool' },
  'no-summary': { kind: 'bool' },
  'summary-mode': { kind: 'string' },
  'summary-export': { kind: 'string' },
  'new-machine-readable-summary': { kind: 'bool' },
  'traces-output': { kind: 'string' },
  out: { kind: 'array', short: 'o' },
  linger: { kind: 'bool', short: 'l' },
  'no-usage-report': { kind: 'bool' },
  'secret-source': { kind: 'array' },
  'log-output': { kind: 'string' },
  'log-format': { kind: 'string' },
  config: { kind: 'string', short: 'c' },
  'no-color': { kind: 'bool' },
  verbose: { kind: 'bool', short: 'v' },
  quiet: { kind: 'bool', short: 'q' },
  address: { kind: 'string', short: 'a' },
  'profiling-enabled': { kind: 'bool' },
};

/** The value of a flag: numbers of durations are ns. */
export type FlagValue = boolean | number | string | readonly string[];

/** A command line, taken apart. */
export interface Arguments {
  /** What is no flag: the script. */
  readonly positional: readonly string[];
  /** By their long names; absent where not given. */
  readonly flags: Readonly<Record<string, FlagValue>>;
}

/**
 * Takes the arguments of `k6 run` apart, as Go's pflag does: `--vus 5`, `--vus=5`, `-u 5`, `-u5`, `-qu5`; `--` ends the flags.
 *
 * @param more further flags, of the program around.
 * @throws K6Error in pflag's words, exit code 255.
 */
export function parseArguments(
  words: readonly string[],
  more: Readonly<Record<string, Flag>> = {},
): Arguments {
  return new ArgumentParser({ ...FLAGS, ...more }, words).parse();
}

class ArgumentParser {
  private readonly values: Record<string, FlagValue> = {};
  private readonly positional: string[] = [];
  private at = 0;

  constructor(
    private readonly known: Readonly<Record<string, Flag>>,
    private readonly words: readonly string[],
  ) {}

  parse(): Arguments {
    while (this.at < this.words.length) {
      const word = this.words[this.at]!;
      this.at += 1;
      if (word === '--') {
        this.positional.push(...this.words.slice(this.at));
        break;
      }
      if (word.startsWith('--')) this.long(word);
      else if (word.startsWith('-') && word !== '-') this.shorts(word);
      else this.positional.push(word);
    }
    return { positional: this.positional, flags: this.values };
  }

  private long(word: string): void {
    const equals = word.indexOf('=');
    const name = word.slice('--'.length, equals < 0 ? undefined : equals);
    const flag = Object.hasOwn(this.known, name) ? this.known[name] : undefined;
    if (flag === undefined) throw refused(`unknown flag: --${name}`);
    if (equals >= 0) this.set(name, flag, word.slice(equals + 1));
    else this.set(name, flag, this.bareOf(flag) ?? this.nextWord(`--${name}`));
  }

  /** `-qu5`: letters of flags without values, then perhaps one with its value. */
  private shorts(word: string): void {
    let rest = word.slice(1);
    while (rest !== '') {
      const letter = rest[0]!;
      const [name, flag] = Object.entries(this.known).find(([, { short }]) => short === letter) ?? [];
      if (name === undefined || flag === undefined) {
        throw refused(`unknown shorthand flag: '${letter}' in -${rest}`);
      }
      rest = rest.slice(1);
      if (rest.startsWith('=')) {
        this.set(name, flag, rest.slice(1));
        return;
      }
      const bare = this.bareOf(flag);
      if (bare !== undefined) this.set(name, flag, bare);
      else {
        this.set(name, flag, rest === '' ? this.nextWord(`'${letter}' in ${word}`) : rest);
        return;
      }
    }
  }

  private bareOf({ kind, bare }: Flag): string | undefined {
    return kind === 'bool' ? 'true' : bare;
  }

  private nextWord(place: string): string {
    const word = this.words[this.at];
    if (word === undefined) throw refused(`flag needs an argument: ${place}`);
    this.at += 1;
    return word;
  }

  private set(name: string, flag: Flag, text: string): void {
    try {
      this.values[name] = this.read(name, flag.kind, text);
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
      throw refused(
        `invalid argument ${JSON.stringify(text)} for ${JSON.stringify(shown)} flag: ${error.message}`,
      );
    }
  }

  private read(name: string, kind: FlagKind, text: string): FlagValue {
    const before = (this.values[name] ?? []) as readonly string[];
    switch (kind) {
      case 'bool':
        return parseBool(text);
      case 'int':
        return parseInteger(text);
      case 'duration':
        return parseFlagDuration(text);
      case 'string':
        return text;
      case 'list':
        return text === '' ? before : [...before, ...text.split(',')];
      case 'array':
        return [...before, text];
    }
  }
}

function refused(message: string): K6Error {
  return new K6Error(message, K6_EXIT_CODES.other);
}
