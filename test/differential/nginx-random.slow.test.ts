import { describe, expect, it } from 'vitest';
import { plainSubject, TryResult } from '../../src/model/balancer.js';
import { nginx } from '../../src/model/products/nginx.js';
import { check } from '../../src/options/fields.js';
import { RandomSource } from '../../src/random/stream.js';
import { hasNginx, inParallel, LiveNginx, seed, type Words } from './nginx-live.js';

interface Draws {
  readonly name: string;
  readonly directive: string;
  readonly algorithm: string;
  readonly servers: Readonly<Record<string, Words>>;
  /** Requests that are held meanwhile. */
  readonly heldCount: number;
}

const even: Readonly<Record<string, Words>> = { a: {}, b: {}, c: {}, d: {} };
const uneven: Readonly<Record<string, Words>> = {
  a: { weight: 1 },
  b: { weight: 2 },
  c: { weight: 5 },
  d: { weight: 3, down: true },
};

const DRAWS: readonly Draws[] = [
  { name: 'random', directive: 'random;', algorithm: 'random', servers: uneven, heldCount: 0 },
  {
    name: 'random two, idle',
    directive: 'random two;',
    algorithm: 'random two',
    servers: uneven,
    heldCount: 0,
  },
  {
    name: 'random two, held',
    directive: 'random two;',
    algorithm: 'random two',
    servers: even,
    heldCount: 9,
  },
  {
    name: 'random two least_conn, held',
    directive: 'random two least_conn;',
    algorithm: 'random two least_conn',
    servers: uneven,
    heldCount: 9,
  },
];

const REAL_COUNT = 2000;
const MODEL_COUNT = 40_000;
const FIRST_PORT = 20_170;

/**
 * Both samples come from one distribution: chi-square of two samples, sum of (sqrt(M/R) r - sqrt(R/M) m)^2 / (r + m) over the
 * hosts, against the quantile of 1 - 1e-6 at one degree of freedom less than there are hosts. A fresh seed fails by chance
 * once in a million runs.
 */
const CHI_SQUARE_MAX: Readonly<Record<number, number>> = { 1: 23.93, 2: 27.63, 3: 30.66 };

describe.runIf(hasNginx())('random on this machine', () => {
  it(`draws from the model's distribution (seed ${seed})`, async () => {
    const results = await inParallel(
      DRAWS.map((draws, index) => ({ draws, port: FIRST_PORT + 5 * index })),
      DRAWS.length,
      async ({ draws, port }) => {
        const real = await drawLive(draws, port);
        return { name: draws.name, real: real.drawn, model: drawModel(draws, real.held) };
      },
    );
    for (const { name, real, model } of results) {
      const { statistic, hosts } = chiSquare(real, model);
      expect(hosts, name).toBeGreaterThan(1);
      expect(statistic, `${name}: ${real.join(' ')} and ${model.join(' ')}`).toBeLessThan(
        CHI_SQUARE_MAX[hosts - 1]!,
      );
    }
  });
});

function chiSquare(real: readonly number[], model: readonly number[]): { statistic: number; hosts: number } {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const ratio = Math.sqrt(sum(model) / sum(real));
  let statistic = 0;
  let hosts = 0;
  for (const [index, count] of real.entries()) {
    const other = model[index]!;
    if (count + other === 0) continue;
    hosts += 1;
    statistic += (ratio * count - other / ratio) ** 2 / (count + other);
  }
  return { statistic, hosts };
}

/** Requests by host: those held, and those drawn meanwhile. */
async function drawLive(
  { servers, directive, heldCount }: Draws,
  port: number,
): Promise<{ held: number[]; drawn: number[] }> {
  const live = new LiveNginx({ port, servers, upstream: directive });
  try {
    await live.start();
    const hosts = Object.values(live.hosts);
    for (let index = 0; index < heldCount; index += 1) {
      for (const host of hosts) host.holds = true;
      const arrived = new Promise<void>((resolve) => {
        for (const host of hosts) host.arrived = () => resolve();
      });
      live.send({ path: '/' });
      await arrived;
    }
    const held = hosts.map((host) => host.held.length);
    for (const host of hosts) {
      host.holds = false;
      host.arrived = undefined;
    }
    const letters = Object.keys(servers);
    const drawn = letters.map(() => 0);
    for (let index = 0; index < REAL_COUNT; index += 1) {
      const { tried } = await live.send({ path: '/' }).ended;
      drawn[letters.indexOf(tried)]! += 1;
    }
    return { held, drawn };
  } finally {
    await live.stop();
  }
}

/** Picks of the model while `held` requests are in flight on each host. */
function drawModel({ servers, algorithm }: Draws, held: readonly number[]): number[] {
  const letters = Object.keys(servers);
  const checked = check(nginx.options, { algorithm, upstream: { api: { servers } } });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  const selector = nginx.createSelector(checked.value, {
    hosts: letters.map((name, index) => ({ name, service: 'api', address: `127.0.0.1:${8001 + index}` })),
    stream: new RandomSource(seed).stream('random'),
  });
  const drawn = letters.map(() => 0);
  const missing = [...held];
  for (let left = MODEL_COUNT; left > 0; ) {
    const passage = selector.begin(plainSubject({}));
    const host = selector.pick(passage, 0);
    if (missing[host]! > 0) {
      missing[host]! -= 1;
      continue;
    }
    selector.finish(passage, TryResult.success, 0);
    if (missing.some((count) => count > 0)) continue;
    drawn[host]! += 1;
    left -= 1;
  }
  return drawn;
}
