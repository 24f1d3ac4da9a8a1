/** One more than the largest status. */
const STATUSES = 600;

/** What a proxy counts of its clients' connections and requests, over all its workers; the words are nginx's `stub_status`. */
export class ConnectionCounters {
  /** Connections taken from the backlog. */
  accepts = 0;
  /** Of these, the ones that got a slot. */
  handled = 0;
  requests = 0;
  /** Client connections. */
  active = 0;
  /** Requests from their head to their end. */
  writing = 0;
  /** Client connections without a request. */
  waiting = 0;
  /** Requests ended, by status as an access log has it; 499 where the client went away. */
  readonly responses = new Float64Array(STATUSES);
}
