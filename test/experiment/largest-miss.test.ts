import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/experiment/compare.js';
import { largestMiss } from '../../src/experiment/largest-miss.js';
import { predictionOf, steadyRun } from './compare-fixture.js';

/** 1600 requests each, so that a p99 can be graded. */
const low = compareRuns(predictionOf(steadyRun('model', 80)), [steadyRun('a', 100)]);
const idle = { cpuRatios: [1], utilisation: 0.5 };

describe('the largest miss', () => {
  it('is named with its size, and is the model’s where nothing else is known', () => {
    expect(largestMiss(low, idle)).toMatch(/^largest miss: \w+ -20 %; likely cause: the model$/);
  });

  it('is the machine’s where it was slower and latencies were predicted too low', () => {
    expect(largestMiss(low, { ...idle, cpuRatios: [1.05, 1.15] })).toMatch(
      /the machine's speed: .* 10 % more CPU/,
    );
    // A faster machine does not explain it.
    expect(largestMiss(low, { ...idle, cpuRatios: [0.9] })).toMatch(/the model$/);
  });

  it('is saturation’s where a quota is used up', () => {
    expect(largestMiss(low, { ...idle, utilisation: 0.97 })).toMatch(/saturation: an instance uses 97 %/);
  });

  it('is chance’s between the takes', () => {
    const takes = [steadyRun('a', 100), steadyRun('b', 140)];
    expect(largestMiss(compareRuns(predictionOf(steadyRun('model', 110)), takes), idle)).toMatch(
      /between the takes/,
    );
  });

  it('is none within 5 %', () => {
    expect(
      largestMiss(compareRuns(predictionOf(steadyRun('model', 101)), [steadyRun('a', 100)]), idle),
    ).toBeUndefined();
  });
});
