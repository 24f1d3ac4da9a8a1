import { host } from './host.js';
import { RandomNumbers } from './random.js';
import type { RequestDescription } from './request.js';

/** What runs until it waits, and goes on. */
export type Steps = Generator<unknown, unknown, unknown>;

/** What is at hand when a request is over. */
export interface Answer {
  status: number;
  errorCode: number;
  blockedNs: number;
  durationNs: number;
  bytes: number;
  /** Name of the instance that answered; empty for none. */
  servedBy: string;
  /** Headers that the way to it has added, as JSON; empty for none. */
  headers: string;
  /** Its body, where the model has one; empty for none. */
  body: string;
}

/** An event that has come. */
export interface Arrival {
  readonly event: number;
  /** Of a request. */
  readonly answer: Answer | undefined;
}

/** Something that the event loop waits for. */
export interface PendingEvent {
  /** Runs when it comes. */
  readonly run: (arrival: Arrival) => Steps;
}

/** A script's side of one virtual user. */
export class Vu {
  /** Exports of the modules, by number; filled as they are loaded. */
  readonly exports: unknown[] = [];
  /** The virtual user's own global object, made when somebody asks for it. */
  global: object | undefined = undefined;
  /** What runs now: an iteration, `setup`. */
  running: Steps | undefined = undefined;
  /** What the host is to do next; see `Command`. */
  command = 0;
  /** k6's group: `::a::b`. */
  group = '';
  iteration = -1;
  /** The scenario of its last iteration. */
  scenario = '';
  /** True while modules are loaded: k6's init context. */
  initialising = false;
  /** The request that is waited for, and where there was none to send, its response. */
  asked: RequestDescription | undefined = undefined;
  askedBody: string | null = null;
  /** The command for the request whose turn is waited for; 0 for none. See `turn`. */
  delayed = 0;
  /** Name of k6's function that asked. */
  askedBy = '';
  answered: unknown = undefined;
  /** `exec.vu.metrics.tags`, where it has any. */
  tags: Record<string, string> | undefined = undefined;
  metadata: Record<string, string> | undefined = undefined;
  /** What `http.setResponseCallback` has set, as JSON. */
  expected = '';
  jar: unknown = undefined;
  env: object | undefined = undefined;
  /** What `setup` returned, parsed once; undefined where there was none. */
  setupData: unknown = undefined;
  setupKnown = false;
  /** The seed that `randomSeed` gave. */
  random: RandomNumbers | undefined = undefined;
  /** What the function returned, as JSON, for `setup` and `handleSummary`. */
  returned: unknown = undefined;
  /** What it threw; see `failed`. */
  thrown = '';
  failed = false;
  /** `exec.test.abort` was called: nothing of it goes on. */
  aborted = false;

  private ownJobs: Steps[] | undefined = undefined;
  private ownRejections: Map<object, unknown> | undefined = undefined;
  private ownEvents: Map<number, PendingEvent> | undefined = undefined;
  private ownArrived: Arrival[] | undefined = undefined;

  constructor(readonly id: number) {}

  get jobs(): Steps[] {
    this.ownJobs ??= [];
    return this.ownJobs;
  }

  /** Promises that were rejected, and nobody looks at. */
  get rejections(): Map<object, unknown> {
    this.ownRejections ??= new Map();
    return this.ownRejections;
  }

  get events(): Map<number, PendingEvent> {
    this.ownEvents ??= new Map();
    return this.ownEvents;
  }

  /** Events that have come and not been run. */
  get arrived(): Arrival[] {
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
