import type { Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { AnswerContent } from './answer.js';
import type { Cache } from './cache.js';
import type { Exchange } from './exchange.js';
import type { Instance } from './instance.js';
import type { Process } from './process.js';
import type { Processor } from './processor.js';
import type { Route } from './route.js';

/** A missing entry of a cache on its way. */
export interface Filling {
  readonly cache: Cache;
  readonly key: number;
  /** The entry that is being fetched around this one: a local cache in front of a shared one. */
  readonly outer: Filling | undefined;
}

/**
 * One request inside an instance: where it stands in its route, and what it holds. Goes on when its client has gone:
 * abandoned work still burns CPU, threads and connections.
 */
export class Job implements Expiring {
  /** Index of the next step in the route's program. */
  position = 0;
  /** The status it will answer with. */
  status = 200;
  /** Bytes of the answer's body. */
  bodyBytes = 0;
  /** What the answer says; absent: only what every answer of the instance says. */
  content: AnswerContent | undefined = undefined;
  /** Factor on what framework and drivers compute for this request: more where the process had been idle, or its host is slow. */
  slowness = 1;
  /** CPU that the server spends on this answer beside its own overhead. */
  serialiseNs = 0;
  /** What its `cpu` steps run on: a thread of its process, or the event loop. Set by the server. */
  cpu: Processor;
  /** True once the process that worked on it is gone: whatever still returns for it is dropped. */
  dead = false;
  /** Memory taken by `allocate` steps, until the request ends. */
  allocatedBytes = 0;
  /** True where its last look-up in a cache missed. */
  missed = false;
  /** The missing entry that this job is about to fill; others may wait for it. */
  filling: Filling | undefined = undefined;
  /** Its neighbours in its instance's {@link JobList}. */
  previous: Job | undefined = undefined;
  next: Job | undefined = undefined;
  /** When the instance got it. */
  readonly startedNs: number;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;
  /** The step that waits for something on behalf of this job. */
  waiter: { granted(job: Job): void; refused(job: Job): void } | undefined = undefined;

  constructor(
    readonly exchange: Exchange,
    readonly instance: Instance,
    public process: Process,
    readonly route: Route,
    nowNs: number,
  ) {
    this.cpu = process.cpu;
    this.startedNs = nowNs;
  }
}
