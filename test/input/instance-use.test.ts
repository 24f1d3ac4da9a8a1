import { createReadStream } from 'node:fs';
import { expect, it } from 'vitest';
import { counterIncrease, instanceUse } from '../../src/input/instance-use.js';
import { readMeasured } from '../../src/input/read-measured.js';

function read(file: string) {
  return readMeasured(file, createReadStream(new URL(`../../results/measured/${file}`, import.meta.url)));
}

it('a counter that falls was restarted', () => {
  const points = [10, 15, 2, 5].map((value, index) => ({ atSeconds: index * 5, value }));
  expect(counterIncrease(points)).toBe(5 + 2 + 3);
  expect(counterIncrease([])).toBe(0);
});

it('the CPU per request of a real run is what its handler burns, and the framework', async () => {
  const requests = await read('n2-shop-ramp-a/prom-requests.json.gz');
  const cpu = await read('n2-shop-ramp-a/prom-cpu.json.gz');
  const labels = { job: 'api-instances', handler: '/shop' };
  const use = instanceUse({ requests: requests.series, cpu: cpu.series, labels });
  expect(use.map(({ instance }) => instance)).toEqual(['127.0.0.1:8001', '127.0.0.1:8002']);
  for (const { requests: count, cpuPerRequestMs } of use) {
    expect(count).toBeGreaterThan(1400);
    // 3 ms in the handler, 0.7 to 1.2 ms in the framework, and the scrapes, one in 60 requests, some ms each.
    expect(cpuPerRequestMs).toBeGreaterThan(3.7);
    expect(cpuPerRequestMs).toBeLessThan(4.6);
  }
});
