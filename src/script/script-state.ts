import type { VirtualUser } from '../model/virtual-user.js';

/** What a script's side of a virtual user is to the host. */
export interface ScriptState {
  /** True: only an event brings it on. */
  idle: boolean;
  /** The last function threw. */
  threw: boolean;
  /** Counts iterations, so that what belongs to an earlier one is known. */
  serial: number;
  iterationInScenario: number;
  iterationInTest: number;
}

/** A fact of `k6/execution` that the virtual user itself knows; undefined for others. */
export function vuFact(name: string, vu: VirtualUser, state: ScriptState): unknown {
  switch (name) {
    case 'scenario.name':
      return vu.scenario === '' ? undefined : vu.scenario;
    case 'scenario.iterationInTest':
    case 'scenario.iterationInInstance':
      return vu.scenario === '' ? undefined : state.iterationInTest;
    case 'vu.idInTest':
    case 'vu.idInInstance':
      return vu.id;
    case 'vu.iterationInInstance':
      return Math.max(0, vu.iteration);
    case 'vu.iterationInScenario':
      return state.iterationInScenario;
    default:
      return undefined;
  }
}
