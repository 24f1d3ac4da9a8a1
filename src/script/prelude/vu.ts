import { host } from './host.js';
import { RandomNumbers } from './random.js';
import type { RequestDescription } from './request.js';
/** Something that the event loop waits for. */
export interface PendingEvent {
  /** Runs when it comes. */
  readonly run: () => Generator<unknown, unknown, unknown>;
  /** An interval comes again. */
  readonly everyNs?: number;
}

/** What a script's side of one virtual user is. */
export class Vu {
  /** Exports of the modules, by number; filled as they are loaded. */
  readonly exports: unknown[] = [];
  /** The virtual user's own global object, made when somebody asks for it. */
  global: object | undefined = undefined;
  /** What runs now: an iteration, `setup`. */
  running: Generator<unknown, unknown, unknown> | undefined = undefined;
  /** What the host is to do next; see `Command`. */
  command = 0;
  /** k6's group: `::a::b`. */
  group = '';
  iteration = -1;
  /** True while modules are loaded: k6's init context. */
  initialising = false;
  /** The request that is waited for, and where there was none to send, its response. */
  asked: RequestDescription | undefined = undefined;
  answered: unknown = undefined;
  random: RandomNumbers | undefined = undefined;
  setupData: unknown = undefined;
  state: Record<string, unknown> | undefined = undefined;

  private ownJobs: Generator<unknown, unknown, unknown>[] | undefined = undefined;
  private ownRejections: Map<object, unknown> | undefined = undefined;
  private ownEvents: Map<number, PendingEvent> | undefined = undefined;
  private ownArrived: number[] | undefined = undefined;

  constructor(readonly id: number) {}

  get jobs(): Generator<unknown, unknown, unknown>[] {
    this.ownJobs ??= [];
    return this.ownJobs;
  }

  get rejections(): Map<object, unknown> {
    this.ownRejections ??= new Map();
    return this.ownRejections;
  }

  get events(): Map<number, PendingEvent> {
    this.ownEvents ??= new Map();
    return this.ownEvents;
  }

  /** Events that have come and not been run. */
  get arrived(): number[] {
    this.ownArrived ??= [];
    return this.ownArrived;
  }

  /** True where nothing is left to do when the function has returned. */
  get quiet(): boolean {
    return (
      (this.ownJobs === undefined || this.ownJobs.length === 0) &&
      (this.ownEvents === undefined || this.ownEvents.size === 0) &&
      (this.ownRejections === undefined || this.ownRejections.size === 0)
    );
  }

  /** What was under way is given up. */
  forget(): void {
    this.ownJobs = undefined;
    this.ownRejections = undefined;
    this.ownEvents = undefined;
    this.ownArrived = undefined;
  }

  get numbers(): RandomNumbers {
    this.random ??= new RandomNumbers(host.seed(this.id));
    return this.random;
  }
}

let current = new Vu(0);

/** The virtual user whose code runs now. */
export function currentVu(): Vu {
  return current;
}

/** Makes `vu` the one whose code runs now. */
export function enterVu(vu: Vu): void {
  current = vu;
}
