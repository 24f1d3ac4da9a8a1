import type { Subject } from '../../balancer.js';
import type { UpstreamPassage } from '../nginx/upstream-view.js';

/** An address of a target, as one worker has it (`balancers.lua`, `addAddress`). */
export class KongAddress {
  /** Requests in flight. */
  inFlight = 0;
  /** False while the health checks hold it for unhealthy. */
  available = true;

  /**
   * @param index position among all addresses, in configuration order.
   * @param weight of the target, 0 to 65535; 0: gets nothing, and is not checked.
   */
  constructor(
    readonly index: number,
    /** `api-2`: stands for the host name of the target. */
    readonly name: string,
    /** Text before the last colon of the address. */
    readonly ip: string,
    readonly port: number,
    readonly weight: number,
  ) {}
}

/** What a request has that Kong may hash, beside the request itself. */
export interface KongSubject extends Subject {
  /** The consumer that a plugin has found out, if any. */
  readonly consumer?: string | undefined;
  /** Groups of the route's path, by name and number. */
  readonly captures?: Readonly<Record<string, string>> | undefined;
}

/** A request on its way through the targets: a `handle` of `balancers.lua`. */
export class KongPassage implements UpstreamPassage {
  /** Of the present try, or of the last one. */
  address: KongAddress | undefined = undefined;
  /** Addresses on which a try failed; algorithms that care forget them in their own way. */
  failed: KongAddress[] | undefined = undefined;
  /** Slot that consistent hashing has looked up, from 1; 0 before. */
  hashIndex = 0;
  /** A cookie that consistent hashing has made up, to be sent to the client. */
  cookie: string | undefined = undefined;
  pickedNs = 0;
  /** True once a try was made again: nginx's times are lists then, which the latency algorithm takes for 0. */
  retried = false;
  /** `$upstream_connect_time` + `$upstream_response_time`, s; the time since the pick if nobody measured. */
  rttSeconds: number | undefined = undefined;

  constructor(
    readonly subject: KongSubject,
    public tries: number,
  ) {}
}

/** The targets of an upstream as one worker has them, and what algorithms need beside. */
export interface KongTargets {
  /** In configuration order. */
  readonly addresses: readonly KongAddress[];
  /** The upstream's `slots`. */
  readonly slots: number;
  /** Of Kong: `3.9`. */
  readonly version: string;
  /** When this table was made, ns. */
  readonly createdNs: number;
}

/** A load balancing algorithm of Kong over the targets of one worker. It is asked only while the upstream is healthy. */
export interface KongAlgorithm {
  /** The address to try next; `undefined` if there is none. */
  pick(passage: KongPassage, nowNs: number): KongAddress | undefined;
  /** Addresses have become available or unavailable: `afterHostUpdate`. */
  hostsChanged(nowNs: number): void;
  /** A try is over. */
  release?(address: KongAddress): void;
  /** A request is over that has had an address: `afterBalance`. */
  logged?(passage: KongPassage, nowNs: number): void;
}
