/** A request that may still wait for its connection; an exchange is one. */
export interface Connecting {
  /** When its connection stands. */
  readonly sentNs: number;
  readonly settled: boolean;
}

/** Requests that wait for their new connections. Nobody tells when one stands: whoever asks for their number looks. */
export class ConnectingRequests {
  private readonly requests: Connecting[] = [];

  add(request: Connecting): void {
    this.requests.push(request);
  }

  /** How many still wait. O(those that waited when it was asked last). */
  count(nowNs: number): number {
    const { requests } = this;
    if (requests.length === 0) return 0;
    let kept = 0;
    for (const request of requests) {
      if (request.settled || request.sentNs <= nowNs) continue;
      requests[kept] = request;
      kept += 1;
    }
    requests.length = kept;
    return kept;
  }
}
