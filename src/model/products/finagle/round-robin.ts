import type { PlainHost } from '../plain/host.js';
import type { PlainMethod, PlainTable } from '../plain/method.js';

/** `PanicMode.MajorityUnhealthy`, which the round robin balancer is made with: picks of an available host before it is built anew. */
const EFFORT_MAX = 5;

/** What a turn goes round, as it was when it was built: Finagle's `Distributor`. */
interface Wheel {
  /** Those that were available, or all of them where none was. */
  readonly selections: readonly PlainHost[];
  readonly left: readonly PlainHost[];
  sawDown: boolean;
  turn: number;
}

/** Finagle's `RoundRobinBalancer`: a wheel of the available hosts, built anew when one of them turns out not to be, or one of the others is again. */
export class FinagleRoundRobin implements PlainMethod {
  private wheel: Wheel = createWheel([]);

  constructor(private readonly table: PlainTable) {}

  rebuild(): void {
    this.wheel = createWheel(this.table.hosts);
  }

  pick(): PlainHost | undefined {
    const snapshot = this.wheel;
    let host: PlainHost | undefined;
    for (let effort = 0; effort < EFFORT_MAX; effort += 1) {
      host = next(this.wheel);
      if (host === undefined || host.open) break;
    }
    if (host !== undefined && !host.open) {
      this.rebuild();
      host = next(this.wheel);
    }
    const needsRebuild = snapshot.sawDown || snapshot.left.some(({ open }) => open);
    if (snapshot === this.wheel && needsRebuild) this.rebuild();
    return host;
  }
}

function createWheel(hosts: readonly PlainHost[]): Wheel {
  const up = hosts.filter(({ open }) => open);
  const down = hosts.filter(({ open }) => !open);
  return { selections: up.length === 0 ? down : up, left: down, sawDown: false, turn: 0 };
}

function next(wheel: Wheel): PlainHost | undefined {
  const { selections } = wheel;
  if (selections.length === 0) return undefined;
  const host = selections[wheel.turn % selections.length]!;
  wheel.turn += 1;
  if (!host.open) wheel.sawDown = true;
  return host;
}
