import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { runExperiment, runReplication } from '../../src/experiment/run.js';
import type { LoadedExperiment } from '../../src/input/experiment.js';
import type { RunResult } from '../../src/metrics/result.js';
import { formats } from '../../src/report/formats/index.js';
import { EXPERIMENT, MODEL } from './determinism-story.js';
import { type Plain, written } from './laboratory.js';
import { experiments, models } from './worlds.js';

/** Runs whatever is loaded. */
function run(loaded: LoadedExperiment): Promise<RunResult> {
  return runExperiment(loaded, { version: 'test', replayCommand: 'sim replay' });
}

const SEEDS = fc.integer({ min: 1, max: 1_000_000 });

describe('the same inputs', () => {
  test.prop([experiments, models, SEEDS], { seed: 430, numRuns: 20 })(
    'give the same result to the byte, however often and in between of what',
    async (experiment, model, seed) => {
      const load = () => written({ ...experiment, seed }, model);
      const first = JSON.stringify(await run(load()));
      // Another world in between: whatever stayed behind in a module would show.
      await run(written({ ...experiment, seed: seed + 1 }, model));
      expect(JSON.stringify(await run(load()))).toBe(first);
    },
  );

  test.prop([experiments, models, SEEDS], { seed: 431, numRuns: 15 })(
    'are the same inputs in whatever order the keys of the files are',
    async (experiment, model, seed) => {
      const straight = written({ seed, ...experiment }, model);
      const turned = written(reversed({ seed, ...experiment }) as Plain, reversed(model) as Plain);
      expect(turned.inputsHash).toBe(straight.inputsHash);
      expect(JSON.stringify(await run(turned))).toBe(JSON.stringify(await run(straight)));
    },
  );

  test.prop([experiments, models, SEEDS], { seed: 432, numRuns: 15 })(
    'may run side by side: two runs in turns do not see each other',
    async (experiment, model, seed) => {
      const loads = [seed, seed + 1].map((own) => written({ ...experiment, seed: own }, model));
      const alone = [await run(loads[0]!), await run(loads[1]!)];
      const pause = () => new Promise<void>((resume) => setImmediate(resume));
      const together = await Promise.all(
        loads.map((loaded) => runExperiment(loaded, { version: 'test', replayCommand: 'sim replay', pause })),
      );
      expect(together).toEqual(alone);
    },
  );
});

/** The same data with the keys of all its mappings turned round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, part]) => [key, reversed(part)]));
}

const loaded = written({ ...EXPERIMENT, replications: 2 }, MODEL);

describe('a result', () => {
  it.each(formats.map((format) => [format.name, format] as const))(
    'is the same in every byte of %s',
    async (_name, format) => {
      const load = () => written({ ...EXPERIMENT, vary: {}, replications: 2 }, MODEL);
      const first = await format.render(await run(load()));
      const second = await format.render(await run(load()));
      for (const [index, file] of first.entries()) {
        expect(second[index]!.name).toBe(file.name);
        expect(Buffer.from(second[index]!.content).equals(Buffer.from(file.content))).toBe(true);
      }
    },
  );

  it('is another one for another seed, in every replication and variant', async () => {
    const fingerprints = new Set<string>();
    for (const seed of [1, 2, 3]) {
      const { variants } = await run(written({ ...EXPERIMENT, replications: 2, seed }, MODEL));
      for (const variant of variants)
        for (const { fingerprint } of variant.runs) fingerprints.add(fingerprint);
    }
    expect(fingerprints.size).toBe(3 * 4 * 2);
  });

  it('has the same seed whether the file says it, or the command line, as a number or as text', async () => {
    const experiment = { ...EXPERIMENT, vary: {} };
    const results = await Promise.all(
      [
        written({ ...experiment, seed: 7 }, MODEL),
        written({ ...experiment, seed: '7' }, MODEL),
        written({ ...experiment, seed: 1 }, MODEL, { seed: '7' }),
      ].map(run),
    );
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});

describe('a variant', () => {
  it('is the same alone as among others, and in whatever order they run', async () => {
    const { variants } = await run(loaded);
    const backwards = await run({ ...loaded, variants: [...loaded.variants].reverse() });
    expect([...backwards.variants].reverse()).toEqual(variants);
    for (const [index, variant] of loaded.variants.entries()) {
      const alone = await run({ ...loaded, variants: [variant] });
      expect(alone.variants).toEqual([variants[index]]);
    }
  });

  it('is what the same model without `vary` is', async () => {
    const { variants } = await run(loaded);
    const { vary: _, ...plain } = EXPERIMENT;
    const alone = await run(written({ ...plain, replications: 2 }, MODEL));
    expect(alone.variants[0]!.runs).toEqual(variants[0]!.runs);
    expect(variants[0]!.variant).toEqual({ 'balancer.algorithm': 'round_robin', 'services.api.replicas': 2 });
  });
});

describe('a replication', () => {
  it('is the same alone as one of many', async () => {
    const many = await run(written({ ...EXPERIMENT, vary: {}, replications: 4 }, MODEL));
    for (const { seed, fingerprint, events } of many.variants[0]!.runs) {
      const { run: alone } = runReplication(loaded.variants[0]!.experiment, seed);
      expect({ fingerprint: alone.fingerprint, events: alone.events }).toEqual({ fingerprint, events });
    }
  });
});
