import type { ScriptLogPlace } from '../experiment/run.js';
import type { LoadedExperiment } from '../input/experiment.js';
import { type LogEntry, type LogLevel, logLine, terminalLogLine } from '../report/k6/log.js';
import type { ScriptLog } from '../script/run-options.js';
import { STARTED_AT_MS } from '../script/script-plan.js';
import type { CommandContext } from './context.js';

/** How k6 begins what it says of a promise that was rejected, and nobody looked at. */
const REJECTED = 'Uncaught (in promise)';

/** What a script says, as an entry of k6's log. @param executor of the entry's scenario. */
export function scriptLogEntry(entry: ScriptLog, executor = entry.executor ?? ''): LogEntry {
  const { level, text, source, scenario, error, url } = entry;
  const fields: Record<string, string> = {};
  if (error !== undefined) fields.error = error;
  if (url !== undefined) fields.url = url;
  if (source !== '') fields.source = source;
  const isException = source === 'stacktrace' || text.startsWith(REJECTED);
  if (scenario !== '' && (isException || isOfScenario(entry))) Object.assign(fields, { scenario, executor });
  return { level: level as LogLevel, message: text, fields };
}

/** Said of a scenario as a whole. */
function isOfScenario({ vu, executor }: ScriptLog): boolean {
  return vu === 0 && executor !== undefined;
}

/** So many lines of the scripts of one experiment are shown, and so many of one text; the others are counted. */
const LINES_MAX = 20;
const SAME_MAX = 3;

/**
 * What the scripts of an experiment say, on stderr as k6 logs it, in virtual time: the first lines, and how many more there
 * were. Many replications of many users would bury the table otherwise.
 */
export class ScriptConsole {
  private shown = 0;
  /** How often each text was shown. */
  private readonly times = new Map<string, number>();
  private readonly left = new Map<string, number>();

  /** @param options `quiet`: errors and warnings only. */
  constructor(
    private readonly context: CommandContext,
    private readonly loaded: LoadedExperiment,
    private readonly options: { readonly quiet: boolean },
  ) {}

  /** Says once what k6 warns of where it loads a script; variants of one script warn of the same. */
  warnOfScripts(): void {
    const seen = new Set<string>();
    for (const { experiment } of this.loaded.variants) {
      for (const { level, message, fields } of experiment.script?.warnings ?? []) {
        const key = JSON.stringify([message, fields]);
        if (!seen.has(key)) this.write({ level, message, fields }, 0);
        seen.add(key);
      }
    }
  }

  /** Hears of one entry. */
  add(entry: ScriptLog, { variant, replicationIndex, nowNs }: ScriptLogPlace): void {
    const { level } = entry;
    if (level === 'debug' || (this.options.quiet && level === 'info')) return;
    if (!this.isShown(entry)) {
      this.left.set(level, (this.left.get(level) ?? 0) + 1);
      return;
    }
    const { message, fields } = scriptLogEntry(entry);
    const { variants } = this.loaded;
    const place = {
      ...(variants.length > 1 ? { variant } : {}),
      ...(replicationIndex > 0 ? { replication: String(replicationIndex + 1) } : {}),
    };
    this.write({ level: level as LogLevel, message, fields: { ...fields, ...place } }, nowNs);
  }

  private isShown({ level, text, error = '' }: ScriptLog): boolean {
    if (this.shown >= LINES_MAX) return false;
    const key = `${level} ${text} ${error}`;
    const times = this.times.get(key) ?? 0;
    if (times >= SAME_MAX) return false;
    this.times.set(key, times + 1);
    this.shown += 1;
    return true;
  }

  /** Says how much more there was. */
  end(): void {
    if (this.left.size === 0) return;
    const total = [...this.left.values()].reduce((sum, count) => sum + count, 0);
    const parts = [...this.left]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([level, count]) => `${count} ${level}`);
    this.context.console.error(`the script said ${total} more (${parts.join(', ')})`);
  }

  private write(entry: LogEntry, nowNs: number): void {
    const { console, surroundings } = this.context;
    const time = { unixMs: STARTED_AT_MS + nowNs / 1e6, seconds: Math.floor(nowNs / 1e9) };
    const isTerminal = surroundings.stderr.isTTY === true && console.style.colours === 'ansi';
    const line = isTerminal ? terminalLogLine(entry, time) : logLine(entry, time);
    console.error(line.trimEnd());
  }
}
