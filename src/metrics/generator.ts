import { NS_PER_US } from '../kernel/time.js';
import { type LocustEntry, LocustStats, type LocustSummary } from './locust-stats.js';
import type { HttpSample } from './sink.js';

/** What an ApacheBench run is told by, besides its requests. */
export interface AbHead {
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
  /** What the `Server` header says; empty where there is none. */
  readonly serverSoftware: string;
  readonly concurrency: number;
  readonly keepAlive: boolean;
  /** `-l`: the length is not looked at. */
  readonly variableLength: boolean;
}

/** Whose statistics a scenario is to leave, beside k6's. */
export type GeneratorSpec =
  | { readonly kind: 'locust'; readonly startNs: number }
  | { readonly kind: 'ab'; readonly startNs: number; readonly head: AbHead };

/** What locust keeps of one method and name, as plain data: {@link LocustEntry} with its buckets as pairs, ascending. */
export type LocustEntryRecord = Omit<LocustEntry, 'responseTimes'> & {
  readonly responseTimes: readonly (readonly [ms: number, count: number])[];
};

/** Everything locust reports of one run; see {@link LocustSummary}. */
export interface LocustRecord {
  readonly kind: 'locust';
  readonly entries: readonly LocustEntryRecord[];
  readonly total: LocustEntryRecord;
  readonly seconds: number;
}

/** Everything ApacheBench reports of one run. */
export interface AbRecord {
  readonly kind: 'ab';
  readonly head: AbHead;
  /** Of the first answer's body, bytes. */
  readonly documentLength: number;
  /** Until the last request ended. */
  readonly seconds: number;
  readonly receiveErrors: number;
  readonly lengthErrors: number;
  readonly non2xx: number;
  /** Answers after which the connection was kept. */
  readonly kept: number;
  readonly transferredBytes: number;
  readonly htmlBytes: number;
  /** Connecting, waiting and total of each request, in whole µs, in the order in which they ended. */
  readonly requests: readonly (readonly [connectUs: number, waitingUs: number, totalUs: number])[];
}

/** One load generator's own statistics of a run. */
export type GeneratorRecord = LocustRecord | AbRecord;

/** Collects, scenario by scenario, what its load generator would. */
export class GeneratorLogs {
  private readonly logs: ReadonlyMap<string, GeneratorLog>;

  /** @param specs by scenario. */
  constructor(specs: Readonly<Record<string, GeneratorSpec>>) {
    this.logs = new Map(Object.entries(specs).map(([scenario, spec]) => [scenario, createLog(spec)]));
  }

  add(sample: HttpSample): void {
    if (this.logs.size > 0) this.logs.get(sample.scenario)?.add(sample);
  }

  /** By scenario; nothing where there is none, so that results of k6's executors stay what they are. */
  toRecords(): { readonly generators?: Readonly<Record<string, GeneratorRecord>> } {
    if (this.logs.size === 0) return {};
    const records = [...this.logs].map(([scenario, log]) => [scenario, log.toRecord()]);
    return { generators: Object.fromEntries(records) };
  }
}

interface GeneratorLog {
  add(sample: HttpSample): void;
  toRecord(): GeneratorRecord;
}

function createLog(spec: GeneratorSpec): GeneratorLog {
  return spec.kind === 'locust' ? new LocustLog(spec.startNs) : new AbLog(spec.head, spec.startNs);
}

/** The record as locust's reports take it. */
export function locustSummary({ entries, total, seconds }: LocustRecord): LocustSummary {
  const open = (entry: LocustEntryRecord) => ({ ...entry, responseTimes: new Map(entry.responseTimes) });
  return { entries: entries.map(open), total: open(total), seconds };
}

/** Locust measures from the call to the whole answer, connecting included; a failure is a status from 400 on, or none. */
class LocustLog implements GeneratorLog {
  private readonly stats = new LocustStats();

  constructor(private readonly startNs: number) {}

  add(sample: HttpSample): void {
    this.stats.add({
      method: sample.method,
      name: sample.name,
      responseTimeMs: totalNs(sample) / 1e6,
      contentLength: sample.bodyBytes ?? 0,
      failed: sample.failed,
      endNs: sample.endNs - this.startNs,
    });
  }

  toRecord(): LocustRecord {
    const { entries, total, seconds } = this.stats.summary();
    return { kind: 'locust', entries: entries.map(closed), total: closed(total), seconds };
  }
}

function closed({ responseTimes, ...entry }: LocustEntry): LocustEntryRecord {
  return { ...entry, responseTimes: [...responseTimes].sort(([left], [right]) => left - right) };
}

/** ab's counts (support/ab.c, read_connection and close_connection). */
class AbLog implements GeneratorLog {
  private readonly requests: (readonly [number, number, number])[] = [];
  private documentLength: number | undefined = undefined;
  private lastNs: number;
  private receiveErrors = 0;
  private lengthErrors = 0;
  private non2xx = 0;
  private kept = 0;
  private transferredBytes = 0;
  private htmlBytes = 0;

  constructor(
    private readonly head: AbHead,
    private readonly startNs: number,
  ) {
    this.lastNs = startNs;
  }

  add(sample: HttpSample): void {
    const { status, bodyBytes = 0, responseBytes = 0 } = sample;
    this.lastNs = sample.endNs;
    if (status === 0) {
      this.receiveErrors += 1;
      return;
    }
    this.documentLength ??= bodyBytes;
    if (bodyBytes !== this.documentLength && !this.head.variableLength) this.lengthErrors += 1;
    if (status < 200 || status > 299) this.non2xx += 1;
    if (this.head.keepAlive && sample.keepsConnection === true) this.kept += 1;
    this.transferredBytes += responseBytes;
    this.htmlBytes += bodyBytes;
    const connectUs = wholeUs(sample.connectingNs);
    this.requests.push([connectUs, wholeUs(sample.waitingNs), wholeUs(totalNs(sample))]);
  }

  toRecord(): AbRecord {
    return {
      kind: 'ab',
      head: this.head,
      documentLength: this.documentLength ?? 0,
      seconds: wholeUs(this.lastNs - this.startNs) / 1e6,
      receiveErrors: this.receiveErrors,
      lengthErrors: this.lengthErrors,
      non2xx: this.non2xx,
      kept: this.kept,
      transferredBytes: this.transferredBytes,
      htmlBytes: this.htmlBytes,
      requests: this.requests,
    };
  }
}

function totalNs({ blockedNs, sendingNs, waitingNs, receivingNs }: HttpSample): number {
  return blockedNs + sendingNs + waitingNs + receivingNs;
}

function wholeUs(durationNs: number): number {
  return Math.round(durationNs / NS_PER_US);
}
