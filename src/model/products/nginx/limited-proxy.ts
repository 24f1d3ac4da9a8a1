import type { Handler } from '../../../kernel/queue.js';
import { GatewayRequest, type Policy } from '../../policy.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { NginxRequest } from './proxied-request.js';
import { NginxProxy, type NginxProxyParts, type RequestMaker } from './proxy.js';

const DUE = 0;
const RESUMED = 1;

/** nginx with limits: they come before the choice of a server (the preaccess phase). */
export class LimitedNginxProxy extends NginxProxy implements Handler {
  /** @param policies in the order in which nginx asks them. */
  constructor(
    parts: NginxProxyParts,
    createRequest: RequestMaker<NginxRequest>,
    private readonly policies: readonly Policy[],
  ) {
    super(parts, createRequest);
  }

  /** The client of a request that waits for its time went away: nginx watches its connection meanwhile. */
  override abandon(request: NginxRequest): void {
    if (request.phase === Phase.held) this.end(request, 499, 0);
    else super.abandon(request);
  }

  handle(kind: number, payload: unknown): void {
    const request = payload as NginxRequest;
    if (kind === DUE) {
      if (request.phase === Phase.held) request.worker.run(0, this, RESUMED, request);
      return;
    }
    if (request.phase === Phase.held) this.admit(request);
    this.taskDone(request.worker);
  }

  protected override enter(request: NginxRequest): void {
    request.gateway = new GatewayRequest(request.outer, { worker: 0, arrivedNs: this.simulation.nowNs });
    this.admit(request);
  }

  protected override end(request: NginxRequest, status: number, responseBytes: number): void {
    const { gateway } = request;
    if (gateway !== undefined) {
      for (const policy of this.policies.slice(0, request.policiesPassed)) {
        policy.release?.(gateway, this.simulation.nowNs);
      }
    }
    super.end(request, status, responseBytes);
  }

  /** Asks the policies that have not been asked yet. */
  private admit(request: NginxRequest): void {
    for (;;) {
      const policy = this.policies[request.policiesPassed];
      if (policy === undefined) break;
      const verdict = policy.admit(request.gateway!, this.simulation.nowNs);
      if (verdict < 0) {
        this.endWithStatus(request, -verdict);
        return;
      }
      request.policiesPassed += 1;
      if (verdict > 0) {
        request.phase = Phase.held;
        this.simulation.after(verdict, this, DUE, request);
        return;
      }
    }
    super.enter(request);
  }
}
