import { describe, expect, it } from 'vitest';
import { diskFiles } from '../../src/cli/files.js';
import {
  cpuTargets,
  frontHost,
  measuredCpuUse,
  ownSpeed,
  speedsOfDay,
  stillHosts,
} from '../../src/experiment/own-cpu.js';
import { loadModel } from '../../src/input/load.js';
import type { MeasuredSeries } from '../../src/input/measured.js';

function series(
  metric: string,
  instance: string,
  values: readonly number[],
  handler?: string,
): MeasuredSeries {
  const labels: Record<string, string> = handler === undefined ? { instance } : { instance, handler };
  // One that is shorter appeared later.
  const start = 5 * (3 - values.length);
  return { metric, labels, points: values.map((value, index) => ({ atSeconds: start + 5 * index, value })) };
}

const SERIES = [
  series('process_cpu_seconds_total', 'a:8001', [1, 2, 3]),
  series('process_cpu_seconds_total', 'a:8002', [5, 6, 0.5]),
  series('process_cpu_seconds_total', 'a:8081', [1, 6, 3]),
  series('http_requests_total', 'a:8001', [30, 80, 130], '/cpu'),
  series('http_requests_total', 'a:8002', [40, 90], '/cpu'),
  series('http_requests_total', 'a:8001', [1, 2, 3], '/metrics'),
  series('http_requests_total', 'a:8001', [9, 9, 9], '/health'),
];

describe('the CPU per request of a real run', () => {
  it('is the increase of the counters of the instances, without what scraping took', () => {
    // a:8001: 2 s and 100 requests, two scrapes of 6.9 ms; a:8002 began anew (1 + 0.5 s), and its requests are there from 5 s on: 90.
    const use = measuredCpuUse(SERIES, ['a:8001', 'a:8002'])!;
    expect(use.requests).toBe(190);
    expect(use.cpuSeconds).toBeCloseTo(3.5 - 2 * 0.0069, 9);
  });

  it('is all of it where the model is scraped as well', () => {
    expect(measuredCpuUse(SERIES, ['a:8001', 'a:8002'], 'included')).toEqual({
      cpuSeconds: 3.5,
      requests: 190,
    });
  });

  it('is not known without counters', () => {
    expect(measuredCpuUse(SERIES.slice(0, 3), ['a:8001'])).toBeUndefined();
    expect(measuredCpuUse(SERIES, ['b:1'])).toBeUndefined();
  });

  it('belongs to the first targets in the alphabet, unless they are told', () => {
    expect(cpuTargets(SERIES, 2)).toEqual(['a:8001', 'a:8002']);
  });
});

describe('the speed that meets a CPU per request', () => {
  /** 3 ms that do not depend on the speed, 1 ms that does. */
  const shop = async (speed: number) => 0.003 + 0.001 / speed;

  it('is found in few steps', async () => {
    let asked = 0;
    const counted = (speed: number) => {
      asked += 1;
      return shop(speed);
    };
    const speed = await ownSpeed(await shop(0.8), 1, counted);
    // The tolerance of 0.2 % of 4.25 ms is 8.5 us, of 1.25 ms that depend on the speed: 0.7 %.
    expect(Math.abs(speed! / 0.8 - 1)).toBeLessThan(0.007);
    expect(asked).toBeLessThanOrEqual(3);
  });

  it('is the model’s own where that is right already', async () => {
    expect(await ownSpeed(0.004, 1, shop)).toBe(1);
  });

  it('is not known where nothing depends on it, or only a wild one would do', async () => {
    expect(await ownSpeed(0.005, 1, async () => 0.004)).toBeUndefined();
    expect(await ownSpeed(0.02, 1, shop)).toBeUndefined();
  });
});

describe('a day of the lab', () => {
  const model = loadModel('models/shop.calibrated.yaml', diskFiles);

  it('is told by the host of what clients ask', () => {
    expect(frontHost(model)).toBe('core-1');
  });

  it('is as much slower for every host, and does not drift while its speed is looked for', () => {
    const usual = model.hosts['core-1']!.speed;
    expect(speedsOfDay(model, 'core-1', usual / 2)).toEqual({
      'hosts.core-0.speed': 0.5,
      'hosts.core-1.speed': usual / 2,
    });
    expect(stillHosts(model)).toEqual({ 'hosts.core-1.drift.sigma': 0 });
  });
});
