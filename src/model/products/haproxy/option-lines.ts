import { didYouMean, either, fail, list, text } from '../../../options/fields.js';

/** `option httpchk`: the request that a health check sends. */
export interface HttpCheck {
  readonly method: string;
  readonly uri: string;
}

/** What the `option` lines of a proxy say. */
export interface OptionLines {
  /** `redispatch [interval]`: 0: off; -1: at the last retry; n: at every n-th one. */
  readonly redispatch: number;
  readonly allbackups: boolean;
  readonly httpchk: HttpCheck | undefined;
  /** Connections to servers are closed after every answer (`http-server-close`, `httpclose`). */
  readonly closesServers: boolean;
  /** Connections of clients are closed after every answer (`httpclose`). */
  readonly closesClients: boolean;
  /** Requests whose client has gone are given up; otherwise they go on, in queues too. */
  readonly abortonclose: boolean;
}

const WORDS = [
  'redispatch',
  'allbackups',
  'httpchk',
  'http-keep-alive',
  'http-server-close',
  'httpclose',
  'abortonclose',
] as const;

/** `redispatch` without an interval: at the last retry. */
const LAST_RETRY = -1;

/**
 * The `option` lines of a backend, each as it stands behind the word: `[redispatch 1, httpchk GET /health, allbackups]`.
 * One line needs no list.
 */
export function optionField() {
  return either([text(), list(text())])
    .transform((value, context): OptionLines => {
      const lines = typeof value === 'string' ? [value] : value;
      let read = NO_OPTIONS;
      for (const [index, line] of lines.entries()) {
        const next = withLine(read, line.trim().split(/\s+/));
        if (next !== undefined) read = next;
        else {
          const path = typeof value === 'string' ? [] : [index];
          fail(context, line, `an option of ${WORDS.join(', ')}`, didYouMean(line, WORDS), path);
        }
      }
      return read;
    })
    .meta({ examples: ['redispatch', ['redispatch 1', 'httpchk GET /health', 'allbackups']] });
}

/** What holds without any line. */
export const NO_OPTIONS: OptionLines = {
  redispatch: 0,
  allbackups: false,
  httpchk: undefined,
  closesServers: false,
  closesClients: false,
  abortonclose: false,
};

/** `undefined` for a line that is not understood. */
function withLine(options: OptionLines, [word, ...rest]: readonly string[]): OptionLines | undefined {
  if (word === 'httpchk') return { ...options, httpchk: httpCheckOf(rest) };
  if (word === 'redispatch') {
    const interval = rest.length === 0 ? LAST_RETRY : Number(rest[0]);
    if (rest.length > 1 || !Number.isInteger(interval)) return undefined;
    return { ...options, redispatch: interval };
  }
  if (rest.length > 0) return undefined;
  if (word === 'allbackups') return { ...options, allbackups: true };
  if (word === 'abortonclose') return { ...options, abortonclose: true };
  if (word === 'http-keep-alive') return options;
  if (word === 'http-server-close') return { ...options, closesServers: true };
  if (word === 'httpclose') return { ...options, closesServers: true, closesClients: true };
  return undefined;
}

/** `OPTIONS /` unless told; one word is the URI, a third one (the version) changes nothing here. */
function httpCheckOf(words: readonly string[]): HttpCheck {
  if (words.length === 0) return { method: 'OPTIONS', uri: '/' };
  if (words.length === 1) return { method: 'OPTIONS', uri: words[0]! };
  return { method: words[0]!, uri: words[1]! };
}
