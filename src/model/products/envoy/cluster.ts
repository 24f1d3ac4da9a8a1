import type { RandomStream } from '../../../random/stream.js';
import { type AlgorithmChoice, chosenAlgorithm } from '../../algorithm-field.js';
import type { HostAddress, Subject } from '../../balancer.js';
import { type EndpointParameters, EnvoyHost } from './host.js';
import { type EnvoyMethod, EnvoyPassage, type HostSelection } from './method.js';
import { envoyMethods } from './methods.js';
import type { EnvoyOptions, ServerOptions } from './options.js';
import { OutlierDetector } from './outlier-detector.js';
import { PrioritySet } from './priority-set.js';

/** What a cluster is made of. */
export interface ClusterParts {
  readonly options: EnvoyOptions;
  readonly hosts: readonly HostAddress[];
  /** For what the main thread draws: ejections. */
  readonly stream: RandomStream;
}

/** A cluster as all threads share it: hosts, their health, and the algorithm over them. */
export class EnvoyCluster {
  readonly prioritySet: PrioritySet;
  readonly method: EnvoyMethod;
  /** Absent without `outlier_detection`. */
  readonly detector: OutlierDetector | undefined;
  private readonly options: EnvoyOptions;
  private readonly selection: HostSelection;
  private readonly changes = new Map<string, ServerOptions>();
  private known = new Map<HostAddress, EnvoyHost>();

  constructor(parts: ClusterParts) {
    const { options, stream } = parts;
    this.options = options;
    const { retry_host_predicate: predicates, host_selection_retry_max_attempts: attemptsMax } =
      options.retry_policy;
    this.selection = { avoidsTried: predicates.includes('previous_hosts'), attemptsMax };
    this.prioritySet = new PrioritySet(sharingSettings(options));
    this.detector =
      options.outlier_detection &&
      new OutlierDetector({
        options: options.outlier_detection,
        stream,
        changed: (host, nowNs) => this.prioritySet.healthChanged(host, nowNs),
      });
    this.setHosts(parts.hosts, 0);
    this.method = createMethod(options.algorithm, this.prioritySet, stream);
  }

  /** Hosts in configuration order. */
  get hosts(): readonly EnvoyHost[] {
    return this.prioritySet.hosts;
  }

  /** A request arrives. */
  begin(subject: Subject): EnvoyPassage {
    return new EnvoyPassage(subject, this.selection);
  }

  /** Takes other hosts; those that stay keep their state. @returns those that are new. */
  setHosts(addresses: readonly HostAddress[], nowNs: number): EnvoyHost[] {
    const seen = new Map<string, number>();
    const fresh: EnvoyHost[] = [];
    const hosts = addresses.map((address) => {
      const replica = seen.get(address.service) ?? 0;
      seen.set(address.service, replica + 1);
      const parameters = parametersOf(this.options, address, replica, this.changes.get(address.name));
      let host = this.known.get(address);
      if (host === undefined) {
        host = new EnvoyHost(address, parameters);
        host.failedActiveCheck = this.options.health_checks.length > 0;
        fresh.push(host);
      }
      host.parameters = parameters;
      return host;
    });
    this.known = new Map(hosts.map((host) => [host.address, host]));
    this.detector?.setHosts(hosts);
    this.prioritySet.setHosts(hosts, nowNs);
    return fresh;
  }

  /** New parameters for a host. */
  changeHost(name: string, parameters: ServerOptions, nowNs: number): void {
    this.changes.set(name, { ...this.changes.get(name), ...parameters });
    this.setHosts(
      this.hosts.map((host) => host.address),
      nowNs,
    );
  }
}

function createMethod(algorithm: AlgorithmChoice, table: PrioritySet, stream: RandomStream): EnvoyMethod {
  return chosenAlgorithm(envoyMethods, algorithm).create(algorithm.options, { table, stream });
}

function sharingSettings({
  common_lb_config: lb,
  load_assignment: { policy, locality_weights },
}: EnvoyOptions) {
  return {
    panicThreshold: lb.healthy_panic_threshold,
    overprovisioningFactor: policy.overprovisioning_factor,
    weightedPriorityHealth: policy.weighted_priority_health,
    failTrafficOnPanic: lb.zone_aware_lb_config?.fail_traffic_on_panic ?? false,
    localityWeights: lb.locality_weighted_lb_config === undefined ? undefined : locality_weights,
  };
}

/** What is said of the endpoint alone comes before what is said of its service. A replica beyond the list of weights has 1. */
function parametersOf(
  options: EnvoyOptions,
  address: HostAddress,
  replica: number,
  change: ServerOptions | undefined,
): EndpointParameters {
  const upstream = options.upstream[address.service];
  const weights = upstream?.load_balancing_weight ?? 1;
  const own = { ...upstream?.servers[address.name], ...change };
  const status = own.health_status ?? upstream?.health_status ?? 'UNKNOWN';
  return {
    weight: own.load_balancing_weight ?? (Array.isArray(weights) ? (weights[replica] ?? 1) : weights),
    priority: own.priority ?? upstream?.priority ?? 0,
    locality: own.locality ?? upstream?.locality ?? '',
    healthy: status === 'HEALTHY' || status === 'UNKNOWN',
  };
}
