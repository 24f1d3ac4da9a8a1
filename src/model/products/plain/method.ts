import type { AnyField } from '../../../options/fields.js';
import type { AlgorithmPlug } from '../../balancer.js';
import type { PlainEnding, PlainHost } from './host.js';
import type { Fleet, ServerState } from './server-state.js';

/** What an algorithm of a plain product looks at. */
export interface PlainTable {
  /** Hosts that are not down, in configuration order; another list after every change. */
  readonly hosts: readonly PlainHost[];
  readonly fleet: Fleet;
  /** Sends a probe to the host's server; the answer comes to {@link PlainMethod.probed}, now or later or never. */
  probe(host: PlainHost): void;
}

/** An algorithm over the host table of one dispatcher. */
export interface PlainMethod {
  /** The table's hosts have changed, or been set for the first time. */
  rebuild(nowNs: number): void;
  /** The next host; `undefined` if there is none. Changes no count. */
  pick(nowNs: number): PlainHost | undefined;
  /** `pick`'s host has one request in flight more. */
  picked?(host: PlainHost, nowNs: number): void;
  /** A host, perhaps a removed one, has one request in flight less. */
  ended?(host: PlainHost, ending: PlainEnding, nowNs: number): void;
  /** A probe's answer: what the server had in flight when the probe arrived, and the latency it expects, ns. */
  probed?(host: PlainHost, inFlight: number, latencyNs: number, nowNs: number): void;
}

/** What a server answers to a probe. */
export interface ProbeAnswer {
  readonly inFlight: number;
  readonly latencyNs: number;
}

/** Reads a probe's answer off a server. */
export type ProbeReader = (server: ServerState) => ProbeAnswer;

/** The products that are nothing but a pick. */
export type PlainProductName = 'finagle' | 'ideal' | 'linkerd' | 'prequal';

/** An algorithm of a plain product, as a plug. */
export interface PlainMethodPlug<Options extends AnyField = AnyField>
  extends AlgorithmPlug<Options, PlainTable, PlainMethod> {
  readonly product: PlainProductName;
  /** True: it looks at the hosts' weights. */
  readonly usesWeights: boolean;
  /** What a server answers to its probes; absent where it sends none. */
  readonly answer?: ProbeReader;
}
