import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import { readText } from './chunks.js';

const TAGS = '"tags":{"expected_response":"true","method":"GET","scenario":"default","status":"200"}';
const LINES = [
  '{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":["p(95)<500"],"submetrics":null},"metric":"http_req_duration"}',
  `{"metric":"http_req_duration","type":"Point","data":{"time":"2026-11-20T20:29:17.898322215Z","value":1.888717,${TAGS}}}`,
  '{"type":"Metric","data":{"name":"orders","type":"counter","contains":"default","thresholds":[],"submetrics":null},"metric":"orders"}',
  '{"metric":"orders","type":"Point","data":{"time":"2026-11-20T20:29:18.896433498Z","value":2,"tags":{"group":""}}}',
];

describe('points of k6 as JSON lines', () => {
  it('are samples with the times of the end, custom metrics with their type', async () => {
    const run = await readText('points.json', `${LINES.join('\n')}\n`);
    expect(run.format).toBe('k6-json');
    expect([...run.samples!.status]).toEqual([200]);
    expect([...run.samples!.failed]).toEqual([0]);
    // Times are kept in µs, with 2^-2 µs left of the fraction.
    expect(run.samples!.endMs[0]).toBeCloseTo(1.888717, 2);
    expect(run.metrics.http_req_duration?.['p(95)']).toBe(1.888717);
    expect(run.metrics.orders?.count).toBe(2);
    expect(run.durationSeconds).toBeCloseTo(1, 5);
    expect(run.ignored).toEqual([]);
  });

  it('may begin with a point', async () => {
    expect((await readText('points.json', LINES[1]!)).format).toBe('k6-json');
  });

  it('are refused with the number of the line', async () => {
    const text = [
      ...LINES,
      LINES[1]!.slice(0, 80),
      LINES[1]!.replace('2026-11-20T20', 'noon'),
      LINES[1]!.replace('1.888717', '"fast"'),
      LINES[0]!.replace('"trend"', '"trand"'),
      '{"type":"Other","metric":"x","data":{}}',
      '[]',
    ].join('\n');
    const error = await readText('points.json', text).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).mistakes.map(({ line, path }) => [line, path])).toEqual([
      [5, ''],
      [6, 'data.time'],
      [7, 'data.value'],
      [8, 'data.type'],
      [9, 'type'],
      [10, ''],
    ]);
  });
});
