import {
  type Checked,
  choice,
  count,
  didYouMean,
  duration,
  either,
  fail,
  list,
  record,
  text,
} from '../../../options/fields.js';

/** Bits of `retry_on`. */
export const RetryOn = {
  '5xx': 1 << 0,
  'gateway-error': 1 << 1,
  reset: 1 << 2,
  'reset-before-request': 1 << 3,
  'connect-failure': 1 << 4,
  'retriable-4xx': 1 << 5,
  'retriable-status-codes': 1 << 6,
  /** An HTTP/2 server's, which never comes here. */
  'refused-stream': 1 << 7,
} as const;
type RetryCondition = keyof typeof RetryOn;

const conditions = Object.keys(RetryOn) as RetryCondition[];

/** `retry_on`, as Envoy's text with commas or as a list. A set of bits after checking. */
function retryOnField() {
  return either([text(), list(text())])
    .transform((value, context) => {
      const words = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : value;
      let bits = 0;
      for (const [index, word] of words.entries()) {
        const path = typeof value === 'string' ? [] : [index];
        if (Object.hasOwn(RetryOn, word)) bits |= RetryOn[word as RetryCondition];
        else fail(context, word, `some of ${conditions.join(', ')}`, didYouMean(word, conditions), path);
      }
      return bits;
    })
    .prefault([]);
}

/** `retry_policy` of the route. */
export function retryPolicyField() {
  return record({
    retry_on: retryOnField().describe('after which failures a request is sent again; nothing: never'),
    num_retries: count().default(1).describe('how often, at most'),
    per_try_timeout: duration().prefault('0').describe('for one answer, once its request is sent; 0: none'),
    retriable_status_codes: list(count({ min: 100, max: 599 }))
      .default([])
      .describe('for retriable-status-codes'),
    retry_back_off: record({
      base_interval: duration({ minNs: 1e6 }).prefault('25ms'),
      max_interval: duration({ minNs: 1e6 }).optional().describe('10 base_intervals unless told'),
    })
      .prefault({})
      .describe('the wait before the n-th retry is drawn from [0, base_interval * 2^(n-1)), whole ms'),
    retry_host_predicate: list(choice(['previous_hosts']))
      .default([])
      .describe('previous_hosts: hosts that were tried are avoided'),
    host_selection_retry_max_attempts: count()
      .default(1)
      .describe('picks that are thrown away for it, at most'),
  })
    .superRefine(({ retry_back_off: { base_interval: base, max_interval: most } }, context) => {
      if (most !== undefined && most < base) {
        const path = ['retry_back_off', 'max_interval'];
        fail(context, `${most / 1e6}ms`, 'at least base_interval', undefined, path);
      }
    })
    .describe('when a request is sent again');
}

/** After checking: durations in ns, `retry_on` in bits of {@link RetryOn}. */
export type RetryPolicyOptions = Checked<ReturnType<typeof retryPolicyField>>;
