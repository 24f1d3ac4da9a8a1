import type { Simulation } from '../../../kernel/loop.js';
import { Fifo } from '../../fifo.js';
import { ConnectionPool, type PoolSettings, type SlotOwner } from '../../proxy/connection-pool.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { UpstreamConnection } from '../../proxy/upstream-connection.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { EnvoyRequest } from './request.js';
import type { EnvoyStats } from './stats.js';

/** Connections that one event may open (`tryCreateNewConnections`). */
const CONNECTS_MAX = 3;

/** What the pools ask for. */
export interface PoolUser {
  /** Sends the request over `kept` or a new connection. */
  send(request: EnvoyRequest, host: UpstreamHost, kept: UpstreamConnection | undefined): void;
  /** A circuit breaker refuses the request. */
  overflowed(request: EnvoyRequest): void;
  /** The request waited for a connection, and connecting failed. */
  connectFailed(request: EnvoyRequest): void;
}

/** What pools are made of. */
export interface UpstreamPoolsParts {
  readonly simulation: Simulation;
  readonly settings: PoolSettings;
  readonly breakers: CircuitBreakers;
  readonly stats: EnvoyStats;
}

/** The connections of one thread to one host. */
class HostPool {
  /** Requests for which no connection could be opened, the oldest first. */
  readonly queue = new Fifo<EnvoyRequest>();
  /** Open connections, idle ones and those being opened included. */
  connections = 0;
}

/**
 * The connection pools of one worker thread, one per host, for HTTP/1.1: a connection carries one request at a time.
 * Source: Envoy, source/common/conn_pool/conn_pool_base.cc.
 * Limits: a request that has opened a connection waits for that one, though another may become free meanwhile.
 */
export class UpstreamPools implements SlotOwner {
  /** Set once, before the first request. */
  user: PoolUser | undefined = undefined;
  private readonly pools = new Map<UpstreamHost, HostPool>();
  private readonly idle: ConnectionPool;

  constructor(private readonly parts: UpstreamPoolsParts) {
    this.idle = new ConnectionPool(parts.simulation, parts.settings, this);
  }

  /** A request wants a connection to `host`. */
  newStream(request: EnvoyRequest, host: UpstreamHost): void {
    const { breakers, simulation } = this.parts;
    const kept = this.idle.take(host);
    if (kept !== undefined) {
      this.attach(request, host, kept);
    } else if (breakers.canPend(simulation.nowNs)) {
      this.enqueue(request, host);
      this.connectQueued(host);
    } else {
      this.user!.overflowed(request);
    }
  }

  /**
   * The answer on a connection is complete, or the connection is broken.
   * @param fate `keep`: it can carry another request.
   */
  release(connection: UpstreamConnection, fate: 'keep' | 'close'): void {
    const { host } = connection;
    if (fate === 'keep' && this.idle.keeps(connection)) {
      this.idle.save(connection);
      this.attachQueued(host);
      return;
    }
    connection.connection?.close?.();
    this.releaseSlot(connection);
    this.connectQueued(host);
  }

  /** Connecting to `host` failed: who waits for a connection to it fails as well. */
  purge(host: UpstreamHost): void {
    const { queue } = this.poolOf(host);
    for (let count = queue.size; count > 0; count -= 1) {
      const request = this.shiftQueue(host);
      if (request !== undefined) this.user!.connectFailed(request);
    }
  }

  /** A request waits no longer. */
  leaveQueue(request: EnvoyRequest): void {
    const { queue } = this.poolOf(request.host!);
    const before = queue.size;
    queue.remove(request);
    if (queue.size < before) this.forgetQueued(request);
  }

  /** The host closed its side of every connection, or is not used any more. */
  closeIdle(host: UpstreamHost): void {
    this.idle.closeAll(host);
  }

  /** A connection is gone. */
  releaseSlot(connection: UpstreamConnection): void {
    this.parts.breakers.connections -= 1;
    this.poolOf(connection.host).connections -= 1;
  }

  private attach(request: EnvoyRequest, host: UpstreamHost, kept: UpstreamConnection): void {
    const { breakers, simulation } = this.parts;
    if (breakers.canRequest(simulation.nowNs)) {
      this.user!.send(request, host, kept);
      return;
    }
    this.idle.save(kept);
    this.user!.overflowed(request);
  }

  /** Who waits longest for a connection to `host` gets those that are idle. */
  private attachQueued(host: UpstreamHost): void {
    const { queue } = this.poolOf(host);
    while (queue.size > 0) {
      const kept = this.idle.take(host);
      if (kept === undefined) return;
      this.attach(this.shiftQueue(host)!, host, kept);
    }
  }

  private enqueue(request: EnvoyRequest, host: UpstreamHost): void {
    request.phase = Phase.held;
    request.host = host;
    request.chosen!.queued += 1;
    this.parts.breakers.queued += 1;
    this.poolOf(host).queue.push(request);
  }

  /** Who waits longest opens a connection to `host`; the first to a host may be opened whatever the limit. */
  private connectQueued(host: UpstreamHost): void {
    const { breakers, stats, simulation } = this.parts;
    const pool = this.poolOf(host);
    for (let opened = 0; opened < CONNECTS_MAX && pool.queue.size > 0; opened += 1) {
      if (!breakers.canConnect) this.idle.forgetClosed();
      if (!breakers.canConnect) {
        stats.upstreamCxOverflow += 1;
        if (pool.connections > 0) return;
      }
      const request = this.shiftQueue(host)!;
      if (breakers.canRequest(simulation.nowNs)) this.connect(request, host);
      else this.user!.overflowed(request);
    }
  }

  private connect(request: EnvoyRequest, host: UpstreamHost): void {
    const { breakers, stats } = this.parts;
    breakers.connections += 1;
    stats.upstreamCxTotal += 1;
    this.poolOf(host).connections += 1;
    this.user!.send(request, host, undefined);
    const inner = request.inner!;
    breakers.connecting.add(inner);
    request.chosen!.connecting.add(inner);
  }

  private shiftQueue(host: UpstreamHost): EnvoyRequest | undefined {
    const request = this.poolOf(host).queue.shift();
    if (request !== undefined) this.forgetQueued(request);
    return request;
  }

  private forgetQueued(request: EnvoyRequest): void {
    request.chosen!.queued -= 1;
    this.parts.breakers.queued -= 1;
  }

  private poolOf(host: UpstreamHost): HostPool {
    let pool = this.pools.get(host);
    if (pool === undefined) {
      pool = new HostPool();
      this.pools.set(host, pool);
    }
    return pool;
  }
}
