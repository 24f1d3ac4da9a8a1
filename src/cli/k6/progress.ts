import { plannedNs } from '../../experiment/planned-time.js';
import type { ScriptTest } from '../../experiment/script-test.js';
import { NEVER } from '../../kernel/time.js';
import {
  arrivalRateBar,
  type BarState,
  constantVusBar,
  perVuIterationsBar,
  rampingVusBar,
  sharedIterationsBar,
  waitingBar,
} from '../../report/k6/bars.js';
import {
  type Bar,
  type BarStatus,
  ProgressScreen,
  progressBlock,
  statusLine,
} from '../../report/k6/progress.js';
import { type PlannedScenario, planOf } from '../../script/execution-plan.js';
import type { Surroundings } from '../console.js';
import type { K6Request } from './request.js';

/** How often the display is drawn, in ms of real time: as k6 does. */
const TERMINAL_EVERY_MS = 100;
const PIPE_EVERY_MS = 1000;

/** k6's progress display: of virtual time, as often as k6 draws it in real time, with how much faster the one runs. */
export class Progress {
  private readonly screen: ProgressScreen | undefined;
  private readonly isShown: boolean;
  private readonly everyMs: number;
  private readonly startedMs = performance.now();
  private nextMs: number;
  private readonly plan;

  constructor(
    private readonly test: ScriptTest,
    request: K6Request,
    private readonly surroundings: Surroundings,
  ) {
    const { stdout } = surroundings;
    this.isShown = !request.runtime.quiet;
    const isTerminal = stdout.isTTY === true;
    this.screen = isTerminal ? new ProgressScreen(stdout.columns, !request.runtime.noColor) : undefined;
    this.everyMs = isTerminal ? TERMINAL_EVERY_MS : PIPE_EVERY_MS;
    this.nextMs = this.startedMs + this.everyMs;
    this.plan = planOf(test.options.plan.scenarios);
  }

  /** Draws it where it is time to. */
  show(): void {
    const nowMs = performance.now();
    if (!this.isShown || nowMs < this.nextMs) return;
    this.nextMs = nowMs + this.everyMs;
    const elapsedMs = this.test.simulation.nowNs / 1e6;
    const speedUp = `, ${Math.round(elapsedMs / (nowMs - this.startedMs))}x real time`;
    const head = this.head();
    const shown = typeof head === 'string' ? head + speedUp : head;
    this.write(this.screen?.draw(shown, this.bars()) ?? progressBlock(shown, this.bars()));
  }

  /** The block below the summary. */
  last(): void {
    if (!this.isShown) return;
    const [head, bars] = [this.head(), this.bars()];
    this.write(this.screen?.last(head, bars) ?? progressBlock(head, bars));
  }

  private write(text: string): void {
    this.surroundings.stdout.write(text);
  }

  private head(): string | Bar {
    const { test } = this;
    if (test.scenariosStartNs === NEVER) {
      return { name: 'Run', status: 'running', progress: 1, columns: ['setup()'] };
    }
    return statusLine({
      elapsedNs: test.simulation.nowNs,
      longestNs: this.plan.endNs,
      activeVus: test.phase === 'scenarios' ? test.load.vus : 0,
      initializedVus: test.load.vusMax,
      vusMax: this.plan.vusMax,
      complete: test.sink.all.complete,
      interrupted: test.sink.all.interrupted,
    });
  }

  private bars(): Bar[] {
    return this.test.options.plan.scenarios.map((scenario) => this.bar(scenario));
  }

  private bar(scenario: PlannedScenario): Bar {
    const { test } = this;
    const { name, startTimeNs } = scenario;
    if (test.scenariosStartNs === NEVER) return { name, status: 'running', progress: 0, columns: [] };
    const startNs = test.scenariosStartNs + startTimeNs;
    const nowNs = Math.min(test.simulation.nowNs, test.scenariosEndNs);
    if (nowNs < startNs && test.phase === 'scenarios') {
      return { name, status: 'waiting', ...waitingBar(startNs - nowNs, startTimeNs) };
    }
    const durationNs = plannedNs(scenario);
    const ownEndNs = test.load.scenarioEndNs.get(name);
    const spentNs = Math.max(0, Math.min(nowNs, ownEndNs ?? NEVER) - startNs);
    const isOver = ownEndNs !== undefined || test.phase !== 'scenarios';
    // A real clock is always a little past the end.
    const time = { spentNs: isOver && spentNs === durationNs ? spentNs + 1 : spentNs, durationNs };
    const state = this.stateOf(scenario, time);
    return { name, status: statusOf(isOver, state, time), ...state };
  }

  private stateOf(
    { name, plug, options }: PlannedScenario,
    time: { readonly spentNs: number; readonly durationNs: number },
  ): BarState {
    const { test } = this;
    const { complete, interrupted } = test.sink.of(name);
    const own = options as ExecutorOptions;
    const iterations = { vus: own.vus, done: complete + interrupted };
    const users = test.load.users.filter((user) => user.scenario === name);
    const busyVus = users.filter((user) => user.busy).length;
    switch (plug.name) {
      case 'constant-vus':
        return constantVusBar(time, own.vus);
      case 'ramping-vus':
        return rampingVusBar(
          time,
          busyVus,
          Math.max(own.startVUs, ...own.stages.map(({ target }) => target)),
        );
      case 'shared-iterations':
        return sharedIterationsBar(time, { ...iterations, total: own.iterations });
      case 'per-vu-iterations':
        return perVuIterationsBar(time, { ...iterations, total: own.iterations * own.vus });
      default: {
        const [rate, rateMax] = ratesOf(own, time.spentNs);
        const allocatedVus = Math.max(users.length, own.preAllocatedVUs);
        return arrivalRateBar(time, {
          busyVus,
          allocatedVus,
          vusMax: own.maxVUs ?? own.preAllocatedVUs,
          rate,
          rateMax,
        });
      }
    }
  }
}

/** Checked options of the executors, as far as bars show them. */
interface ExecutorOptions {
  readonly vus: number;
  readonly startVUs: number;
  readonly stages: readonly { readonly duration: number; readonly target: number }[];
  readonly iterations: number;
  readonly rate?: number;
  readonly startRate?: number;
  readonly timeUnit: number;
  readonly preAllocatedVUs: number;
  readonly maxVUs?: number;
}

/** Iterations per second now, and at most. */
function ratesOf(
  { rate, startRate = 0, stages, timeUnit }: ExecutorOptions,
  spentNs: number,
): [number, number] {
  const perSecond = (value: number) => (value * 1e9) / timeUnit;
  if (rate !== undefined) return [perSecond(rate), perSecond(rate)];
  let from = startRate;
  let beginNs = 0;
  let now: number | undefined;
  for (const { duration, target } of stages) {
    if (now === undefined && spentNs < beginNs + duration) {
      now = from + ((target - from) * (spentNs - beginNs)) / duration;
    }
    beginNs += duration;
    from = target;
  }
  return [perSecond(now ?? from), perSecond(Math.max(startRate, ...stages.map(({ target }) => target)))];
}

function statusOf(
  isOver: boolean,
  { progress }: BarState,
  { spentNs, durationNs }: { readonly spentNs: number; readonly durationNs: number },
): BarStatus {
  if (isOver) return progress < 1 ? 'interrupted' : 'done';
  return spentNs > durationNs ? 'stopping' : 'running';
}
