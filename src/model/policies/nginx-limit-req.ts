import { NS_PER_MS } from '../../kernel/time.js';
import { type Checked, count, fail, flag, record, text } from '../../options/fields.js';
import type { GatewayRequest, Policy, PolicyPlug } from '../policy.js';
import type { KeyTemplate } from '../products/nginx/key.js';
import { templateOf } from '../products/nginx/key-field.js';
import {
  checkLimits,
  directives,
  maybePairs,
  numberOf,
  readZone,
  zonedShape,
  zoneShape,
} from '../products/nginx/limit-words.js';

/** nginx counts requests in thousandths, and rates in thousandths of a request per second. */
const MILLI = 1000;
/** Longer keys are not limited. */
const KEY_LENGTH_MAX = 65_535;

/** `10r/s` or `30r/m`; thousandths of a request per second, cut as nginx cuts them. */
const rateField = () =>
  text().transform((value, context) => {
    const [, number, unit] = /^(\d+)r\/([sm])$/.exec(value) ?? [];
    const rate = Math.floor((Number(number) * MILLI) / (unit === 'm' ? 60 : 1));
    if (!(rate > 0)) fail(context, value, 'a rate like 10r/s or 30r/m');
    return rate;
  });

const limitField = record({
  ...zonedShape,
  rate: rateField().optional().describe('with a key: requests per second or minute, 10r/s or 30r/m'),
  burst: count().default(0).describe('requests above the rate that are let in, if later'),
  delay: count().default(0).describe('how many of them are not delayed'),
  nodelay: flag().default(false).describe('none of them is delayed'),
});
type Limit = Checked<typeof limitField>;

const zoneField = record({ ...zoneShape, rate: rateField().describe('10r/s or 30r/m') });
type Zone = Checked<typeof zoneField>;

function readLimit(words: readonly string[]): Record<string, unknown> | undefined {
  const pairs = maybePairs(
    words.filter((word) => word !== 'nodelay'),
    ['zone', 'burst', 'delay'],
  );
  if (pairs === undefined) return undefined;
  const nodelay = words.includes('nodelay');
  const { zone, burst, delay } = pairs;
  return {
    zone,
    nodelay,
    ...(burst === undefined ? {} : { burst: numberOf(burst) }),
    ...(delay === undefined ? {} : { delay: numberOf(delay) }),
  };
}

const options = record({
  limit_req_zone: directives(
    zoneField,
    (words) => readZone(words, ['rate']),
    '$binary_remote_addr zone=perip:10m rate=10r/s',
  )
    .optional()
    .describe('zones that limit_req names: $binary_remote_addr zone=perip:10m rate=10r/s'),
  limit_req: directives(limitField, readLimit, 'zone=perip burst=5 nodelay')
    .optional()
    .describe('one or more limits: { key: $binary_remote_addr, rate: 10r/s, burst: 20, nodelay: true }'),
  limit_req_status: count({ min: 400, max: 599 })
    .optional()
    .describe('of the answer to what is refused; 503 if absent'),
  limit_req_dry_run: flag().optional().describe('true: counted only, neither delayed nor refused'),
}).superRefine(checkLimits);

/** nginx's limit of the rate of requests: a leaking bucket for each value of a key. */
export const nginxLimitReq: PolicyPlug<typeof options> = {
  name: 'nginx-limit-req',
  product: 'nginx',
  word: 'limit_req',
  summary: 'a rate of requests per key; bursts are let in, at once or delayed, and what is more is refused',
  source: 'nginx 1.22.1, ngx_http_limit_req_module.c; compared with the real program',
  options,
  example: 'limit_req: { key: $binary_remote_addr, rate: 10r/s, burst: 20, nodelay: true }',
  create: (checked) => new LimitReq(checked),
};

/** What is known of one key in one zone. */
interface Node {
  /** Thousandths of a request above the rate. */
  excess: number;
  /** When it was counted last, ms. */
  lastMs: number;
}

/** One limit with its zone. */
class Bucket {
  private readonly nodes = new Map<string, Node>();
  private readonly keyOf: KeyTemplate;
  /** Thousandths of a request per second. */
  private readonly rate: number;
  private readonly burst: number;
  private readonly undelayed: number;

  constructor(limit: Limit, zones: readonly Zone[]) {
    const zone = zones.find((candidate) => candidate.zone === limit.zone);
    this.keyOf = templateOf(zone?.key ?? limit.key!);
    this.rate = zone?.rate ?? limit.rate!;
    this.burst = limit.burst * MILLI;
    this.undelayed = limit.nodelay ? Number.POSITIVE_INFINITY : limit.delay * MILLI;
  }

  key(request: GatewayRequest): string {
    return this.keyOf(request.subject);
  }

  /** Thousandths above the rate with one request more; -1: too many. Changes nothing. */
  look(key: string, nowMs: number): number {
    const excess = this.excessAt(this.nodes.get(key), nowMs);
    return excess > this.burst ? -1 : excess;
  }

  /** Counts one request. Returns how long it is delayed, ms. */
  account(key: string, nowMs: number): number {
    const node = this.nodes.get(key);
    const excess = this.excessAt(node, nowMs);
    if (node === undefined) {
      this.nodes.set(key, { excess, lastMs: nowMs });
    } else {
      node.excess = excess;
      // The clock is not set on within a millisecond: what has leaked by then is counted once all the same.
      if (nowMs !== node.lastMs) node.lastMs = nowMs;
    }
    return excess <= this.undelayed ? 0 : Math.floor(((excess - this.undelayed) * MILLI) / this.rate);
  }

  private excessAt(node: Node | undefined, nowMs: number): number {
    if (node === undefined) return 0;
    const leaked = Math.floor((this.rate * (nowMs - node.lastMs)) / MILLI);
    return Math.max(0, node.excess - leaked + MILLI);
  }
}

/**
 * All limits together: a request must pass every one, and is counted in them only then; the longest delay holds.
 *
 * Limits: zones are never full, and forget nothing.
 */
class LimitReq implements Policy {
  private readonly buckets: readonly Bucket[];
  private readonly refusal: number;
  private readonly isDry: boolean;

  constructor(checked: Checked<typeof options>) {
    this.buckets = (checked.limit_req ?? []).map((limit) => new Bucket(limit, checked.limit_req_zone ?? []));
    this.refusal = -(checked.limit_req_status ?? 503);
    this.isDry = checked.limit_req_dry_run ?? false;
  }

  admit(request: GatewayRequest, nowNs: number): number {
    const nowMs = Math.floor(nowNs / NS_PER_MS);
    const counted: [Bucket, string][] = [];
    for (const bucket of this.buckets) {
      const key = bucket.key(request);
      if (key === '' || key.length > KEY_LENGTH_MAX) continue;
      if (bucket.look(key, nowMs) < 0) return this.isDry ? 0 : this.refusal;
      counted.push([bucket, key]);
    }
    let delayMs = 0;
    for (const [bucket, key] of counted) delayMs = Math.max(delayMs, bucket.account(key, nowMs));
    if (delayMs === 0 || this.isDry) return 0;
    // nginx's timers count whole milliseconds of a clock that is read once per turn.
    return (nowMs + delayMs) * NS_PER_MS - nowNs;
  }
}
