import { beforeAll, describe, expect, it } from 'vitest';
import type { GaugeSeries, InstanceResult, VariantResult } from '../../src/metrics/result.js';
import { exclusionTexts, shareTexts } from '../../src/report/rotation.js';
import { fixtureResult } from './fixture.js';

let base: VariantResult;

beforeAll(() => {
  base = fixtureResult([3], 2).variants[0]!;
});

/** A variant whose instances of `api` have these shares, and whose balancers saw them like this, second by second. */
function variantWith(
  shares: readonly number[],
  available: Readonly<Record<string, readonly number[]>>,
): VariantResult {
  const instances = shares.map((share, index): InstanceResult => {
    return { ...base.instances[0]!, name: `api-${index + 1}`, service: 'api', share };
  });
  const gauges = Object.entries(available).map(([place, values]): GaugeSeries => {
    return { place, name: 'available', values };
  });
  return { ...base, instances, series: { ...base.series, intervalSeconds: 1, gauges } };
}

const always = { 'balancer/api-1': [1, 1, 1], 'balancer/api-2': [1, 1, 1] };

describe('who got how many requests', () => {
  it('in one number where all are alike', () => {
    expect(shareTexts(variantWith([0.5001, 0.4999], always))).toEqual([
      'The 2 instances of api get 50 % of its requests each.',
    ]);
  });

  it('one by one where they differ', () => {
    expect(shareTexts(variantWith([0.75, 0.25], always))).toEqual([
      'Of the requests to api: api-1 75 % and api-2 25 %.',
    ]);
  });

  it('as a range where there are many', () => {
    const shares = Array.from({ length: 10 }, (_, index) => (index === 0 ? 0.19 : 0.09));
    const available = Object.fromEntries(shares.map((_, index) => [`balancer/api-${index + 1}`, [1]]));
    expect(shareTexts(variantWith(shares, available))).toEqual([
      'The 10 instances of api get between 9 % and 19 % of its requests each.',
    ]);
  });

  it('is nothing to tell of one instance, or without a balancer', () => {
    expect(shareTexts(variantWith([1], { 'balancer/api-1': [1] }))).toEqual([]);
    expect(shareTexts(variantWith([0.6, 0.4], {}))).toEqual([]);
  });
});

describe('who was left out', () => {
  const told = (available: Readonly<Record<string, readonly number[]>>) =>
    exclusionTexts(variantWith([0.5, 0.5], { ...always, ...available }));

  it('from when to when, or to the end', () => {
    expect(told({ 'balancer/api-1': [1, 0, 0, 1], 'balancer/api-2': [1, 1, 1, 0] })).toEqual([
      'The balancer leaves out api-1 from 1 s to 3 s and api-2 from 3 s on.',
    ]);
  });

  it('where less than half of the workers would send it a request', () => {
    expect(told({ 'balancer/api-1': [1, 0.5, 1] })).toEqual([]);
    expect(told({ 'balancer/api-1': [1, 0.4, 1] })).toEqual([
      'The balancer leaves out api-1 from 1 s to 2 s.',
    ]);
  });

  it('is not told of a host that was never in', () => {
    expect(told({ 'balancer/api-3': [0, 0, 0] })).toEqual([]);
    expect(told({ 'balancer/api-3': [0, 1, 0] })).toEqual(['The balancer leaves out api-3 from 2 s on.']);
  });

  it('by each of several balancers, and summed up where there is much', () => {
    const flapping = Array.from({ length: 20 }, (_, index) => index % 2);
    expect(told({ 'balancer-2/api-1': [1, 0, 1], 'balancer/api-1': flapping })).toEqual([
      'The balancer leaves out api-1 from 2 s to 3 s, api-1 from 4 s to 5 s, api-1 from 6 s to 7 s, api-1 from 8 s to 9 s and 5 times more.',
      'Balancer-2 leaves out api-1 from 1 s to 2 s.',
    ]);
  });
});
