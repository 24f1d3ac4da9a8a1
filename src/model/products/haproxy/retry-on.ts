import { didYouMean, either, fail, list, number, text } from '../../../options/fields.js';

/** After what a request is tried again. */
export interface RetryOn {
  readonly connFailure: boolean;
  /** The connection was closed or broke before there was an answer. */
  readonly emptyResponse: boolean;
  readonly responseTimeout: boolean;
  readonly statuses: readonly number[];
}

const NOTHING: RetryOn = {
  connFailure: false,
  emptyResponse: false,
  responseTimeout: false,
  statuses: [],
};

/** Statuses that `retry-on` knows (`http_ana.c`, `l7_status_match`). */
const STATUSES = [401, 403, 404, 408, 425, 500, 501, 502, 503, 504];

const WORDS: Readonly<Record<string, Partial<RetryOn>>> = {
  none: NOTHING,
  'conn-failure': { connFailure: true },
  'empty-response': { emptyResponse: true },
  // Answers are never malformed here, and there is no TLS.
  'junk-response': {},
  '0rtt-rejected': {},
  'response-timeout': { responseTimeout: true },
  'all-retryable-errors': {
    connFailure: true,
    emptyResponse: true,
    responseTimeout: true,
    statuses: [500, 502, 503, 504],
  },
};

/** `retry-on`, as one text or as a list: `[conn-failure, 503]`. */
export function retryOnField() {
  return either([text(), number(), list(either([text(), number()]))])
    .transform((value, context): RetryOn => {
      const words = Array.isArray(value) ? value.map(String) : String(value).trim().split(/\s+/);
      let read = NOTHING;
      for (const [index, word] of words.entries()) {
        const added = meaningOf(word);
        if (added !== undefined)
          read = { ...read, ...added, statuses: [...read.statuses, ...(added.statuses ?? [])] };
        else {
          const known = [...Object.keys(WORDS), ...STATUSES.map(String)];
          fail(
            context,
            word,
            `some of ${known.join(', ')}`,
            didYouMean(word, known),
            Array.isArray(value) ? [index] : [],
          );
        }
      }
      return read;
    })
    .prefault('conn-failure');
}

function meaningOf(word: string): Partial<RetryOn> | undefined {
  if (STATUSES.includes(Number(word))) return { statuses: [Number(word)] };
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}
