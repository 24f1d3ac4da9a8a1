import { describe, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Database } from '../../src/model/database.js';
import { Demand } from '../../src/model/demand.js';
import { Host } from '../../src/model/host.js';
import { createDistribution } from '../../src/random/catalogue.js';
import type { Distribution, DistributionSpec } from '../../src/random/distribution.js';
import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import { expectValue, REPLICATIONS } from './estimate.js';
import { erlangB, machineRepairman } from './formulas.js';
import { deterministic, exponential, lognormalCv3, MEAN_NS } from './open-queue.js';

const THINK = 0;
const WORK = 1;

interface ClosedOptions {
  readonly users: number;
  /** Mean, in units of the mean demand. */
  readonly think: number;
  readonly thinkKind: 'constant' | 'exponential';
  readonly warmUpCount: number;
  readonly count: number;
}

/** Users who think, compute on one shared core, and think again. */
class ClosedLoop implements Handler {
  private readonly simulation = new Simulation();
  private readonly group = new CpuGroup(this.simulation, new Host('host', 1), { name: 'group' });
  private readonly demands: RandomStream;
  private readonly thoughts: RandomStream;
  private readonly distribution: Distribution;
  private readonly think: Distribution;
  private done = 0;
  private beganNs = 0;
  private sumNs = 0;

  constructor(
    source: RandomSource,
    private readonly options: ClosedOptions,
    demand: DistributionSpec,
  ) {
    this.demands = source.stream('demands');
    this.distribution = createDistribution(demand);
    this.thoughts = source.stream('thoughts');
    const thinkNs = options.think * MEAN_NS;
    this.think = createDistribution(
      options.thinkKind === 'constant'
        ? { kind: 'constant', options: { value: thinkNs } }
        : { kind: 'exponential', options: { mean: thinkNs } },
    );
    const starts = source.stream('starts');
    for (let user = 0; user < options.users; user += 1) {
      this.simulation.after(Math.round(starts.next() * options.think * MEAN_NS), this, THINK);
    }
  }

  handle(kind: number, payload: unknown): void {
    const nowNs = this.simulation.nowNs;
    if (kind === THINK) {
      this.group.run(Math.max(1, Math.round(this.distribution.sample(this.demands))), this, WORK, nowNs);
      return;
    }
    this.done += 1;
    if (this.done === this.options.warmUpCount) this.beganNs = nowNs;
    if (this.done > this.options.warmUpCount) this.sumNs += nowNs - (payload as number);
    if (this.done === this.options.warmUpCount + this.options.count) this.simulation.stop();
    this.simulation.after(Math.round(this.think.sample(this.thoughts)), this, THINK);
  }

  observe(): { throughput: number; responseTime: number } {
    this.simulation.run();
    const { count } = this.options;
    return {
      throughput: (count / (this.simulation.nowNs - this.beganNs)) * MEAN_NS,
      responseTime: this.sumNs / count / MEAN_NS,
    };
  }
}

function closedLoop(options: ClosedOptions, demand: DistributionSpec) {
  return Array.from({ length: REPLICATIONS }, (_, index) =>
    new ClosedLoop(new RandomSource(`closed#${index}`), options, demand).observe(),
  );
}

describe('users who think before they ask again (machine repairman), by mean value analysis', () => {
  // 19 users with 20 demands of thought offer 0.9 of what one core can; 40 ask for far more than there is.
  const crowds = [
    { users: 10, think: 20 },
    { users: 15, think: 20 },
    { users: 19, think: 20 },
    { users: 40, think: 20 },
  ];
  // Constant thought and constant demands together make a clockwork that repeats its first lap for ever, which no
  // average over chances describes.
  const kinds = [
    { name: 'constant thought, exponential demands', thinkKind: 'constant', demand: exponential },
    { name: 'exponential thought, constant demands', thinkKind: 'exponential', demand: deterministic },
    { name: 'constant thought, log-normal demands with cv 3', thinkKind: 'constant', demand: lognormalCv3 },
  ] as const;
  describe.each(crowds)('$users users', ({ users, think }) => {
    it.each(kinds)('$name: throughput and response time', ({ thinkKind, demand }) => {
      const seen = closedLoop({ users, think, thinkKind, warmUpCount: 2_000, count: 8_000 }, demand);
      const theory = machineRepairman(users, think);
      // What cv 3 leaves uncertain: 160,000 demands are known to 3 / 400 = 0.75 %, half an interval is 5 of these.
      expectValue(
        seen.map(({ throughput }) => throughput),
        theory.throughput,
        0.06,
      );
      expectValue(
        seen.map(({ responseTime }) => responseTime),
        theory.responseTime,
        0.15,
      );
    });
  });
});

/** Sessions that come at random to a database and go where all connections are taken. */
class Sessions implements Handler {
  readonly simulation = new Simulation();
  private readonly database: Database;
  private readonly demands: RandomStream;
  private readonly gaps: RandomStream;
  private arrived = 0;
  lost = 0;

  constructor(
    source: RandomSource,
    connections: number,
    private readonly offered: number,
    private readonly demand: DistributionSpec,
    private readonly count: number,
  ) {
    const group = new CpuGroup(this.simulation, new Host('host', 1), { name: 'database' });
    const connectTime = new Demand(
      createDistribution({ kind: 'constant', options: { value: 0 } }),
      'connect',
    );
    this.database = new Database(this.simulation, 'database', group, connections, {
      cpu: connectTime,
      time: connectTime,
    });
    this.demands = source.stream('demands');
    this.gaps = source.stream('gaps');
    this.simulation.after(0, this, THINK);
  }

  handle(kind: number): void {
    if (kind === WORK) {
      this.database.disconnect();
      return;
    }
    if (this.arrived === this.count) {
      this.simulation.stop();
      return;
    }
    this.arrived += 1;
    const gap = createDistribution({ kind: 'exponential', options: { mean: MEAN_NS / this.offered } });
    this.simulation.after(Math.round(gap.sample(this.gaps)), this, THINK);
    if (this.database.connect()) {
      this.database.query(
        0,
        Math.round(createDistribution(this.demand).sample(this.demands)),
        this,
        WORK,
        undefined,
      );
    } else {
      this.lost += 1;
    }
  }
}

describe('a database with as many connections as sessions may be open', () => {
  it.each([
    [5, 2.5],
    [5, 3.5],
    [10, 9],
    [20, 19],
  ])('%d connections and %d erlangs: Erlang B, whatever the distribution', (connections, offered) => {
    for (const demand of [exponential, lognormalCv3]) {
      const losses = Array.from({ length: REPLICATIONS }, (_, index) => {
        const sessions = new Sessions(new RandomSource(`loss#${index}`), connections, offered, demand, 8_000);
        sessions.simulation.run();
        return sessions.lost / 8_000;
      });
      expectValue(losses, erlangB(connections, offered), 0.15);
    }
  });
});
