import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CodedColumn, float64Column } from '../../src/input/columns.js';
import { blankSample, SampleTable } from '../../src/input/sample-table.js';
import { addToTrend, newTrend, trendStatistics } from '../../src/input/trend.js';

describe('a column', () => {
  property.prop([fc.integer({ min: 0, max: 200_000 })], { seed: 430, numRuns: 30 })(
    'is what was pushed, in order',
    (length) => {
      const column = float64Column();
      for (let index = 0; index < length; index += 1) column.push(index);
      const all = column.take();
      expect(all.length).toBe(length);
      for (let index = 0; index < length; index += 1)
        if (all[index] !== index) expect(all[index]).toBe(index);
      expect(column.length).toBe(0);
    },
  );

  property.prop([fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 3 })], {
    seed: 430,
    numRuns: 30,
  })('halved keeps one of every two neighbours, and goes on', (length, times) => {
    const column = float64Column();
    for (let index = 0; index < length; index += 1) column.push(index);
    for (let time = 0; time < times; time += 1) column.halve();
    column.push(-1);
    const all = column.take();
    const groups = Math.ceil(length / 2 ** times);
    expect(all.length).toBe(groups + 1);
    for (let group = 0; group < groups; group += 1) {
      if (Math.floor(all[group]! / 2 ** times) !== group) expect(all[group]).toBe(group * 2 ** times);
    }
    expect(all[groups]).toBe(-1);
  });
});

describe('names', () => {
  it('beyond the most are one', () => {
    const column = new CodedColumn();
    for (let index = 0; index < 10_005; index += 1) column.push(column.code(`/items/${index}`));
    column.push(column.code('/items/3'));
    expect(column.others).toBe(5);
    const { names, codes } = column.takeCoded()!;
    expect(names.length).toBe(10_001);
    expect([names[codes[10_004]!], names[codes[10_005]!]]).toEqual(['(other)', '/items/3']);
  });

  it('that are all empty are no column', () => {
    const column = new CodedColumn();
    for (let index = 0; index < 3; index += 1) column.push(column.code(''));
    expect(column.takeCoded()).toBeUndefined();
  });

  it('that begin late stand where they belong', () => {
    const column = new CodedColumn();
    for (const name of ['', '', 'a', '']) column.push(column.code(name));
    expect(column.takeCoded()).toEqual({ names: ['', 'a'], codes: Uint16Array.of(0, 0, 1, 0) });
  });
});

describe('a table of more requests than are kept', () => {
  const table = new SampleTable(1000);
  const sample = blankSample();
  for (let index = 0; index < 10_000; index += 1) {
    sample.endUs = index * 1000;
    sample.durationMs = index;
    sample.instance = table.instance.code(`api-${index % 2}`);
    sample.route = table.route.code('GET /');
    sample.upstreamMs = index < 5000 ? Number.NaN : index;
    table.add(sample);
    table.setFailed(index % 10 === 0 ? 1 : 0);
  }
  const ignored = table.ignored();
  const samples = table.takeSamples(0);

  it('keeps one of every sixteen neighbours, and says so', () => {
    expect(samples.every).toBe(16);
    expect(samples.endMs.length).toBe(625);
    expect(ignored).toEqual([{ what: expect.stringContaining('one of every 16'), count: 9375 }]);
    expect(Array.from(samples.endMs, (endMs) => Math.floor(endMs / 16))).toEqual([...Array(625).keys()]);
  });

  it('keeps the columns of a request together', () => {
    samples.endMs.forEach((endMs, index) => {
      expect(samples.durationMs[index]).toBe(endMs);
      expect(samples.instance!.names[samples.instance!.codes[index]!]).toBe(`api-${endMs % 2}`);
      expect(samples.failed[index]).toBe(endMs % 10 === 0 ? 1 : 0);
      expect(samples.upstreamMs![index]).toEqual(endMs < 5000 ? Number.NaN : endMs);
    });
  });

  it('prefers neither of two instances that take turns', () => {
    const second = samples.instance!.codes.reduce((sum, code) => sum + code, 0);
    // Binomial with n = 625 and p = 1/2: standard deviation 12.5; four of them.
    expect(Math.abs(second - 312.5)).toBeLessThan(50);
  });
});

describe('a metric of more values than are kept', () => {
  it('has exact totals and percentiles of a random share', () => {
    const trend = newTrend(1000);
    for (let index = 0; index < 20_000; index += 1) addToTrend(trend, (index * 7919) % 20_000);
    const statistics = trendStatistics(trend);
    expect(statistics).toMatchObject({ avg: 9999.5, min: 0, max: 19_999, count: 20_000 });
    // Of at least 500 values a median's standard deviation is at most 20,000 * 0.5 / sqrt(500) = 447; four of them.
    expect(Math.abs(statistics.med! - 10_000)).toBeLessThan(1789);
  });
});
