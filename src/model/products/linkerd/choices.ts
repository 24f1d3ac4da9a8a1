import type { RandomStream } from '../../../random/stream.js';
import type { LoadEstimate, PlainHost } from '../plain/host.js';
import type { PlainMethod, PlainTable } from '../plain/method.js';
import { drawTwo } from '../plain/two-choices.js';

/** Linkerd's `P2cPool`: the less loaded of two different ready endpoints, the first drawn of equals. */
export class TwoReady implements PlainMethod {
  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
    private readonly createEstimate: (nowNs: number) => LoadEstimate,
  ) {}

  rebuild(nowNs: number): void {
    for (const host of this.table.hosts) host.estimate ??= this.createEstimate(nowNs);
  }

  pick(nowNs: number): PlainHost | undefined {
    const { hosts } = this.table;
    if (hosts.length < 2) return hosts[0];
    const { first, second } = drawTwo(hosts, this.stream);
    return loadOf(first, nowNs) <= loadOf(second, nowNs) ? first : second;
  }
}

function loadOf(host: PlainHost, nowNs: number): number {
  return host.estimate!.load(host.inFlight, nowNs);
}
