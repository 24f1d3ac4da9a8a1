import { TryResult } from '../../src/model/balancer.js';
import { Picks } from '../model/balancers/picks.js';

/** One thing done to the balancer or its hosts. */
export type Action =
  /** A request to its end; shows the hosts it was tried on. */
  | { readonly send: string }
  /** A request that stays in flight; shows its host. */
  | { readonly hold: true }
  /** All requests in flight are answered. */
  | { readonly release: true }
  | { readonly kill: string }
  | { readonly start: string }
  /** Seconds. */
  | { readonly sleep: number };

/** The same story for nginx and for the model. */
export interface Scenario {
  readonly name: string;
  /** The load balancing method as nginx.conf has it, such as `least_conn;`. */
  readonly directive: string;
  /** The same as our options have it. */
  readonly algorithm: unknown;
  /** Parameters of the servers, by letter. */
  readonly servers: Readonly<Record<string, Record<string, string | number | boolean>>>;
  readonly actions: readonly Action[];
  /** True: the clock's second of every action matters. */
  readonly timed: boolean;
}

/** What a run showed: one text per action, and its second since the first action. */
export interface Shown {
  readonly shown: readonly string[];
  readonly seconds: readonly number[];
}

/** Plays a scenario to the model; `seconds` as the real run had them. */
export function playModel(scenario: Scenario, seconds: readonly number[]): string[] {
  const picks = new Picks({ algorithm: scenario.algorithm }, scenario.servers as never);
  const held: { end: (result?: TryResult) => void }[] = [];
  return scenario.actions.map((action, index) => {
    picks.nowSeconds = seconds[index]!;
    if ('send' in action) return picks.send({ path: action.send });
    if ('hold' in action) {
      const request = picks.holdAlive();
      if (request.end !== undefined) held.push({ end: request.end });
      return request.host;
    }
    if ('kill' in action) picks.behaviour[action.kill] = 'refuses';
    if ('start' in action) picks.behaviour[action.start] = 'ok';
    if ('release' in action) for (const request of held.splice(0)) request.end(TryResult.success);
    return '';
  });
}
