import { NS_PER_SECOND } from '../../kernel/time.js';
import { type Checked, choice, count, fail, flag, number, record, text } from '../../options/fields.js';
import { PERIODS, type Period, periodStart } from '../calendar.js';
import type { GatewayRequest, Policy } from '../policy.js';
import type { KongPluginPlug } from '../products/kong/plugin.js';
import { headerOf, splitPath } from '../request-parts.js';

/** Length of a window as its headers tell it, s (`expiration.lua`). */
const WINDOW_SECONDS: Readonly<Record<Period, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
};

const limit = (period: string) =>
  number({ above: 0 }).optional().describe(`requests that may be made in a ${period} of the calendar (UTC)`);

const options = record({
  second: limit('second'),
  minute: limit('minute'),
  hour: limit('hour'),
  day: limit('day'),
  month: limit('month'),
  year: limit('year'),
  limit_by: choice(['consumer', 'credential', 'ip', 'service', 'header', 'path'])
    .default('consumer')
    .describe('whose requests are counted together; the address where that is unknown'),
  header_name: text().optional().describe('the header, with limit_by: header'),
  path: text().optional().describe('the path, with limit_by: path'),
  policy: choice(['local']).default('local').describe('where it is counted: in the memory of the node'),
  hide_client_headers: flag().default(false).describe('true: answers do not tell of limits'),
  error_code: count({ min: 100, max: 599 }).default(429).describe('status of the answer that refuses'),
  error_message: text().default('API rate limit exceeded').describe('of the answer that refuses'),
  fault_tolerant: flag().default(true).describe('changes nothing here: the memory of the node does not fail'),
}).superRefine((value, context) => {
  const given = PERIODS.filter((period) => value[period] !== undefined);
  if (given.length === 0) fail(context, 'no limit', `at least one of ${PERIODS.join(', ')}`);
  for (const [index, longer] of given.entries()) {
    const shorter = given.slice(0, index).find((period) => value[period]! > value[longer]!);
    if (shorter === undefined) continue;
    const expectation = `at least the limit for a ${shorter}, ${value[shorter]}`;
    fail(context, value[longer], expectation, undefined, [longer]);
  }
  if (value.limit_by === 'header' && value.header_name === undefined)
    fail(context, 'nothing', 'a name, as limit_by is header', undefined, ['header_name']);
  if (value.limit_by === 'path' && value.path === undefined)
    fail(context, 'nothing', 'a path, as limit_by is path', undefined, ['path']);
});

/**
 * Kong's `rate-limiting` in windows of the calendar. A request is counted only when the worker's loop has turned after it
 * was let pass: those that come in one burst do not see each other, and may be more than the limit.
 *
 * Limits: the policies `cluster` and `redis` are not here.
 */
export const kongRateLimiting: KongPluginPlug<typeof options> = {
  name: 'kong-rate-limiting',
  product: 'kong',
  word: 'rate-limiting',
  priority: 910,
  summary: 'so many requests per second, minute, ... year of the calendar; 429 for those beyond',
  source: 'Kong 3.9, kong/plugins/rate-limiting/handler.lua, policies/init.lua (local)',
  options,
  example: 'plugins: [ { name: rate-limiting, config: { minute: 600, limit_by: consumer } } ]',
  create: (checked, context) => new RateLimiting(checked, context.epochSeconds),
};

/** The present window of one identifier. */
interface Window {
  readonly startSeconds: number;
  used: number;
}

/** A limit that is set. */
interface Limit {
  readonly period: Period;
  readonly limit: number;
  readonly windows: Map<string, Window>;
}

/** How much of a limit is left for a request. */
interface Usage {
  readonly period: Period;
  readonly limit: number;
  remaining: number;
}

class RateLimiting implements Policy {
  private readonly limits: readonly Limit[];

  constructor(
    private readonly config: Checked<typeof options>,
    private readonly epochSeconds: number,
  ) {
    this.limits = PERIODS.filter((period) => config[period] !== undefined).map((period) => {
      return { period, limit: config[period]!, windows: new Map() };
    });
  }

  admit(request: GatewayRequest): number {
    const seconds = this.secondsAt(request.arrivedNs);
    const identifier = this.identifierOf(request);
    const usage = this.limits.map(({ period, limit, windows }): Usage => {
      return {
        period,
        limit,
        remaining: limit - usedIn(windows.get(identifier), periodStart(period, seconds)),
      };
    });
    const stop = usage.findLast(({ remaining }) => remaining <= 0);
    const resetSeconds = this.tell(request, usage, stop, seconds);
    if (stop === undefined) return 0;
    request.message = this.config.error_message;
    if (!this.config.hide_client_headers) request.setHeader('Retry-After', String(resetSeconds));
    return -this.config.error_code;
  }

  /** Counts in the windows of the second in which it came. */
  turned(request: GatewayRequest): void {
    const seconds = this.secondsAt(request.arrivedNs);
    const identifier = this.identifierOf(request);
    for (const { period, windows } of this.limits) {
      const startSeconds = periodStart(period, seconds);
      const window = windows.get(identifier);
      if (window === undefined || window.startSeconds < startSeconds)
        windows.set(identifier, { startSeconds, used: 1 });
      else if (window.startSeconds === startSeconds) window.used += 1;
    }
  }

  /** Sets the headers; returns when the tightest limit ends, in s. */
  private tell(request: GatewayRequest, usage: Usage[], stop: Usage | undefined, seconds: number): number {
    let tightest: Usage | undefined;
    for (const entry of usage) {
      if (stop === undefined || stop === entry) entry.remaining -= 1;
      entry.remaining = Math.max(0, entry.remaining);
      // Of equals the longer: periods come in the order of their length.
      if (tightest === undefined || entry.remaining <= tightest.remaining) tightest = entry;
    }
    const { period, limit, remaining } = tightest!;
    const resetSeconds = Math.max(1, WINDOW_SECONDS[period] - (seconds - periodStart(period, seconds)));
    if (this.config.hide_client_headers) return resetSeconds;
    for (const entry of usage) {
      const name = entry.period[0]!.toUpperCase() + entry.period.slice(1);
      request.setHeader(`X-RateLimit-Limit-${name}`, String(entry.limit));
      request.setHeader(`X-RateLimit-Remaining-${name}`, String(entry.remaining));
    }
    request.setHeader('RateLimit-Limit', String(limit));
    request.setHeader('RateLimit-Remaining', String(remaining));
    request.setHeader('RateLimit-Reset', String(resetSeconds));
    return resetSeconds;
  }

  /** What its requests are counted under; the address where that is not known. */
  private identifierOf(request: GatewayRequest): string {
    return this.maybeIdentifier(request) ?? request.subject.clientAddress;
  }

  private maybeIdentifier({ subject, consumer, credential }: GatewayRequest): string | undefined {
    switch (this.config.limit_by) {
      case 'consumer':
        return consumer ?? credential;
      case 'credential':
        return credential;
      case 'service':
        return 'service';
      case 'header': {
        const value = headerOf(subject, this.config.header_name!.toLowerCase());
        return value === '' ? undefined : value;
      }
      case 'path': {
        const { path } = splitPath(subject.endpoint.path);
        return path === this.config.path ? path : undefined;
      }
      default:
        return undefined;
    }
  }

  /** `ngx.time()`: whole seconds. */
  private secondsAt(nowNs: number): number {
    return this.epochSeconds + Math.floor(nowNs / NS_PER_SECOND);
  }
}

function usedIn(window: Window | undefined, startSeconds: number): number {
  return window?.startSeconds === startSeconds ? window.used : 0;
}
