import { toMs } from '../../../kernel/time.js';
import { KeyedStream, purposeOf } from '../../../random/stream.js';
import type { Subject } from '../../balancer.js';
import type { Exchange } from '../../exchange.js';
import { GatewayRequest, type Policy } from '../../policy.js';
import { splitPath } from '../../request-parts.js';
import { statusOf } from '../nginx/next-upstream.js';
import { NginxProxy, type NginxProxyParts } from '../nginx/proxy.js';
import type { NginxWorker } from '../nginx/worker.js';
import { type AnswerKind, addedBytes, type Headers, hasRequestId, ownAnswerBytes } from './answers.js';
import type { HealthChecker } from './health-checker.js';
import { KongRequest } from './proxied-request.js';
import { matchRoute } from './route-path.js';
import type { KongSubject } from './targets.js';
import type { KongUpstream } from './upstream.js';
import { hexDigits } from './uuid.js';
import type { KongWorker } from './worker.js';

const TIMED_OUT = 504;
const CLIENT_CLOSED = 499;

/** What Kong adds to nginx's way of a request. */
export interface KongProxyParts {
  /** The balancer's name, for its streams. */
  readonly name: string;
  readonly version: string;
  /** Of the route; without any, it fits all requests. */
  readonly paths: readonly RegExp[];
  /** In the order in which they run. */
  readonly policies: readonly Policy[];
  readonly checker: HealthChecker;
}

/**
 * Requests on their way through Kong: route, plugins, a target, passive health checks, headers.
 *
 * Limits: a request's way to the targets does not show in its headers; what its wait for the worker's loop takes counts as
 * Kong's latency.
 */
export class KongProxy extends NginxProxy<KongRequest> {
  private readonly identifiers = new KeyedStream();
  private readonly purpose: number;
  private readonly givesIdentifiers: boolean;

  constructor(
    parts: NginxProxyParts,
    private readonly kong: KongProxyParts,
  ) {
    const { simulation } = parts;
    super(parts, (outer, connection, worker) => new KongRequest(outer, connection, worker, simulation.nowNs));
    this.purpose = purposeOf(`${kong.name}/request-id`);
    this.givesIdentifiers = hasRequestId(kong.version);
  }

  /** Where the loop turns, plugins do what they have put off. */
  override taskDone(worker: NginxWorker): void {
    if (!this.clients.turn(worker)) return;
    const { passed } = worker as KongWorker;
    if (passed.length === 0) return;
    (worker as KongWorker).passed = [];
    for (const { gateway } of passed) {
      for (const policy of this.kong.policies) policy.turned?.(gateway!);
    }
  }

  /** Route, then plugins; who gets through asks for a target. */
  protected override enter(request: KongRequest): void {
    const { outer, worker } = request;
    if (this.kong.paths.length > 0) {
      request.captures = matchRoute(this.kong.paths, splitPath(outer.endpoint.path).path);
      if (request.captures === undefined) {
        this.endWith(request, 404, 'plugin', 'no Route matched with those values');
        return;
      }
    }
    const nowNs = this.simulation.nowNs;
    const gateway = new GatewayRequest(outer, { worker: (worker as KongWorker).index, arrivedNs: nowNs });
    request.gateway = gateway;
    for (const policy of this.kong.policies) {
      const verdict = policy.admit(gateway, nowNs);
      if (verdict >= 0) continue;
      this.endWith(request, -verdict, 'plugin', gateway.message);
      return;
    }
    request.passedPlugins = true;
    if (this.kong.policies.length > 0) (worker as KongWorker).passed.push(request);
    super.enter(request);
  }

  protected override subjectOf({ outer, gateway, captures }: KongRequest): Subject {
    const { clientAddress, endpoint } = outer;
    const subject: KongSubject = {
      clientAddress,
      endpoint,
      consumer: gateway?.consumer ?? gateway?.credential,
      captures,
    };
    return subject;
  }

  /** At first a plugin's answer; where a retry finds no target, an error page. */
  protected override endWithoutHost(request: KongRequest): void {
    if (request.passage!.retried) this.endWith(request, 503, 'error-page');
    else this.endWith(request, 503, 'plugin', 'failure to get a peer from the ring-balancer');
  }

  /** `Kong.balancer`: what the try before has shown is told before the next target is picked. */
  protected override retrying(request: KongRequest, condition: number): void {
    const status = statusOf(condition, request.inner!.status);
    request.upstreamStatus = status;
    request.passage!.retried = true;
    const target = request.passage!.address!.name;
    if (status === TIMED_OUT) this.kong.checker.reportTimeout('passive', target);
    else this.kong.checker.reportTcpFailure('passive', target);
  }

  protected override endWithStatus(request: KongRequest, status: number): void {
    request.upstreamStatus = status;
    this.endWith(request, status, 'error-page');
  }

  protected override relay(request: KongRequest, inner: Exchange): void {
    const passage = request.passage!;
    const responseMs = msBetween(inner.startedNs, inner.endedNs);
    const connectMs = inner.needsConnection ? msBetween(inner.startedNs, inner.sentNs) : 0;
    passage.rttSeconds = (connectMs + responseMs) / 1000;
    request.upstreamStatus = inner.status;
    const headers: Record<string, string> = {
      ...request.gateway?.responseHeaders,
      'X-Kong-Upstream-Latency': String(msBetween(inner.startedNs, this.simulation.nowNs)),
      'X-Kong-Proxy-Latency': String(msBetween(request.arrivedNs, inner.startedNs)),
      ...this.identify(request),
    };
    if (passage.cookie !== undefined) headers['Set-Cookie'] = passage.cookie;
    request.outer.relay(inner);
    request.outer.responseHeaders = { ...inner.responseHeaders, ...headers };
    this.end(request, inner.status, inner.responseBytes + addedBytes(this.kong.version, headers));
  }

  /** The log phase: passive health checks by the last status, and the algorithm's account. */
  protected override end(request: KongRequest, status: number, responseBytes: number): void {
    const { passage, upstreamStatus } = request;
    if (passage?.address !== undefined) {
      this.report(
        passage.address.name,
        status === CLIENT_CLOSED || upstreamStatus === 0 ? status : upstreamStatus,
      );
      (request.upstream as KongUpstream).logged(passage, this.simulation.nowNs);
    }
    if (request.passedPlugins) {
      for (const policy of this.kong.policies) policy.release?.(request.gateway!, this.simulation.nowNs);
    }
    super.end(request, status, responseBytes);
  }

  private report(target: string, status: number): void {
    if (status === TIMED_OUT) this.kong.checker.reportTimeout('passive', target);
    else this.kong.checker.reportHttpStatus('passive', target, status);
  }

  /** An answer of Kong's own. */
  private endWith(request: KongRequest, status: number, kind: AnswerKind, message?: string): void {
    const headers: Headers = {
      ...request.gateway?.responseHeaders,
      'X-Kong-Response-Latency': String(msBetween(request.arrivedNs, this.simulation.nowNs)),
      ...this.identify(request),
    };
    request.outer.responseHeaders = headers;
    const answer = {
      kind,
      headers,
      version: this.kong.version,
      ...(message === undefined ? {} : { message }),
    };
    this.end(request, status, ownAnswerBytes(status, answer));
  }

  private identify({ outer }: KongRequest): Headers {
    if (!this.givesIdentifiers) return {};
    const stream = this.identifiers.rekey(outer.keyHigh, outer.keyLow, this.purpose);
    return { 'X-Kong-Request-Id': hexDigits(stream, 4) };
  }
}

/** As nginx's clock has it: whole ms. */
function msBetween(fromNs: number, toNs: number): number {
  return Math.floor(toMs(toNs)) - Math.floor(toMs(fromNs));
}
