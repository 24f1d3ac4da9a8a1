import type { HostAddress } from '../../balancer.js';
import { ConnectingRequests } from './connecting-requests.js';

/** What configuration says of one endpoint (`LbEndpoint`, and its `LocalityLbEndpoints`). */
export interface EndpointParameters {
  /** `load_balancing_weight`. */
  readonly weight: number;
  readonly priority: number;
  /** Name of its locality; `''` is one too. */
  readonly locality: string;
  /** `health_status` as the control plane sees it; only HEALTHY (or UNKNOWN) ones are used. */
  readonly healthy: boolean;
}

/** An upstream host, as all worker threads see it: `Upstream::HostImpl`. */
export class EnvoyHost {
  /** Position in configuration order. */
  index = 0;
  parameters: EndpointParameters;
  /** Failed its active health check (`FAILED_ACTIVE_HC`). */
  failedActiveCheck = false;
  /** Ejected (`FAILED_OUTLIER_CHECK`). */
  failedOutlierCheck = false;
  /** When it last passed a health check after failing, or was first seen healthy; for slow start. */
  lastCheckPassNs: number | undefined = undefined;
  /** Requests that were picked for it and are not finished, of all threads. */
  inFlight = 0;

  /** Of these, the ones that wait for a connection that is being made, */
  readonly connecting = new ConnectingRequests();
  /** and the ones that wait for another request's. */
  queued = 0;

  constructor(
    readonly address: HostAddress,
    parameters: EndpointParameters,
  ) {
    this.parameters = parameters;
  }

  get weight(): number {
    return this.parameters.weight;
  }

  /** May be sent requests outside panic. */
  get healthy(): boolean {
    return this.parameters.healthy && !this.failedActiveCheck && !this.failedOutlierCheck;
  }

  /** `rq_active`: requests that have a connection. */
  activeCount(nowNs: number): number {
    return this.inFlight - this.queued - this.connecting.count(nowNs);
  }
}

/** What consistent hashes know a host by. */
export function hostKey(by: 'name' | 'address'): (host: EnvoyHost) => string {
  return (host) => host.address[by];
}
