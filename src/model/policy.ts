import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { Subject } from './balancer.js';

/** A request at a gateway, and what its policies have found out about it. */
export class GatewayRequest {
  /** Who sent it, once a policy knows. */
  consumer: string | undefined = undefined;
  /** The key it was known by. */
  credential: string | undefined = undefined;
  /** What the answer says where a policy makes it. */
  message = '';
  /** Headers that policies add to the answer, whoever makes it. */
  responseHeaders: Record<string, string> | undefined = undefined;

  /** Index of the worker that has it; 0 where no policy asks. */
  readonly worker: number;
  /** When that worker read it. */
  readonly arrivedNs: number;

  constructor(
    readonly subject: Subject,
    at: { readonly worker: number; readonly arrivedNs: number },
  ) {
    this.worker = at.worker;
    this.arrivedNs = at.arrivedNs;
  }

  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void {
    this.responseHeaders ??= {};
    this.responseHeaders[name] = value;
  }
}

/** Something that a balancer does to a request before it picks a host: a key, an address rule, a limit. One per shared state. */
export interface Policy {
  /** 0: it may pass; above: so many ns later; below: it is answered at once, with that status (-429). */
  admit(request: GatewayRequest, nowNs: number): number;
  /**
   * The worker's loop has turned since all policies let the request pass. What is counted here is not seen by the requests
   * of the same turn (`ngx.timer.at(0, ...)`). Policies that do nothing later leave it out.
   */
  turned?(request: GatewayRequest): void;
  /** A request that was let pass is over. */
  release?(request: GatewayRequest, nowNs: number): void;
}

/**
 * A kind of policy. It works for one product only, and its options are the product's; `Context` is what the product gives
 * to all its policies.
 */
export interface PolicyPlug<Options extends AnyField = AnyField, Context = unknown>
  extends PlugDescription<Options> {
  /** Name of the product's plug. */
  readonly product: string;
  /** The product's own word: `key-auth`, `limit_req`. The plug's `name` has the product before it. */
  readonly word: string;
  create(options: Checked<Options>, context: Context): Policy;
}
