import { NS_PER_MS } from '../../src/kernel/time.js';
import { plainSubject } from '../../src/model/balancer.js';
import { nginxLimitConn } from '../../src/model/policies/nginx-limit-conn.js';
import { nginxLimitReq } from '../../src/model/policies/nginx-limit-req.js';
import { GatewayRequest } from '../../src/model/policy.js';
import { type AnyField, type Checked, check } from '../../src/options/fields.js';
import { RandomSource, type RandomStream } from '../../src/random/stream.js';

/** Limits in nginx's words, for nginx and for the model alike. */
export interface LimitStory {
  readonly name: string;
  readonly limit_req_zone: readonly string[];
  readonly limit_req: readonly string[];
  readonly limit_conn_zone: readonly string[];
  readonly limit_conn: readonly string[];
  readonly requests: readonly LimitRequest[];
}

/** A request: how long after the one before, ms, its `?k=`, and how long the server takes, ms. */
export interface LimitRequest {
  readonly afterMs: number;
  readonly key: string;
  readonly serverMs: number;
}

const STORIES_COUNT = 12;
const REQUESTS_COUNT = 150;

/** Limits and requests drawn from a seed. */
export function limitStories(seed: string): LimitStory[] {
  return Array.from({ length: STORIES_COUNT }, (_, index) => {
    const stream = new RandomSource(seed).stream(`limits/${index}`);
    const keys = ['$arg_k', ...(stream.next() < 0.5 ? ['all'] : [])];
    const conns = stream.next() < 0.7 ? keys : [];
    return {
      name: `${index}`,
      limit_req_zone: keys.map((key, zone) => `${key} zone=r${zone}:1m rate=${rate(stream)}`),
      limit_req: keys.map((_key, zone) => `zone=r${zone}${burst(stream)}`),
      limit_conn_zone: conns.map((key, zone) => `${key} zone=c${zone}:1m`),
      limit_conn: conns.map((_key, zone) => `c${zone} ${1 + below(stream, 4)}`),
      requests: Array.from({ length: REQUESTS_COUNT }, () => ({
        // Bursts with pauses between them.
        afterMs: stream.next() < 0.6 ? 0 : below(stream, stream.next() < 0.2 ? 200 : 20),
        key: ['a', 'a', 'b', 'c', ''][below(stream, 5)]!,
        serverMs: below(stream, 80),
      })),
    };
  });
}

function rate(stream: RandomStream): string {
  return stream.next() < 0.2 ? `${100 + below(stream, 3000)}r/m` : `${5 + below(stream, 60)}r/s`;
}

function burst(stream: RandomStream): string {
  if (stream.next() < 0.3) return '';
  const words = ` burst=${1 + below(stream, 8)}`;
  const chance = stream.next();
  return chance < 0.4 ? words : chance < 0.7 ? `${words} nodelay` : `${words} delay=${1 + below(stream, 4)}`;
}

function below(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}

/**
 * What became of requests, in the order in which nginx dealt with them: `r7@12a=100` says that `limit_req` delayed request 7,
 * whose key is a, by 100 ms at 12 ms of nginx's clock (`=0` let it pass, `=-503` refused it); `c` is the same for
 * `limit_conn`, and `f7` the end of a request that counts in it.
 */
export type LimitLog = readonly string[];

/** The same with the verdicts of the model. */
export function replayLimits(story: LimitStory, log: LimitLog): LimitLog {
  const { limit_req, limit_req_zone, limit_conn, limit_conn_zone } = story;
  const rates = nginxLimitReq.create(parsed(nginxLimitReq.options, { limit_req, limit_req_zone }), undefined);
  const counts = nginxLimitConn.create(
    parsed(nginxLimitConn.options, { limit_conn, limit_conn_zone }),
    undefined,
  );
  const counted = new Map<string, GatewayRequest>();
  return log.map((entry) => {
    const [, policy, number, ms = '', key] = /^([rcf])(\d+)(?:@(\d+)(\w*)=.*)?$/.exec(entry)!;
    if (policy === 'f') {
      counts.release!(counted.get(number!)!, 0);
      return entry;
    }
    const nowNs = Number(ms) * NS_PER_MS;
    const request = new GatewayRequest(plainSubject({ path: `/?k=${key}` }), { worker: 0, arrivedNs: nowNs });
    const verdict = (policy === 'r' ? rates : counts).admit(request, nowNs);
    if (policy === 'c') counted.set(number!, request);
    return `${policy}${number}@${ms}${key}=${verdict > 0 ? verdict / NS_PER_MS : verdict}`;
  });
}

function parsed<F extends AnyField>(options: F, value: unknown): Checked<F> {
  const result = check(options, value);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Reads nginx's debug log. */
export function readLimitLog(text: string): LimitLog {
  return new LimitLogReader().read(text.split('\n'));
}

interface Seen {
  readonly number: string;
  readonly key: string;
  /** Its line in the log that is not complete yet. */
  entry: Entry | undefined;
  counts: boolean;
}

interface Entry {
  readonly head: string;
  readonly key: string;
  atMs: number;
  verdict: number;
}

/** The clock goes on by each `timer delta`; what is logged between `epoll timer` and that line happened after the step. */
class LimitLogReader {
  private nowMs = 0;
  private readonly byConnection = new Map<string, Seen>();
  private readonly entries: (Entry | string)[] = [];
  private ofThisTurn: Entry[] = [];

  read(lines: readonly string[]): LimitLog {
    for (const line of lines) this.readLine(line);
    return this.entries.map((entry) =>
      typeof entry === 'string' ? entry : `${entry.head}@${entry.atMs}${entry.key}=${entry.verdict}`,
    );
  }

  private readLine(line: string): void {
    const delta = / timer delta: (\d+)$/.exec(line);
    if (delta !== null) {
      this.nowMs += Number(delta[1]);
      for (const entry of this.ofThisTurn) entry.atMs = this.nowMs;
    }
    if (delta !== null || line.includes(' epoll timer: ')) this.ofThisTurn = [];
    const [, connection = '', message = ''] = /\d: \*(\d+) (.*)$/.exec(line) ?? [];
    const request = /^http request line: "GET \/\?k=(\w*)&n=(\d+) /.exec(message);
    if (request !== null) {
      const [, key = '', number = ''] = request;
      this.byConnection.set(connection, { number, key, entry: undefined, counts: false });
    }
    const seen = this.byConnection.get(connection);
    if (seen !== undefined) this.readMessage(message, seen);
  }

  private readMessage(message: string, seen: Seen): void {
    if (message.startsWith('limit_req[')) {
      // One line for every limit whose key is not empty.
      if (seen.entry === undefined) this.begin('r', seen);
    } else if (message.startsWith('limit conn: ') && !seen.counts) this.count(seen);
    else if (message.startsWith('limiting requests')) seen.entry!.verdict = -503;
    else if (message.startsWith('delaying request')) seen.entry!.verdict = Number.NaN;
    else if (message.startsWith('limiting connections')) {
      if (!seen.counts) this.begin('c', seen);
      seen.counts = false;
      seen.entry!.verdict = -503;
    } else if (message === 'http close request' && seen.counts) {
      seen.counts = false;
      this.entries.push(`f${seen.number}`);
    }
    const timer = /^event timer add: \d+: (\d+):/.exec(message);
    if (timer !== null && Number.isNaN(seen.entry?.verdict)) seen.entry!.verdict = Number(timer[1]);
  }

  private count(seen: Seen): void {
    this.begin('c', seen);
    seen.counts = true;
  }

  private begin(policy: 'r' | 'c', seen: Seen): void {
    const entry = { head: `${policy}${seen.number}`, key: seen.key, atMs: this.nowMs, verdict: 0 };
    seen.entry = entry;
    this.ofThisTurn.push(entry);
    this.entries.push(entry);
  }
}
