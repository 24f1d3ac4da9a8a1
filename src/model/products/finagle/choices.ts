import type { RandomStream } from '../../../random/stream.js';
import type { LoadEstimate, PlainHost } from '../plain/host.js';
import type { PlainMethod, PlainTable } from '../plain/method.js';
import { drawTwo } from '../plain/two-choices.js';

/** `PanicMode.FiftyPercentUnhealthy`, the default: picks of an available host before whatever is picked is used. */
const EFFORT_MAX = 4;

/** Finagle's P2C: status before load, the first drawn of equals, and some picks more where what was picked is unavailable. */
export class FinagleChoices implements PlainMethod {
  /** @param createEstimate makes a host's load metric; `undefined`: requests in flight. */
  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
    private readonly createEstimate: ((nowNs: number) => LoadEstimate) | undefined,
  ) {}

  rebuild(nowNs: number): void {
    if (this.createEstimate === undefined) return;
    for (const host of this.table.hosts) host.estimate ??= this.createEstimate(nowNs);
  }

  pick(nowNs: number): PlainHost | undefined {
    for (let effort = 0; effort < EFFORT_MAX; effort += 1) {
      const host = this.pickOnce(nowNs);
      if (host === undefined || host.open) return host;
    }
    return this.pickOnce(nowNs);
  }

  private pickOnce(nowNs: number): PlainHost | undefined {
    const { hosts } = this.table;
    if (hosts.length < 2) return hosts[0];
    const { first, second } = drawTwo(hosts, this.stream);
    // Looking at a load changes it (it decays): both are looked at here when and as often as there.
    const firstLoad = loadOf(first, nowNs);
    if (firstLoad === 0) loadOf(second, nowNs);
    if (first.open !== second.open) return first.open ? first : second;
    return firstLoad <= loadOf(second, nowNs) ? first : second;
  }
}

function loadOf(host: PlainHost, nowNs: number): number {
  return host.estimate === undefined ? host.inFlight : host.estimate.load(host.inFlight, nowNs);
}
