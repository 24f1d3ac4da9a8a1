import { describe, expect, it } from 'vitest';
import { NS_PER_MS } from '../../../src/kernel/time.js';
import { plainSubject } from '../../../src/model/balancer.js';
import { nginxLimitConn } from '../../../src/model/policies/nginx-limit-conn.js';
import { nginxLimitReq } from '../../../src/model/policies/nginx-limit-req.js';
import { GatewayRequest, type Policy } from '../../../src/model/policy.js';
import { type AnyField, check } from '../../../src/options/fields.js';

function checked<F extends AnyField>(field: F, value: unknown) {
  const result = check(field, value);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Path and message of every mistake. */
function mistakes(field: AnyField, value: unknown): string[] {
  const result = check(field, value);
  if (result.ok) return [];
  return result.issues.map(({ path, message }) => {
    const { got, expected } = JSON.parse(message) as { got: string; expected: string };
    return `${path.join('.')}: got ${got}, expected ${expected}`;
  });
}

const limitReq = (options: object): Policy =>
  nginxLimitReq.create(checked(nginxLimitReq.options, options), undefined);
const limitConn = (options: object): Policy =>
  nginxLimitConn.create(checked(nginxLimitConn.options, options), undefined);

const requestOf = (key: string) =>
  new GatewayRequest(plainSubject({ path: `/?k=${key}` }), { worker: 0, arrivedNs: 0 });

/** Verdicts on requests at these times (ms) with these keys: delays in ms, or negative statuses. */
function verdicts(policy: Policy, requests: readonly (readonly [atMs: number, key: string])[]): number[] {
  return requests.map(([atMs, key]) => {
    const verdict = policy.admit(requestOf(key), atMs * NS_PER_MS);
    return verdict > 0 ? verdict / NS_PER_MS : verdict;
  });
}

const at = (...times: readonly number[]) => times.map((atMs) => [atMs, 'a'] as const);

describe('limit_req', () => {
  it('reference 1.15: 10r/s burst=2 nodelay: of five at once three pass; 110 ms later one more', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '10r/s', burst: 2, nodelay: true } });
    expect(verdicts(policy, at(0, 0, 0, 0, 0, 110, 110))).toEqual([0, 0, 0, -503, -503, 0, -503]);
  });

  it('reference 1.15: burst=2, one after the other: 0, 100, 100 ms', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '10r/s', burst: 2 } });
    expect(verdicts(policy, at(0, 0, 100))).toEqual([0, 100, 100]);
  });

  it('without a burst, one in every 100 ms', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '10r/s' }, limit_req_status: 429 });
    expect(verdicts(policy, at(0, 99, 100, 199, 200))).toEqual([0, -429, 0, -429, 0]);
  });

  it('delay=1: of three at once one more passes at once, and one is delayed', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '10r/s', burst: 2, delay: 1 } });
    expect(verdicts(policy, at(0, 0, 0, 0))).toEqual([0, 0, 100, -503]);
  });

  it('cuts a rate per minute as nginx does: 50r/m are 833 thousandths a second', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '50r/m' } });
    // 1200 ms at 0.833 r/s are 999 thousandths of a request, 1201 ms are 1000.
    expect(verdicts(policy, at(0, 1200, 1201))).toEqual([0, -503, 0]);
  });

  it('does not set its clock on within a millisecond, and not for what it refuses', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '1000r/s', burst: 1, nodelay: true } });
    expect(verdicts(policy, at(0, 0.2, 0.9, 1, 1, 2))).toEqual([0, 0, -503, 0, -503, 0]);
  });

  it('looks at keys one by one, and lets an empty one pass', () => {
    const policy = limitReq({ limit_req: { key: '$arg_k', rate: '1r/s' } });
    const requests = ['a', 'b', 'a', '', '', 'b'].map((key) => [0, key] as const);
    expect(verdicts(policy, requests)).toEqual([0, 0, -503, 0, 0, -503]);
  });

  it('counts in no limit what one of them refuses, and delays by the longest', () => {
    const policy = limitReq({
      limit_req: [
        { key: '$arg_k', rate: '1r/s', burst: 1 },
        { key: 'all', rate: '10r/s', burst: 1 },
      ],
    });
    // The third: refused by the first limit. Had the second counted it, the fourth would be refused.
    const requests = [
      [0, 'a'],
      [100, 'a'],
      [200, 'a'],
      [200, 'b'],
      [250, 'c'],
    ] as const;
    expect(verdicts(policy, requests)).toEqual([0, 900, -503, 0, 50]);
  });

  it('dry run: refuses and delays nothing', () => {
    const policy = limitReq({
      limit_req: { key: '$arg_k', rate: '10r/s', burst: 1 },
      limit_req_dry_run: true,
    });
    expect(verdicts(policy, at(0, 0, 0))).toEqual([0, 0, 0]);
  });

  it('is written as in nginx.conf, too', () => {
    const policy = limitReq({
      limit_req_zone: '$arg_k zone=one:10m rate=10r/s;',
      limit_req: 'zone=one burst=2 nodelay',
    });
    expect(verdicts(policy, at(0, 0, 0, 0, 110))).toEqual([0, 0, 0, -503, 0]);
  });

  it('tells what is wrong', () => {
    const told = (value: unknown) => mistakes(nginxLimitReq.options, value);
    expect(told({ limit_req: 'zone=one burst=5' })).toEqual([
      'limit_req.0: got "one", expected a zone, under limit_req_zone',
    ]);
    expect(told({ limit_req: { key: '$arg_k' } })).toEqual([
      'limit_req.0: got nothing, expected a rate beside the key',
    ]);
    expect(told({ limit_req: [{ key: '$arg_k', rate: '10r/h' }] })).toEqual([
      'limit_req.0.rate: got "10r/h", expected a rate like 10r/s or 30r/m',
    ]);
    expect(told({ limit_req: 'zone=one brust=5' })).toEqual([
      'limit_req: got "zone=one brust=5", expected words as in nginx.conf, such as "zone=perip burst=5 nodelay"',
    ]);
    expect(told({ limit_req: { key: '$remote_adr', rate: '1r/s' } })[0]).toMatch(
      /^limit_req.key: got "\$remote_adr"/,
    );
  });
});

describe('limit_conn', () => {
  it('reference 1.15: refuses while as many are under way as may be', () => {
    const policy = limitConn({ limit_conn: { key: '$arg_k', connections: 2 }, limit_conn_status: 429 });
    const requests = ['a', 'a', 'a', 'b'].map(requestOf);
    expect(requests.map((request) => policy.admit(request, 0))).toEqual([0, 0, -429, 0]);
    policy.release!(requests[0]!, 0);
    expect(policy.admit(requestOf('a'), 0)).toBe(0);
    expect(policy.admit(requestOf('a'), 0)).toBe(-429);
  });

  it('counts in no limit what one of them refuses, and an empty key in none', () => {
    const policy = limitConn({
      limit_conn_zone: ['all zone=all:1m', '$arg_k zone=each:1m'],
      limit_conn: ['all 3', 'each 1'],
    });
    const keys = ['a', 'a', 'b', '', 'c'];
    expect(keys.map((key) => policy.admit(requestOf(key), 0))).toEqual([0, -503, 0, 0, -503]);
  });

  it('dry run: refuses nothing', () => {
    const policy = limitConn({ limit_conn: { key: 'all', connections: 1 }, limit_conn_dry_run: true });
    expect(['a', 'a'].map((key) => policy.admit(requestOf(key), 0))).toEqual([0, 0]);
  });
});
