import { describe, expect, it } from 'vitest';
import { NO_HOST, type ProductPlug, TryResult } from '../../src/model/balancer.js';
import { balancers } from '../../src/model/balancers/index.js';
import { products } from '../../src/model/products/index.js';
import { check } from '../../src/options/fields.js';
import { RandomSource } from '../../src/random/stream.js';

/** How a product's options say what the suite varies. */
interface Dialect {
  /** Options for an algorithm by its word. */
  readonly algorithm: (word: string) => unknown;
  /** Options that give the hosts these parameters. */
  readonly options: (algorithm: unknown, hosts: readonly HostSetup[]) => unknown;
}

interface HostSetup {
  readonly weight?: number;
  readonly down?: boolean;
  readonly limit?: number;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  nginx: {
    algorithm: (word) => (word === 'hash' ? { hash: { key: '$request_uri' } } : word),
    options: (algorithm, hosts) => ({
      algorithm,
      upstream: {
        api: {
          servers: Object.fromEntries(
            hosts.map((host, index) => [
              `api-${index + 1}`,
              { weight: host.weight ?? 1, down: host.down ?? false, max_conns: host.limit ?? 0 },
            ]),
          ),
        },
      },
    }),
  },
};

/** Every algorithm, and the variants that its options make of it. */
const cases = balancers.flatMap((plug) => {
  const dialect = DIALECTS[plug.product]!;
  const variants: [string, unknown][] = [[plug.name, dialect.algorithm(plug.word)]];
  if (plug.name === 'nginx-hash') {
    variants.push(['nginx-hash consistent', { hash: { key: '$request_uri', consistent: true } }]);
  }
  if (plug.name === 'nginx-random') variants.push(['nginx-random two', { random: { two: 'least_conn' } }]);
  return variants.map(([name, algorithm]) => ({ name, algorithm, product: plug.product }));
});

/** Drives one selector. */
class Driver {
  private readonly selector;
  private requests = 0;

  constructor(setup: { product: string; algorithm: unknown }, hosts: readonly HostSetup[], seed = '430') {
    const product: ProductPlug = products.find((plug) => plug.name === setup.product)!;
    const checked = check(product.options, DIALECTS[setup.product]!.options(setup.algorithm, hosts));
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.selector = product.createSelector(checked.value, {
      hosts: hosts.map((_, index) => {
        return { name: `api-${index + 1}`, service: 'api', address: `127.0.0.1:${8001 + index}` };
      }),
      stream: new RandomSource(seed).stream('picks'),
    });
  }

  /** A request of a client of its own, with a path of its own. */
  begin(): Request {
    const number = this.requests++;
    const clientAddress = `10.${number & 255}.${(number >> 8) & 255}.1`;
    const endpoint = { method: 'GET', path: `/${number}`, headers: {} };
    return { selector: this.selector, passage: this.selector.begin({ clientAddress, endpoint }) };
  }

  /** The host of one request that ends at once. */
  send(): number {
    const request = this.begin();
    const host = pick(request);
    if (host !== NO_HOST) finish(request, TryResult.success);
    return host;
  }

  inFlight(host: number): number {
    return this.selector.inFlight(host);
  }

  available(host: number): boolean {
    return this.selector.available(host, NOW_NS);
  }
}

interface Request {
  readonly selector: ReturnType<ProductPlug['createSelector']>;
  readonly passage: unknown;
}

const NOW_NS = 5e8;

function pick(request: Request): number {
  return request.selector.pick(request.passage, NOW_NS);
}

function finish(request: Request, result: TryResult): void {
  request.selector.finish(request.passage, result, NOW_NS);
}

const equal = (count: number): HostSetup[] => Array.from({ length: count }, () => ({}));

/** Shares when the second of two different hosts drawn by weight is taken, as among idle ones: less uneven than the weights. */
function secondOfTwo(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight, index) =>
    weights.reduce(
      (sum, first, other) => (other === index ? sum : sum + ((first / total) * weight) / (total - first)),
      0,
    ),
  );
}

describe.each(cases)('$name', (setup) => {
  it('never picks a host that is marked down', () => {
    const driver = new Driver(setup, [{}, { down: true }, {}]);
    for (let sent = 0; sent < 300; sent += 1) expect(driver.send()).not.toBe(1);
    expect(driver.available(1)).toBe(false);
  });

  it('never picks a host that is full, and picks it again when it is not', () => {
    const driver = new Driver(setup, [{ limit: 2 }, { limit: 2 }, { limit: 2 }]);
    const held: Request[] = [];
    for (let count = 0; count < 6; count += 1) {
      const request = driver.begin();
      expect(pick(request)).not.toBe(NO_HOST);
      held.push(request);
    }
    expect([0, 1, 2].map((host) => driver.inFlight(host))).toEqual([2, 2, 2]);
    expect(pick(driver.begin())).toBe(NO_HOST);
    for (const request of held) finish(request, TryResult.success);
    expect([0, 1, 2].map((host) => driver.inFlight(host))).toEqual([0, 0, 0]);
    expect(driver.send()).not.toBe(NO_HOST);
  });

  it('never picks a host twice for one request, until there is none left', () => {
    const driver = new Driver(setup, equal(5));
    const request = driver.begin();
    const tried = new Set<number>();
    for (let tries = 0; tries < 5; tries += 1) {
      const host = pick(request);
      expect(host).not.toBe(NO_HOST);
      expect(tried.has(host)).toBe(false);
      tried.add(host);
      finish(request, TryResult.failed);
    }
    expect(pick(request)).toBe(NO_HOST);
    expect(pick(driver.begin())).toBe(NO_HOST); // all are out
  });

  it('never picks a host that failures have taken out', () => {
    const driver = new Driver(setup, equal(3));
    const request = driver.begin();
    const dead = pick(request);
    finish(request, TryResult.failed);
    for (let sent = 0; sent < 200; sent += 1) expect(driver.send()).not.toBe(dead);
    expect(driver.available(dead)).toBe(false);
  });

  it('picks every host in the end, and each by its weight', () => {
    const weights = [1, 2, 3, 4];
    const driver = new Driver(
      setup,
      weights.map((weight) => ({ weight })),
    );
    const counts = [0, 0, 0, 0];
    const sends = 4000;
    for (let sent = 0; sent < sends; sent += 1) counts[driver.send()]! += 1;
    const shares =
      setup.name === 'nginx-random two' ? secondOfTwo(weights) : weights.map((weight) => weight / 10);
    for (const [index, share] of shares.entries()) {
      // Random: 4.5 binomial standard deviations of 4000 at p = 0.4 are 140. A ring of 160 points per weight has shares
      // that scatter by 1/sqrt(160 * weight) of themselves, at most 8 %: 4.5 times that of 400 is 144. `ip_hash` sees
      // 4000 networks here: its residues modulo 6271 scatter less.
      expect(Math.abs(counts[index]! - sends * share)).toBeLessThan(150);
    }
  });

  it('keeps account of what is in flight through failures and retries', () => {
    const driver = new Driver(setup, equal(4));
    const stream = new RandomSource('7').stream('story');
    let held: Request[] = [];
    for (let step = 0; step < 500; step += 1) {
      const request = driver.begin();
      if (pick(request) !== NO_HOST) held.push(request);
      if (stream.next() < 0.5) {
        for (const ended of held) finish(ended, TryResult.success);
        held = [];
      }
      const inFlight = [0, 1, 2, 3].map((host) => driver.inFlight(host)).reduce((sum, count) => sum + count);
      expect(inFlight).toBe(held.length);
    }
  });

  it('picks the same from the same stream', () => {
    const picks = () => {
      const driver = new Driver(setup, equal(7));
      return Array.from({ length: 100 }, () => driver.send());
    };
    expect(picks()).toEqual(picks());
  });

  it('works with one host, and with a thousand', () => {
    const one = new Driver(setup, equal(1));
    expect(Array.from({ length: 5 }, () => one.send())).toEqual([0, 0, 0, 0, 0]);
    const many = new Driver(setup, equal(1000));
    const seen = new Set<number>();
    for (let sent = 0; sent < 3000; sent += 1) seen.add(many.send());
    expect(seen.has(NO_HOST)).toBe(false);
    expect(seen.size).toBeGreaterThan(500);
    const request = many.begin();
    const tried = new Set<number>();
    for (let tries = 0; tries < 1000; tries += 1) {
      tried.add(pick(request));
      finish(request, TryResult.next);
    }
    expect(tried.size).toBe(1000);
  });
});

describe('an algorithm', () => {
  it.each(balancers.map((plug) => [plug.name, plug] as const))('%s says what it is', (name, plug) => {
    expect(products.map((product) => product.name)).toContain(plug.product);
    expect(name.startsWith(`${plug.product}-`)).toBe(true);
    expect(plug.summary.length).toBeGreaterThan(10);
    expect(plug.source).toMatch(/\d/);
    expect(plug.example).toContain(plug.word);
  });
});
