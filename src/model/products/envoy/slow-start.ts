import { NS_PER_MS } from '../../../kernel/time.js';
import { type Checked, duration, number, record } from '../../../options/fields.js';
import type { SlowStart } from './edf-balancer.js';

/** `slow_start_config`. */
export function slowStartField() {
  return record({
    slow_start_window: duration()
      .prefault('0')
      .describe('how long a host that became healthy is given less; 0: off'),
    aggression: number({ above: 0 })
      .default(1)
      .describe('weight grows as the (1/aggression)-th power of the time'),
    min_weight_percent: number({ min: 0, max: 100 })
      .default(10)
      .describe('least part of its weight that a host is given'),
  }).describe('a host that became healthy is given less for a while');
}

const OFF: SlowStart = { windowMs: 0, aggression: 1, minWeightRatio: 0.1 };

/** What the checked options say. */
export function slowStartOf(options: Checked<ReturnType<typeof slowStartField>> | undefined): SlowStart {
  if (options === undefined) return OFF;
  return {
    windowMs: Math.floor(options.slow_start_window / NS_PER_MS),
    aggression: options.aggression,
    minWeightRatio: options.min_weight_percent / 100,
  };
}
