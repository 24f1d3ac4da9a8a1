import { mean, sampleCorrelation, standardDeviation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { Drift, varianceOfMean } from '../../src/model/drift.js';
import { Host } from '../../src/model/host.js';
import { RandomSource } from '../../src/random/stream.js';

const SIGMA = 0.15;
const TIME_SECONDS = 6;

function slownessOf(name: string, seconds: number): number[] {
  const options = { sigma: SIGMA, time: TIME_SECONDS * NS_PER_SECOND };
  const drift = new Drift(options, new RandomSource('430').stream(name));
  return Array.from({ length: seconds }, (_, second) => drift.slownessAt(second * NS_PER_SECOND));
}

describe('the drift of a machine', () => {
  const values = slownessOf('long', 60_000);
  const logs = values.map(Math.log);

  // 60,000 s are 5,000 independent values (2 x 6 s each): four standard errors, 4 x 0.15 / sqrt(5000).
  it('has mean 1, and the standard deviation that was asked for', () => {
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.0085);
    expect(standardDeviation(logs)).toBeCloseTo(SIGMA, 2);
  });

  it.each([1, 3, 6, 18])('forgets itself: after %i s the correlation is e^(-t/6)', (lag) => {
    const correlation = sampleCorrelation(logs.slice(0, -lag), logs.slice(lag));
    // Bartlett: at most sqrt((1 + 2 x 6) / 60000), four times.
    expect(Math.abs(correlation - Math.exp(-lag / TIME_SECONDS))).toBeLessThan(0.06);
  });

  it('is stationary from the start', () => {
    const firsts = Array.from({ length: 2000 }, (_, index) => Math.log(slownessOf(`first/${index}`, 1)[0]!));
    // A standard deviation of 2000 values is within 4 / sqrt(2 x 2000) = 6.3 % of its own.
    expect(Math.abs(standardDeviation(firsts) / SIGMA - 1)).toBeLessThan(0.063);
  });

  it('moves the mean of a minute as much as it is said to', () => {
    const minutes = Array.from({ length: 1000 }, (_, index) => mean(logs.slice(index * 60, index * 60 + 60)));
    const said = varianceOfMean({ sigma: SIGMA, time: TIME_SECONDS * NS_PER_SECOND }, 60 * NS_PER_SECOND);
    expect(Math.abs(standardDeviation(minutes) / Math.sqrt(said) - 1)).toBeLessThan(4 / Math.sqrt(2 * 1000));
  });

  it('does not depend on how often it is looked at', () => {
    const options = { sigma: SIGMA, time: NS_PER_SECOND };
    const stream = () => new RandomSource('1').stream('drift');
    const [often, seldom] = [new Drift(options, stream()), new Drift(options, stream())];
    for (let ms = 0; ms < 9_000; ms += 7) often.slownessAt(ms * NS_PER_MS);
    expect(seldom.slownessAt(9 * NS_PER_SECOND)).toBe(often.slownessAt(9 * NS_PER_SECOND));
  });

  it('is none on a host without', () => {
    expect(new Host('still', 1).slownessAt(new Simulation().nowNs)).toBe(1);
  });
});
