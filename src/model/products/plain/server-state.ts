import type { RandomStream } from '../../../random/stream.js';

/** What a server itself would know: of all dispatchers' requests, not of one's. */
export class ServerState {
  /** Requests of all dispatchers that were sent to it and have not come back. */
  inFlight = 0;
  /** Told of the latency of every request that ends, if somebody keeps account of them. */
  latencies: LatencyLog | undefined = undefined;
  /** The idle queue it stands in. */
  queue: IdleListener | undefined = undefined;
}

/** Keeps account of a server's latencies by the number of requests in flight when each arrived, itself left out. */
export interface LatencyLog {
  add(inFlight: number, latencyNs: number): void;
}

/** A dispatcher that servers report their idleness to. */
export interface IdleListener {
  /** The server has nothing to do, and stands in nobody's queue: it does in this one now. */
  idle(server: ServerState): void;
  /** The server that stood in this queue has got a request. */
  busy(server: ServerState): void;
}

/**
 * The servers behind all dispatchers of one balancer, and what they tell. A server that has become idle reports to one
 * dispatcher, drawn uniformly (JIQ-Random), and withdraws when it gets a request from elsewhere.
 *
 * Limits: what a server knows is what its requests' way through the balancer shows: it is busy from the moment a request is
 * sent until its answer is read. Reports arrive at once. Requests from other places are not seen.
 */
export class Fleet {
  private readonly servers = new Map<string, ServerState>();
  private readonly listeners: IdleListener[] = [];

  /** @param stream draws whom an idle server reports to. */
  constructor(private readonly stream: RandomStream) {}

  /** The server of that name. */
  server(name: string): ServerState {
    let server = this.servers.get(name);
    if (server === undefined) {
      server = new ServerState();
      this.servers.set(name, server);
    }
    return server;
  }

  /** A dispatcher more that wants to be told. */
  listen(listener: IdleListener): void {
    this.listeners.push(listener);
  }

  /** A request is sent. */
  begin(server: ServerState): void {
    server.inFlight += 1;
    server.queue?.busy(server);
    server.queue = undefined;
  }

  /** A request has come back. */
  end(server: ServerState): void {
    server.inFlight -= 1;
    if (server.inFlight === 0) this.report(server);
  }

  /** The server reports that it is idle, unless it stands in a queue. */
  report(server: ServerState): void {
    const count = this.listeners.length;
    if (count === 0 || server.queue !== undefined) return;
    const listener = this.listeners[count === 1 ? 0 : Math.floor(this.stream.next() * count)]!;
    server.queue = listener;
    listener.idle(server);
  }
}
