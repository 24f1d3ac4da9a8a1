/** How the program ends; k6's numbers where it has one (errext/exitcodes/codes.go). */
export const ExitCode = {
  /** Everything went well. */
  ok: 0,
  /** A threshold was crossed. */
  thresholdsCrossed: 99,
  /** The command line or a file is wrong; nothing was run. */
  wrongInput: 104,
  /** Stopped by Ctrl-C; what was finished is kept. */
  interrupted: 105,
  /** Anything else: a replay that differs, a disk that is full, a mistake of ours. */
  other: 255,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
