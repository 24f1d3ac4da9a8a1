import { describe, expect, it } from 'vitest';
import { NO_HOST, type ProductPlug, TryResult, WAITS } from '../../src/model/balancer.js';
import { balancers } from '../../src/model/balancers/index.js';
import { products } from '../../src/model/products/index.js';
import { check } from '../../src/options/fields.js';
import { RandomSource } from '../../src/random/stream.js';
import { type AlgorithmCase, type Dialect, type HostSetup, partsOf } from './dialects/dialect.js';
import { dialects } from './dialects/index.js';

interface Setup extends AlgorithmCase {
  readonly dialect: Dialect;
}

const cases: readonly Setup[] = dialects.flatMap((dialect) =>
  dialect.cases.map((algorithmCase) => ({ ...algorithmCase, dialect })),
);

/** Drives one selector. */
class Driver {
  /** Hosts of requests that waited, by request. */
  readonly assigned = new Map<unknown, number>();
  private readonly selector;
  private requests = 0;

  constructor(setup: Setup, hosts: readonly HostSetup[], seed = '430') {
    const product: ProductPlug = products.find((plug) => plug.name === setup.dialect.product)!;
    const checked = check(product.options, { ...setup.more, ...setup.dialect.options(setup, hosts) });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.selector = product.createSelector(checked.value, {
      hosts: hosts.map((_, index) => {
        return { name: `api-${index + 1}`, service: 'api', address: `127.0.0.1:${8001 + index}` };
      }),
      stream: new RandomSource(seed).stream('picks'),
      assigned: (passage, host) => this.assigned.set(passage, host),
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
    if (host >= 0) finish(request, TryResult.success);
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

/** `count` requests that all stay in flight, each on a host. */
function holdAll(driver: Driver, count: number): Request[] {
  return Array.from({ length: count }, () => {
    const request = driver.begin();
    expect(pick(request)).toBeGreaterThanOrEqual(0);
    return request;
  });
}

describe.each(cases)('$name', (setup) => {
  const { dialect } = setup;

  it('never picks a host that is marked down', () => {
    const driver = new Driver(setup, [{}, { down: true }, {}]);
    for (let sent = 0; sent < 300; sent += 1) expect([0, 2]).toContain(driver.send());
    expect(driver.available(1)).toBe(false);
  });

  it.runIf(dialect.whenFull === 'refuses')(
    'never picks a host that is full, and picks it again when it is not',
    () => {
      const driver = new Driver(setup, [{ limit: 2 }, { limit: 2 }, { limit: 2 }]);
      const held = holdAll(driver, 6);
      expect([0, 1, 2].map((host) => driver.inFlight(host))).toEqual([2, 2, 2]);
      expect(pick(driver.begin())).toBe(NO_HOST);
      for (const request of held) finish(request, TryResult.success);
      expect([0, 1, 2].map((host) => driver.inFlight(host))).toEqual([0, 0, 0]);
      expect(driver.send()).toBeGreaterThanOrEqual(0);
    },
  );

  it.runIf(dialect.whenFull === 'waits')(
    'lets requests wait while the hosts they may go to are full, and gives each of them one in the end',
    () => {
      const driver = new Driver(setup, [{ limit: 2 }, { limit: 2 }, { limit: 2 }]);
      const requests = Array.from({ length: 20 }, () => driver.begin());
      const hosts = requests.map(pick);
      for (const host of [0, 1, 2]) expect(driver.inFlight(host)).toBeLessThanOrEqual(2);
      expect(hosts.filter((host) => host === WAITS).length).toBeGreaterThanOrEqual(14);
      const open = requests.filter((_, index) => hosts[index] !== WAITS);
      const waiting = new Set(requests.filter((_, index) => hosts[index] === WAITS));
      while (open.length > 0) {
        finish(open.shift()!, TryResult.success);
        for (const request of waiting) {
          if (!driver.assigned.has(request.passage)) continue;
          waiting.delete(request);
          open.push(request);
        }
        for (const host of [0, 1, 2]) expect(driver.inFlight(host)).toBeLessThanOrEqual(2);
      }
      expect(waiting.size).toBe(0);
    },
  );

  it.runIf(dialect.excludesTried)(
    'never picks a host twice for one request, until there is none left',
    () => {
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
      if (dialect.ejects) expect(pick(driver.begin())).toBe(NO_HOST); // all are out
    },
  );

  it.runIf(dialect.ejects)('never picks a host that failures have taken out', () => {
    const driver = new Driver(setup, equal(3));
    const request = driver.begin();
    const dead = pick(request);
    finish(request, TryResult.failed);
    for (let sent = 0; sent < 200; sent += 1) expect(driver.send()).not.toBe(dead);
    expect(driver.available(dead)).toBe(false);
  });

  const { shares = partsOf, tolerance = 150 } = setup;
  it.runIf(!('shares' in setup) || setup.shares !== undefined)(
    'picks every host in the end, and each by its weight',
    () => {
      const weights = [1, 2, 3, 4];
      const driver = new Driver(
        setup,
        weights.map((weight) => ({ weight })),
      );
      const counts = [0, 0, 0, 0];
      const sends = 4000;
      for (let sent = 0; sent < sends; sent += 1) counts[driver.send()]! += 1;
      for (const [index, share] of shares(weights).entries()) {
        expect(Math.abs(counts[index]! - sends * share)).toBeLessThan(tolerance);
      }
    },
  );

  it('keeps account of what is in flight through failures and retries', () => {
    const driver = new Driver(setup, equal(4));
    const stream = new RandomSource('7').stream('story');
    let held: Request[] = [];
    for (let step = 0; step < 500; step += 1) {
      const request = driver.begin();
      if (pick(request) >= 0) held.push(request);
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

  const { hostsMax = 1000 } = setup;
  it(`works with one host, and with ${hostsMax}`, () => {
    const one = new Driver(setup, equal(1));
    expect(Array.from({ length: 5 }, () => one.send())).toEqual([0, 0, 0, 0, 0]);
    const many = new Driver(setup, equal(hostsMax));
    const seen = new Set<number>();
    for (let sent = 0; sent < 3000; sent += 1) seen.add(many.send());
    expect(seen.has(NO_HOST)).toBe(false);
    expect(seen.size).toBeGreaterThanOrEqual(setup.seenMin ?? 500);
    if (!dialect.excludesTried) return;
    const request = many.begin();
    const tried = new Set<number>();
    for (let tries = 0; tries < hostsMax; tries += 1) {
      tried.add(pick(request));
      finish(request, TryResult.next);
    }
    expect(tried.size).toBe(hostsMax);
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

  it('stands in the suite, every one', () => {
    const named = new Set(cases.map((setup) => setup.name.split(' ')[0]));
    expect([...named].sort()).toEqual(balancers.map((plug) => plug.name).sort());
  });
});
