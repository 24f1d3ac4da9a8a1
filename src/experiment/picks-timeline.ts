import type { TimelinePlan, TimelineStep } from '../input/timeline.js';
import type { HostAct } from '../input/timeline-fields.js';
import type { Handler } from '../kernel/queue.js';
import { toSeconds } from '../kernel/time.js';
import type { TimelineRequest, TimelineResult } from '../metrics/picks.js';
import { Failure } from '../model/exchange.js';
import { PicksClient, requestOf, type SentRequest } from './picks-client.js';
import type { ToldHost } from './picks-host.js';
import { PicksWorld } from './picks-world.js';

/** k6's words for what happened instead of an answer. */
const FAILURES: Readonly<Record<Failure, string | undefined>> = {
  [Failure.none]: undefined,
  [Failure.refused]: 'refused',
  [Failure.reset]: 'reset',
  [Failure.closed]: 'closed',
  [Failure.connectTimeout]: 'timeout',
  [Failure.timeout]: 'timeout',
};

/**
 * Plays a timeline in a small world, and tells of every request where it was tried and how it ended. Links and the clock's
 * second begin at 0: `at: 1.5s` is in the middle of a second for balancers that count whole ones. A client waits 60 s.
 */
export function runTimeline(plan: TimelinePlan): TimelineResult {
  const player = new TimelinePlayer(plan);
  return {
    title: plan.title,
    product: plan.product.name,
    algorithm: plan.algorithm.word,
    seed: plan.seed,
    requests: player.play(),
  };
}

class TimelinePlayer implements Handler {
  private readonly world: PicksWorld;
  private readonly client: PicksClient;
  private readonly sent = new Map<string, SentRequest>();
  /** Requests that an entry will end: hosts do not answer them before. */
  private readonly held: Set<string>;

  constructor(private readonly plan: TimelinePlan) {
    this.world = new PicksWorld({ ...plan, latencyNs: 0, clockPhaseNs: 0 });
    this.client = new PicksClient(this.world);
    this.held = new Set(plan.steps.flatMap((step) => (step.kind === 'end' ? [step.name] : [])));
    for (const host of this.world.hosts) {
      host.delayNs = plan.answerAfterNs;
      host.holds = (exchange) => this.held.has(requestOf(exchange)?.name ?? '');
    }
  }

  play(): TimelineRequest[] {
    const { steps } = this.plan;
    for (const step of steps) this.world.simulation.schedule(step.atNs, this, 0, step);
    this.world.balancer.start();
    const count = steps.filter(({ kind }) => kind === 'request').length;
    this.client.runUntil(() => this.client.overCount === count);
    return [...this.sent].map(([name, request]) => this.tell(name, request));
  }

  handle(_kind: number, payload: unknown): void {
    this.act(payload as TimelineStep);
  }

  private act(step: TimelineStep): void {
    const { balancer } = this.world;
    switch (step.kind) {
      case 'request':
        this.sent.set(step.name, this.client.send(step.subject, step.name));
        return;
      case 'end':
        this.end(step.name);
        return;
      case 'status':
        for (const [name, status] of Object.entries(step.byHost)) this.hostNamed(name).status = status;
        return;
      case 'answer_after':
        for (const [name, delayNs] of Object.entries(step.byHost)) this.hostNamed(name).delayNs = delayNs;
        return;
      case 'change':
        balancer.changeHost(step.host, step.parameters);
        return;
      default:
        for (const name of step.hosts) this.strike(step.kind, this.hostNamed(name));
    }
  }

  private strike(act: HostAct, host: ToldHost): void {
    const { balancer } = this.world;
    switch (act) {
      case 'refuse':
        // As where a process ends: its kernel closes what it had, and the balancer sees that.
        balancer.connectionsLost(host.name);
        host.die();
        return;
      case 'drop':
        host.silent = true;
        return;
      case 'hang':
        host.hangs = true;
        return;
      case 'reset':
        host.breaks = Failure.reset;
        return;
      case 'remove':
        balancer.removeHost(host.name);
        return;
      case 'recover':
        host.delayNs = this.plan.answerAfterNs;
        host.recover();
    }
  }

  /** The answer is due now; a request that waits in a queue is answered in the usual time once a host has it. */
  private end(name: string): void {
    this.held.delete(name);
    const { host, inner, isOver } = this.sent.get(name)!;
    if (!isOver && host !== undefined) host.handle(0, inner);
  }

  private hostNamed(name: string): ToldHost {
    return this.world.hosts.find((host) => host.name === name)!;
  }

  private tell(name: string, { sentNs, endedNs, tries, status, failure }: SentRequest): TimelineRequest {
    const at = toSeconds(sentNs);
    return { name, at, tries, status, failure: FAILURES[failure], ended: toSeconds(endedNs) };
  }
}
