import { type Checked, count, flag, record } from '../../options/fields.js';
import type { GatewayRequest, Policy, PolicyPlug } from '../policy.js';
import type { KeyTemplate } from '../products/nginx/key.js';
import { templateOf } from '../products/nginx/key-field.js';
import {
  checkLimits,
  directives,
  numberOf,
  readZone,
  zonedShape,
  zoneShape,
} from '../products/nginx/limit-words.js';

/** Longer keys are not limited. */
const KEY_LENGTH_MAX = 255;

const limitField = record({
  ...zonedShape,
  connections: count({ min: 1, max: 65_535 }).describe(
    'requests under way at most, for each value of the key',
  ),
});
type Limit = Checked<typeof limitField>;

const zoneField = record(zoneShape);
type Zone = Checked<typeof zoneField>;

function readLimit(words: readonly string[]): Record<string, unknown> | undefined {
  const [zone, connections, ...rest] = words;
  if (connections === undefined || rest.length > 0) return undefined;
  return { zone, connections: numberOf(connections) };
}

const options = record({
  limit_conn_zone: directives(zoneField, (words) => readZone(words), '$binary_remote_addr zone=addr:10m')
    .optional()
    .describe('zones that limit_conn names: $binary_remote_addr zone=addr:10m'),
  limit_conn: directives(limitField, readLimit, 'addr 10')
    .optional()
    .describe('one or more limits: { key: $binary_remote_addr, connections: 10 }, or addr 10'),
  limit_conn_status: count({ min: 400, max: 599 })
    .optional()
    .describe('of the answer to what is refused; 503 if absent'),
  limit_conn_dry_run: flag().optional().describe('true: counted only, nothing is refused'),
}).superRefine(checkLimits);

/** nginx's limit of requests under way. */
export const nginxLimitConn: PolicyPlug<typeof options> = {
  name: 'nginx-limit-conn',
  product: 'nginx',
  word: 'limit_conn',
  summary: 'a number of requests under way per key; what is more is refused',
  source: 'nginx 1.22.1, ngx_http_limit_conn_module.c; compared with the real program',
  options,
  example: 'limit_conn: { key: $binary_remote_addr, connections: 10 }',
  create: (checked) => new LimitConn(checked),
};

/** One limit with its zone. */
class Counter {
  readonly conns = new Map<string, number>();
  readonly connsMax: number;
  private readonly keyOf: KeyTemplate;

  constructor(limit: Limit, zones: readonly Zone[]) {
    const zone = zones.find((candidate) => candidate.zone === limit.zone);
    this.keyOf = templateOf(zone?.key ?? limit.key!);
    this.connsMax = limit.connections;
  }

  key(request: GatewayRequest): string {
    return this.keyOf(request.subject);
  }

  add(key: string, change: 1 | -1): void {
    const conns = (this.conns.get(key) ?? 0) + change;
    if (conns === 0) this.conns.delete(key);
    else this.conns.set(key, conns);
  }
}

/** All limits together: in the order of the file, until one is reached. */
class LimitConn implements Policy {
  private readonly counters: readonly Counter[];
  private readonly refusal: number;
  private readonly isDry: boolean;
  /** What a request counts in. */
  private readonly held = new Map<GatewayRequest, readonly (readonly [Counter, string])[]>();

  constructor(checked: Checked<typeof options>) {
    this.counters = (checked.limit_conn ?? []).map(
      (limit) => new Counter(limit, checked.limit_conn_zone ?? []),
    );
    this.refusal = -(checked.limit_conn_status ?? 503);
    this.isDry = checked.limit_conn_dry_run ?? false;
  }

  admit(request: GatewayRequest): number {
    const counted: [Counter, string][] = [];
    for (const counter of this.counters) {
      const key = counter.key(request);
      if (key === '' || key.length > KEY_LENGTH_MAX) continue;
      if ((counter.conns.get(key) ?? 0) >= counter.connsMax) {
        for (const [earlier, its] of counted) earlier.add(its, -1);
        return this.isDry ? 0 : this.refusal;
      }
      counter.add(key, 1);
      counted.push([counter, key]);
    }
    if (counted.length > 0) this.held.set(request, counted);
    return 0;
  }

  release(request: GatewayRequest): void {
    for (const [counter, key] of this.held.get(request) ?? []) counter.add(key, -1);
    this.held.delete(request);
  }
}
