/**
 * What the host does for the scripts: functions of numbers, texts and nothing else. They have no prototype, and a script
 * never gets hold of one.
 */
export interface HostFunctions {
  /** Makes a request known; its number, or -1 where the URL is none. `description` is JSON, see `describeRequest`. */
  readonly plan: (description: string) => number;
  /** The virtual user's group from now on. */
  readonly group: (name: string) => void;
  /** The virtual user's own tags from now on, as JSON; empty for none. */
  readonly tags: (tags: string) => void;
  readonly check: (name: string, passed: boolean, tags: string) => void;
  /** Makes a metric known; a text says why it may not be. */
  readonly defineMetric: (name: string, type: string, isTime: boolean) => string;
  readonly metric: (name: string, value: number, tags: string) => void;
  readonly log: (level: string, text: string, source: string) => void;
  /** Logs a warning of k6's own, with a field: `error`, `url`. */
  readonly warn: (text: string, field: string, value: string) => void;
  /** ns since the test began. */
  readonly nowNs: () => number;
  /** ms since 1970. */
  readonly dateMs: () => number;
  /** Where a place of compiled text is in the script: `file:///x.js:10:9`, or nothing. */
  readonly place: (file: string, line: number, column: number) => string;
  /** Wakes the virtual user after so many ns, with the event of that number. */
  readonly timer: (event: number, afterNs: number) => void;
  /** Takes the next turn of k6's option `rps`: how many ns there are to it. */
  readonly turnNs: () => number;
  /** Sends a request beside the one that is waited for, after so many ns; its answer comes as the event of that number. */
  readonly send: (event: number, plan: number, afterNs: number) => void;
  /** A blank and the text of a file (mode `b`: a character per byte), or `!` and why there is none. */
  readonly open: (from: string, path: string, mode: string) => string;
  /** A fact of the execution: `scenario.name`, ... as JSON; nothing if there is none. */
  readonly execution: (fact: string) => string;
  readonly abort: (kind: string, message: string) => void;
  /** The seed of a virtual user's random numbers. */
  readonly seed: (stream: number) => number;
}

/** The parameter of the function around the whole prelude. */
declare const hostFunctions: HostFunctions;

/**
 * A call to the host may meet the end of the stack there, and throw an object of the host: it is caught here, and never
 * seen. What else goes wrong in the host, the host keeps for itself.
 */
function guarded<Call extends (...values: never[]) => unknown>(call: Call): Call {
  const plain = call as unknown as (a?: unknown, b?: unknown, c?: unknown) => unknown;
  const guard = (a?: unknown, b?: unknown, c?: unknown): unknown => {
    try {
      return plain(a, b, c);
    } catch {
      throw new RangeError('Maximum call stack size exceeded');
    }
  };
  return guard as unknown as Call;
}

/** The host's functions, safe to call. */
export const host: HostFunctions = {
  plan: guarded(hostFunctions.plan),
  group: guarded(hostFunctions.group),
  tags: guarded(hostFunctions.tags),
  check: guarded(hostFunctions.check),
  defineMetric: guarded(hostFunctions.defineMetric),
  metric: guarded(hostFunctions.metric),
  log: guarded(hostFunctions.log),
  warn: guarded(hostFunctions.warn),
  nowNs: guarded(hostFunctions.nowNs),
  dateMs: guarded(hostFunctions.dateMs),
  place: guarded(hostFunctions.place),
  timer: guarded(hostFunctions.timer),
  turnNs: guarded(hostFunctions.turnNs),
  send: guarded(hostFunctions.send),
  open: guarded(hostFunctions.open),
  execution: guarded(hostFunctions.execution),
  abort: guarded(hostFunctions.abort),
  seed: guarded(hostFunctions.seed),
};
