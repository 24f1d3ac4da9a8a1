import { describe, expect, it } from 'vitest';
import type { GeneratorSpec } from '../../src/metrics/generator.js';
import { Recorder } from '../../src/metrics/recorder.js';
import type { VariantResult } from '../../src/metrics/result.js';
import { summarize } from '../../src/metrics/summary.js';
import type { Exchange } from '../../src/model/exchange.js';
import { ab as executor } from '../../src/model/workloads/ab.js';
import { ab as format } from '../../src/report/formats/ab.js';
import { checked, loadWorld } from '../model/load-fixture.js';
import { fixtureResult } from '../report/fixture.js';
import recorded from './ab-runs.json' with { type: 'json' };

/**
 * Runs of ApacheBench 2.3 (httpd 2.4) against a server that answers after 100 ms, `/vary` with 10 to 12 bytes and every fifth time with
 * 500: how many requests came in each wave, and what ab said.
 */
const DELAY_NS = 105e6; // what ab saw of the 100 ms on the machine where it was recorded, a few ms more or less

/** How the server of the recordings answers the n-th request, from 0. */
function answer(path: string, exchange: Exchange, index: number): void {
  const number = index + 1;
  const varies = path === '/vary';
  exchange.bodyBytes = varies ? 10 + (number % 3) : 10;
  exchange.answer(varies && number % 5 === 0 ? 500 : 200, 80 + exchange.bodyBytes);
}

function optionsOf(line: string): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [, key, value] of line.matchAll(/-(\w)(?: (\d+))?/g)) {
    if (value === undefined) options[key!] = true;
    else options[key!] = key === 't' ? `${value}s` : Number(value);
  }
  return options;
}

async function simulate(line: string, path: string) {
  const options = optionsOf(line);
  const iteration = [{ get: path }];
  const plan = checked(executor.options, options);
  const specs: GeneratorSpec = executor.generator!(plan, {
    iteration: [{ kind: 'request', method: 'GET', path, options: {} as never }],
    host: '127.0.0.1:23002',
    serverSoftware: 'Tiny/1.0',
  });
  const recorder = new Recorder({ generators: { default: specs } });
  const world = loadWorld({
    scenarios: [{ executor: 'ab', ...options, iteration }],
    behave: (exchange, index) => (one: Exchange) => {
      expect(one).toBe(exchange);
      const later = { handle: () => answer(path, exchange, index) };
      world.simulation.after(DELAY_NS, later, 0);
    },
  });
  world.simulation.run();
  for (const sample of world.sink.samples) recorder.http(sample);
  const record = recorder.finish(world.load.endNs);
  const variant = { ...fixtureResult([1], 1).variants[0]!, ...summarize([record]) } as VariantResult;
  const [file] = await format.render({ ...fixtureResult([1], 1), variants: [variant] });
  const waves = new Map<number, number>();
  for (const { atNs } of world.station.accepted) waves.set(atNs, (waves.get(atNs) ?? 0) + 1);
  return { waves: [...waves.values()], lines: String(file!.content).split('\n') };
}

describe.each(recorded)('ab $arguments $path', ({ arguments: line, path, waves, report }) => {
  it('sends as many requests at a time', async () => {
    expect((await simulate(line, path)).waves).toEqual(waves);
  });

  it('counts the same', async () => {
    const { lines } = await simulate(line, path);
    for (const theirs of report) {
      if (theirs.startsWith('Time taken')) continue;
      // At a time limit ab counts the bytes of answers that it has, but not the answers.
      if (line.startsWith('-t') && theirs.startsWith('HTML')) continue;
      expect(lines).toContain(theirs);
    }
  });

  it('takes as long', async () => {
    const seconds = (all: readonly string[]) =>
      Number(/ ([\d.]+) seconds/.exec(all.find((one) => one.startsWith('Time taken'))!)![1]);
    const { lines } = await simulate(line, path);
    // Each wave may have been 6 ms sooner or later than 105 ms.
    expect(Math.abs(seconds(lines) - seconds(report))).toBeLessThan(0.006 * waves.length);
  });
});
