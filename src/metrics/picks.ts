/** One host over a list of picks. */
export interface PickedHost {
  readonly name: string;
  /** As a configuration has it; consistent hashes depend on it. */
  readonly address: string;
  readonly weight: number;
  readonly picks: number;
  /** Fraction of all requests. */
  readonly share: number;
  /** Its weight's part of all weights. */
  readonly fair: number;
}

/** How the requests of a list followed each other: each after the one before was over, or all open at once. */
export type PicksMode = 'sequential' | 'held';

/** Which host each request of a list went to. */
export interface PicksResult {
  readonly product: string;
  /** In the product's own word: `round_robin`. */
  readonly algorithm: string;
  readonly seed: string;
  readonly mode: PicksMode;
  /** In configuration order. */
  readonly hosts: readonly PickedHost[];
  /** One entry per request: the name of a host, `null` where none took it. */
  readonly picks: readonly (string | null)[];
  /** The hash keys of the requests, where these were given. */
  readonly keys: readonly string[] | undefined;
}

/** One request of a timeline. Times in seconds since the start. */
export interface TimelineRequest {
  readonly name: string;
  readonly at: number;
  /** Hosts it was sent to, in this order; one twice where it was sent there again. */
  readonly tries: readonly string[];
  /** HTTP status; 0 without an answer, then `failure` says why. */
  readonly status: number;
  readonly failure: string | undefined;
  readonly ended: number;
}

/** What became of the requests of a timeline, in the order in which they were sent. */
export interface TimelineResult {
  readonly title: string;
  readonly product: string;
  readonly algorithm: string;
  readonly seed: string;
  readonly requests: readonly TimelineRequest[];
}
