import { NS_PER_MS } from '../../../kernel/time.js';
import { KeyedStream, purposeOf } from '../../../random/stream.js';
import type { Keyed } from '../../demand.js';
import { Failure } from '../../exchange.js';
import { RetryOn, type RetryPolicyOptions } from './retry-options.js';

/** `max_interval` unless told, in base intervals. */
const MAX_INTERVAL_BASES = 10;

/** How a try ended without an answer: `Http::StreamResetReason`. */
export interface Reset {
  /** As Envoy's own answer has it. */
  readonly reason: string;
  /** What stands for it in outlier detection, and at the client. */
  readonly status: 503 | 504;
  /** True: there was no connection. */
  readonly isConnectFailure: boolean;
}

/** All there are. */
export const Resets = {
  connectFailure: { reason: 'remote connection failure', status: 503, isConnectFailure: true },
  connectTimeout: { reason: 'connection timeout', status: 503, isConnectFailure: true },
  connectionTermination: { reason: 'connection termination', status: 503, isConnectFailure: false },
  perTryTimeout: { reason: 'per try timeout', status: 504, isConnectFailure: false },
} as const satisfies Record<string, Reset>;

/**
 * When a request is sent again, and how long it waits before. Source: Envoy 1.31, source/common/router/retry_state_impl.cc
 * and source/common/common/backoff_strategy.cc.
 */
export class RetryRules {
  private readonly stream = new KeyedStream();
  private readonly purpose: number;

  /** @param name of the balancer, for its draws. */
  constructor(
    private readonly policy: RetryPolicyOptions,
    name: string,
  ) {
    this.purpose = purposeOf(`${name}/retry-back-off`);
  }

  /** An answer with that status would be thrown away. */
  wouldRetryStatus(status: number): boolean {
    const { retry_on: bits, retriable_status_codes: codes } = this.policy;
    const is5xx = status >= 500 && status < 600;
    return (
      ((bits & RetryOn['5xx']) !== 0 && is5xx) ||
      ((bits & RetryOn['gateway-error']) !== 0 && status >= 502 && status <= 504) ||
      ((bits & RetryOn['retriable-4xx']) !== 0 && status === 409) ||
      ((bits & RetryOn['retriable-status-codes']) !== 0 && codes.includes(status))
    );
  }

  /**
   * A request without an answer would be sent again.
   * @param progress whether anything of it has been sent to any host.
   */
  wouldRetryReset(reset: Reset, progress: 'started' | 'unsent'): boolean {
    const bits = this.policy.retry_on;
    const anyReset = RetryOn.reset | RetryOn['5xx'] | RetryOn['gateway-error'];
    return (
      (reset.isConnectFailure && (bits & RetryOn['connect-failure']) !== 0) ||
      (progress === 'unsent' && (bits & RetryOn['reset-before-request']) !== 0) ||
      (bits & anyReset) !== 0
    );
  }

  /**
   * The wait before a retry, whole ms in ns: uniform below an interval that doubles with every retry.
   * @param retry its number, from 1.
   */
  backOffNs(request: Keyed, retry: number): number {
    const { base_interval: base, max_interval: most = MAX_INTERVAL_BASES * base } =
      this.policy.retry_back_off;
    let intervalMs = Math.ceil(base / NS_PER_MS);
    const mostMs = Math.ceil(most / NS_PER_MS);
    for (let passed = 1; passed < retry; passed += 1) {
      intervalMs = intervalMs < Math.floor(mostMs / 2) ? intervalMs * 2 : mostMs;
    }
    const stream = this.stream.rekey(request.keyHigh, request.keyLow, this.purpose + retry);
    return Math.floor(stream.next() * intervalMs) * NS_PER_MS;
  }
}

/** How a failed exchange looks to the router. */
export function resetOf(failure: Failure): Reset {
  if (failure === Failure.refused) return Resets.connectFailure;
  if (failure === Failure.connectTimeout) return Resets.connectTimeout;
  return failure === Failure.timeout ? Resets.perTryTimeout : Resets.connectionTermination;
}
