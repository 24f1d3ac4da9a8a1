import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryFiles, readSource } from '../../src/input/source.js';
import { calibrationHash } from '../../src/input/write-calibration.js';
import { parseYaml } from '../../src/input/yaml.js';
import { directoryWith, sim } from './sim.js';

/** A model of two routes. */
const model = (a: string, b: string) => `hosts: { box: { cores: 2 } }
services:
  api:
    cpus: 0.8
    server: { kind: uvicorn, threads: 40, overhead: { request: 1ms } }
    routes:
      GET /a: [${a}] # computes
      GET /b: [{ wait: ${b} }] # waits
`;

/** 20 s of arrivals, half of them on each route. */
const script = (rate: number) => `import http from 'k6/http';
export const options = { scenarios: { all: {
  executor: 'constant-arrival-rate', rate: ${rate}, timeUnit: '1s', duration: '20s', preAllocatedVUs: 100 } } };
export default function () { http.get('http://127.0.0.1:8000/a'); http.get('http://127.0.0.1:8000/b'); }`;

const experiment = (rate: number) => `model: model.yaml
load:
  executor: constant-arrival-rate
  rate: ${rate}
  timeUnit: 1s
  duration: 20s
  preAllocatedVUs: 100
  iteration: [{ get: /a }, { get: /b }]
measured: [{ k6: points-${rate}.csv.gz }]
`;

/** At 18 % and at 53 % of the quota: of 0.8 cores an iteration takes 2 times 1 ms and 5 ms. */
const RATES = [20, 60];

let directory: ReturnType<typeof directoryWith>;

beforeAll(async () => {
  directory = directoryWith({
    'true.yaml': model('{ cpu: { shifted: { offset: 2ms, value: { exponential: 3ms } } } }', '12ms'),
    'model.yaml': model('{ cpu: { shifted: { offset: ?, value: { exponential: ? } } } }', '?'),
    // Demands of a machine that needs a quarter more CPU for everything: that it is faster today is what all runs have in common.
    'fast.yaml': model('{ cpu: { shifted: { offset: 2.5ms, value: { exponential: 3.75ms } } } }', '12ms')
      .replace('cores: 2', 'cores: 2, speed: { fit: { min: 0.5, max: 2 } }')
      .replace('request: 1ms', 'request: 1.25ms'),
    'pair.yaml': model('{ cpu: ? }, { cpu: ? }', '12ms'),
    ...Object.fromEntries(RATES.map((rate) => [`run-${rate}.yaml`, experiment(rate)])),
    ...Object.fromEntries(RATES.map((rate) => [`script-${rate}.js`, script(rate)])),
  });
  for (const rate of RATES) {
    const words = ['--model', directory.at('true.yaml'), '--seed', 'measured', '-q'];
    const out = ['--out', `csv=${directory.at(`points-${rate}.csv.gz`)}`];
    const { code, error } = await sim(['k6', 'run', directory.at(`script-${rate}.js`), ...words, ...out]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
  }
});
afterAll(() => directory.remove());

interface Found {
  readonly discrepancy?: Readonly<Record<string, number>>;
  readonly values: readonly { path: string; value: number; interval?: [number, number]; source: string }[];
  readonly unidentified: readonly { path: string; reason: string; measurement: string }[];
}

async function calibrate(name: string, ...more: readonly string[]): Promise<{ found: Found; text: string }> {
  const target = directory.at(`${name}.calibrated.yaml`);
  const places = RATES.map((rate) => directory.at(`run-${rate}.yaml`));
  const words = [
    'calibrate',
    directory.at(`${name}.yaml`),
    '--measured',
    ...places,
    '-o',
    target,
    '--json',
    ...more,
  ];
  const { code, out, error } = await sim(words);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return { found: JSON.parse(out) as Found, text: readFileSync(target, 'utf8') };
}

describe('sim calibrate', () => {
  it('finds again what simulated measurements were made with, within its intervals', async () => {
    const { found, text } = await calibrate('model');
    expect(found.unidentified).toEqual([]);
    const [offset, exponential, wait] = found.values;
    for (const [value, truth] of [
      [offset!, 2e6],
      [exponential!, 3e6],
      [wait!, 12e6],
    ] as const) {
      expect(value.interval![0], value.path).toBeLessThan(truth);
      expect(value.interval![1], value.path).toBeGreaterThan(truth);
      // Known well enough to be of use: by half of the value or better.
      expect(value.interval![1] - value.interval![0], value.path).toBeLessThan(truth);
    }
    expect(text).toContain('# computes\n');
    expect((await sim(['check', directory.at('model.calibrated.yaml')])).code).toBe(0);
  }, 120_000);

  it('takes what all runs have in common for the speed of the host', async () => {
    const { found } = await calibrate('fast');
    const [speed] = found.values;
    // Within 4 %: 20 s of a run hold 400 and 1200 requests with a standard deviation of two thirds of their mean.
    expect(Math.abs(speed!.value / 1.25 - 1)).toBeLessThan(0.04);
  });

  it('says which of two steps in a row cannot be told from the other', async () => {
    const { found } = await calibrate('pair');
    expect(found.unidentified.map(({ path }) => path)).toContain('services.api.routes."GET /a"[1].cpu');
    const [first] = found.unidentified;
    expect(first!.reason).toContain('does the same as services.api.routes."GET /a"[0].cpu');
    expect(first!.measurement).not.toBe('');
  }, 120_000);

  it('predicts each run by the others, and goes on where it was stopped', async () => {
    const places = RATES.map((rate) => directory.at(`run-${rate}.yaml`));
    const target = directory.at('cross.json');
    const words = [
      'calibrate',
      directory.at('model.yaml'),
      '--measured',
      ...places,
      '--leave-one-out',
      target,
    ];
    const first = await sim(words);
    expect(first.code).toBe(0);
    const text = readFileSync(target, 'utf8');
    const { runs, rows } = JSON.parse(text) as { runs: string[]; rows: { calibrated: boolean }[] };
    expect(runs).toEqual(['run-20', 'run-60']);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.every(({ calibrated }) => !calibrated)).toBe(true);
    const again = await sim(words);
    expect(again.error).toBe('');
    expect(readFileSync(target, 'utf8')).toBe(text);
  }, 120_000);

  it('writes how far the model was from what it was not fitted to, and signs it', async () => {
    // Of one row, whose interval is the point: ln(1.5) off, 1.96 standard deviations.
    const row = { run: 'run-20', bucket: null, error: -1 / 3, calibrated: false };
    const rows = [{ ...row, metric: 'med', measured: 15, predicted: 10, interval: [10, 10] }];
    writeFileSync(directory.at('rows.json'), JSON.stringify({ rows }));
    const { found, text } = await calibrate('model', '--cross-validation', directory.at('rows.json'));
    expect(found.discrepancy).toEqual({ med: 0.2069 });
    expect(text).toContain('  discrepancy:\n    med: 0.2069\n');
    const file = 'model.yaml';
    const { value } = parseYaml(readSource(memoryFiles({ [file]: text }), file));
    const { calibration } = value as { calibration: { hash: string } };
    expect(calibration.hash).toBe(calibrationHash(value));
    expect((await sim(['check', directory.at('model.calibrated.yaml')])).code).toBe(0);
  }, 120_000);

  it.each([
    ['{"rows":[]}', 'has no rows'],
    ['{"rows":[{"metric":"med","measured":1,"predicted":null,"interval":[0,1]}]}', 'rows[0] of'],
    ['{"rows":', 'JSON that breaks off here'],
    ['{"rows":[{"metric":"rate","measured":1e6,"predicted":1e-6,"interval":[0,0]}]}', 'times off in rate'],
  ])('takes no rows that are none: %s', async (content, message) => {
    writeFileSync(directory.at('wrong.json'), content);
    const words = [
      '--measured',
      directory.at('run-20.yaml'),
      '--cross-validation',
      directory.at('wrong.json'),
    ];
    const { code, error } = await sim(['calibrate', directory.at('model.yaml'), ...words]);
    expect(error).toContain(message);
    expect(code).toBe(104);
  });

  it('takes no model without unknowns, and sends away who would run one with', async () => {
    const without = await sim([
      'calibrate',
      directory.at('true.yaml'),
      '--measured',
      directory.at('run-20.yaml'),
    ]);
    expect(without.code).toBe(104);
    expect(without.error).toContain('a model without unknowns');
    const run = await sim(['run', directory.at('run-20.yaml')]);
    expect(run.code).toBe(104);
    expect(run.error).toContain('run `sim calibrate`');
    expect(run.error).toContain('3 mistakes');
  });
});
