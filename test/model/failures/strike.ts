import { NS_PER_MS } from '../../../src/kernel/time.js';
import {
  type FailureContext,
  type FailurePlug,
  type Rotation,
  Timeline,
} from '../../../src/model/failure.js';
import { failures } from '../../../src/model/failures/index.js';
import { check } from '../../../src/options/fields.js';
import type { World } from '../world.js';

/** Puts `{ [name]: target, ... }` on the clock of `world`. */
export function strike(
  world: World,
  written: Record<string, unknown>,
  fromMs: number,
  { toMs, rotation }: { readonly toMs?: number; readonly rotation?: Rotation } = {},
): void {
  const name = Object.keys(written)[0]!;
  const plug = failures.find((candidate) => candidate.name === name) as FailurePlug;
  const checked = check(plug.options, written);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  const context: FailureContext = {
    simulation: world.simulation,
    instances: (target) =>
      world.builder.instances.filter((each) => each.name === target || each.service.name === target),
    createInstances: (service, count) => world.builder.addReplicas(service, count, 'later'),
    rotation,
    balancers: () => [],
    database: (target) => world.builder.databases.get(target),
  };
  const timeline = new Timeline(world.simulation);
  const end = toMs === undefined ? undefined : toMs * NS_PER_MS;
  timeline.add(plug.create(checked.value as never, context), fromMs * NS_PER_MS, end);
}
