import type { VirtualUser } from '../model/virtual-user.js';
import type { PlannedScenario } from '../script/execution-plan.js';
import type { ScriptLog } from '../script/run-options.js';

/** Of the executors that start iterations by the clock. */
interface ArrivalOptions {
  readonly preAllocatedVUs?: number;
  readonly maxVUs?: number;
}

/** k6's warning, once per executor, that it has no virtual user left and may make none. */
export class VuShortage {
  private readonly warned = new Set<string>();

  constructor(
    private readonly scenarios: readonly PlannedScenario[],
    private readonly users: () => readonly VirtualUser[],
    private readonly log: (entry: ScriptLog) => void,
  ) {}

  /** An iteration of the scenario could not start. */
  dropped(scenario: string): void {
    const planned = this.scenarios.find(({ name }) => name === scenario);
    if (planned === undefined || this.warned.has(scenario)) return;
    const { preAllocatedVUs, maxVUs = preAllocatedVUs } = planned.options as ArrivalOptions;
    if (maxVUs === undefined) return;
    const active = this.users().filter((user) => user.scenario === scenario).length;
    if (active < maxVUs) return;
    this.warned.add(scenario);
    const text = `Insufficient VUs, reached ${active} active VUs and cannot initialize more`;
    const executor = planned.plug.name;
    this.log({ level: 'warning', text, source: '', vu: 0, scenario, executor });
  }
}
