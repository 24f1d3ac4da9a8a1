/** k6's exit codes (k6 v1.8.1, errext/exitcodes/codes.go), as far as a simulated run can end with them. */
export const K6_EXIT_CODES = {
  ok: 0,
  /** Thresholds were crossed, at the end or before (`abortOnFail`). */
  thresholdsHaveFailed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  genericTimeout: 102,
  /** Options, thresholds or configuration that k6 cannot take. */
  invalidConfig: 104,
  /** Ctrl-C. */
  externalAbort: 105,
  /** The script threw in its init code, in setup() or in teardown(). */
  scriptException: 107,
  /** `exec.test.abort()`. */
  scriptAborted: 108,
  /** A bug of ours, where k6 panics. */
  panic: 109,
  /** `exec.test.fail()`. */
  markedAsFailed: 110,
  /** Whatever k6 gives no code of its own: a file that is not there, wrong flags. */
  other: 255,
} as const;

/** One of {@link K6_EXIT_CODES}. */
export type K6ExitCode = (typeof K6_EXIT_CODES)[keyof typeof K6_EXIT_CODES];

/** How a run ended, as far as the exit code depends on it. */
export interface RunEnd {
  /** The code of what ended the run before its time, or of `exec.test.fail()`. */
  readonly error?: K6ExitCode | undefined;
  /** True if thresholds do not hold at the end. */
  readonly thresholdsCrossed: boolean;
}

/** An error of the run wins over thresholds; failed requests and checks alone are no failure. */
export function exitCodeOf({ error, thresholdsCrossed }: RunEnd): K6ExitCode {
  if (error !== undefined) return error;
  return thresholdsCrossed ? K6_EXIT_CODES.thresholdsHaveFailed : K6_EXIT_CODES.ok;
}

/** What ends k6 before a run begins: its last log line, at level `error`, and its exit code. */
export class K6Error extends Error {
  constructor(
    message: string,
    readonly exitCode: K6ExitCode,
    /** Fields of the log line: `hint`. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
