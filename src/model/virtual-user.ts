import type { Simulation } from '../kernel/loop.js';
import { NS_PER_US } from '../kernel/time.js';
import type { SampleTags } from '../metrics/sample.js';
import { type KeyedStream, purposeOf } from '../random/stream.js';
import { Call, type CallOwner, type RequestPlan } from './call.js';
import { IdleConnections } from './idle-connections.js';
import type { VirtualUserContext } from './virtual-user-context.js';
import { WakeUp } from './wake-up.js';

/**
 * What one iteration does: the declarative list of a file, or a script. It asks its virtual user for requests and sleeps,
 * and is resumed when they are over; it holds no state of its own between users: that is in `vu.state`.
 */
export interface Behaviour {
  /** A new iteration of `vu` starts: sets `vu.state` back. Called once per iteration, before {@link advance}. */
  begin(vu: VirtualUser): void;
  /**
   * Goes on until the iteration waits or is over. `vu.request` and `vu.sleep` say whether they were over at once (true: go
   * on without waiting). Returns true when the iteration is over, false when it waits.
   */
  advance(vu: VirtualUser): boolean;
  /**
   * The iteration was interrupted: what it waited for will never come. True where it is the one that has aborted the test,
   * which k6 measures all the same.
   */
  cut(vu: VirtualUser): boolean;
  /** A call that was sent with {@link VirtualUser.send} is over. Needed only where there are such. */
  answered?(vu: VirtualUser, call: Call): void;
}

/** Who gives iterations to virtual users: an executor. */
export interface IterationHost {
  /**
   * The VU's iteration is over. Returns true after it has called `vu.nextIteration` for another that starts now; false if
   * the VU is to stay idle.
   */
  iterationEnded(vu: VirtualUser): boolean;
}

/** No iteration is shorter, the pause included: a loop that does nothing must not stop the clock. A real one takes some µs. */
const SHORTEST_ITERATION_NS = NS_PER_US;

const REQUEST = purposeOf('vu/request');
const DRAW = purposeOf('vu/draw');
const OVERSHOOT = purposeOf('vu/overshoot');

/** A VU's place in its iteration. */
const Phase = { idle: 0, running: 1, pausing: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/**
 * One of k6's virtual users: runs iterations of a {@link Behaviour}, one after the other. All that is drawn within an
 * iteration (think times, choices, the keys of requests) is a function of (key of the iteration, index within it) alone: a
 * slower system changes when, never what.
 */
export class VirtualUser implements CallOwner {
  /** The scenario it runs in now. */
  scenario = '';
  /** Its slot (ramping-vus) or number (the others) within the scenario, from 0. */
  slot = 0;
  /** The client address that hashes see. */
  address: string;
  /** k6's group tag: `::a::b`, empty outside of groups. */
  group = '';
  /** Tags that a script has given it (`exec.vu.metrics.tags`). */
  tags: SampleTags | undefined = undefined;
  /** k6's `__ITER`: iterations started before this one, in all scenarios; -1 before the first. */
  iteration = -1;
  iterationStartNs = 0;
  /** Key of the iteration, two 32-bit integers. */
  keyHigh = 0;
  keyLow = 0;
  /** The last call, once it is over; overwritten by the next. */
  response: Call | undefined = undefined;
  /** The behaviour's own. */
  state: unknown = undefined;
  sentBytes = 0;
  receivedBytes = 0;
  readonly connections = new IdleConnections();
  readonly simulation: Simulation;

  private behaviour: Behaviour | undefined = undefined;
  private host: IterationHost | undefined = undefined;
  private phase: Phase = Phase.idle;
  private waiting = false;
  private advancing = false;
  private requestIndex = 0;
  private drawIndex = 0;
  private sleepIndex = 0;
  private call: Call;
  /** Calls beside the one that is waited for; most users never have any. */
  private inFlight: Set<Call> | undefined = undefined;
  private wakeUp: WakeUp;

  /**
   * @param id k6's `__VU`, from 1.
   * @param ownAddress the client address that hashes see, unless it sends for someone else.
   */
  constructor(
    private readonly context: VirtualUserContext,
    readonly id: number,
    private readonly ownAddress: string,
  ) {
    this.simulation = context.simulation;
    this.address = ownAddress;
    this.call = new Call(this);
    this.wakeUp = new WakeUp(this);
  }

  /** Puts the VU into a scenario; it must be idle. */
  assign(scenario: string, slot: number, behaviour: Behaviour, host: IterationHost): void {
    this.scenario = scenario;
    this.slot = slot;
    this.behaviour = behaviour;
    this.host = host;
    this.state = undefined;
    this.address = this.ownAddress;
  }

  /** Sends for someone else from now on, until it is assigned again. */
  impersonate(address: string): void {
    this.address = address;
  }

  /** True while an iteration (or the pause after a short one) is under way. */
  get busy(): boolean {
    return this.phase !== Phase.idle;
  }

  /** Starts an iteration now. */
  startIteration(keyHigh: number, keyLow: number): void {
    this.nextIteration(keyHigh, keyLow);
    this.run();
  }

  /** Sets the VU up for an iteration; only within {@link IterationHost.iterationEnded}, which then returns true. */
  nextIteration(keyHigh: number, keyLow: number): void {
    this.keyHigh = keyHigh;
    this.keyLow = keyLow;
    this.requestIndex = 0;
    this.drawIndex = 0;
    this.sleepIndex = 0;
    this.group = '';
    this.iteration += 1;
    this.iterationStartNs = this.simulation.nowNs;
    this.phase = Phase.running;
    this.behaviour!.begin(this);
  }

  /** Sends a request. True if it is over already; otherwise the behaviour is resumed when it is. */
  request(plan: RequestPlan): boolean {
    this.waiting = true;
    this.begin(this.call, plan);
    return !this.waiting;
  }

  /**
   * Sends a request beside the one that is waited for. The behaviour's `answered` hears of its end, which may come before
   * this returns; `context` is the behaviour's own.
   */
  send(plan: RequestPlan, context: unknown): void {
    const call = new Call(this);
    call.context = context;
    this.inFlight ??= new Set();
    this.inFlight.add(call);
    this.begin(call, plan);
  }

  private begin(call: Call, plan: RequestPlan): void {
    const keys = this.context.keys.rekey(this.keyHigh, this.keyLow, REQUEST + this.requestIndex);
    this.requestIndex += 1;
    const keyHigh = keys.nextInt32();
    const keyLow = keys.nextInt32();
    this.context.client.begin(call, plan, keyHigh, keyLow);
  }

  /** Sleeps for whole ns. True if that is no time at all; otherwise the behaviour is resumed afterwards. */
  sleep(durationNs: number): boolean {
    if (!(durationNs > 0)) return true;
    this.waiting = true;
    const { simulation, timers } = this.context;
    const wholeNs = durationNs + this.overshootNs();
    if (timers === undefined) simulation.after(wholeNs, this.wakeUp, 0);
    else timers.sleep(wholeNs, this.wakeUp);
    return false;
  }

  /** A timer is as exact as the machine: a function of the iteration and the number of the sleep in it. */
  private overshootNs(): number {
    const distribution = this.context.sleepOvershoot;
    if (distribution === undefined) return 0;
    const stream = this.context.keys.rekey(this.keyHigh, this.keyLow, OVERSHOOT + this.sleepIndex);
    this.sleepIndex += 1;
    return Math.max(0, Math.round(distribution.sample(stream)));
  }

  /** The stream of the iteration's next draw; valid until the next call of any virtual user. */
  nextDraw(): KeyedStream {
    const purpose = DRAW + this.drawIndex;
    this.drawIndex += 1;
    return this.context.keys.rekey(this.keyHigh, this.keyLow, purpose);
  }

  /** Counts a draw that is not needed, so that the next ones stay the same. */
  skipDraw(): void {
    this.drawIndex += 1;
  }

  /** One entry of k6's `check()`. */
  check(name: string, passed: boolean): void {
    this.context.sink.check(name, passed, this.scenario, this.group);
  }

  callEnded(call: Call): void {
    if (call !== this.call) {
      this.inFlight!.delete(call);
      this.behaviour!.answered!(this, call);
      return;
    }
    this.response = call;
    this.resume();
  }

  /** What the VU waited for is over. */
  resume(): void {
    this.waiting = false;
    if (this.phase === Phase.pausing) {
      this.phase = Phase.idle;
      if (this.host!.iterationEnded(this)) this.run();
    } else if (!this.advancing) {
      this.run();
    }
  }

  /**
   * Stops the VU at once, k6's hard stop. The iteration emits nothing but its bytes, a request in flight is in no http
   * metric, and its server is told.
   */
  interrupt(): void {
    if (this.phase === Phase.idle) return;
    const wasRunning = this.phase === Phase.running;
    this.phase = Phase.idle;
    this.waiting = false;
    this.wakeUp.vu = undefined;
    this.wakeUp = new WakeUp(this);
    if (!wasRunning) return;
    this.context.client.cancel(this.call);
    for (const call of this.inFlight ?? []) this.context.client.cancel(call);
    this.inFlight?.clear();
    this.call = new Call(this);
    this.response = undefined;
    const aborted = this.behaviour!.cut(this);
    this.reportBytes();
    const abortedAfterNs = aborted ? this.simulation.nowNs - this.iterationStartNs : undefined;
    this.context.sink.interruptedIteration(this.scenario, this.tags, abortedAfterNs);
  }

  /** Runs until the VU waits or is idle. A loop, not a recursion: a system that takes no time must not fill the stack. */
  private run(): void {
    this.advancing = true;
    while (this.behaviour!.advance(this)) {
      this.endIteration();
      const elapsedNs = this.simulation.nowNs - this.iterationStartNs;
      const shortestNs = Math.max(SHORTEST_ITERATION_NS, this.context.minIterationDurationNs);
      if (elapsedNs < shortestNs) {
        this.phase = Phase.pausing;
        this.sleep(shortestNs - elapsedNs);
        break;
      }
      this.phase = Phase.idle;
      if (!this.host!.iterationEnded(this)) break;
    }
    this.advancing = false;
  }

  private endIteration(): void {
    this.reportBytes();
    if (this.context.client.noVUConnectionReuse) this.connections.clear();
    this.context.sink.iteration(this.scenario, this.simulation.nowNs - this.iterationStartNs, this.tags);
  }

  private reportBytes(): void {
    this.context.sink.data(this.sentBytes, this.receivedBytes);
    this.sentBytes = 0;
    this.receivedBytes = 0;
  }
}
