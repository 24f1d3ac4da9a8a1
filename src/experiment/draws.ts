import type { Amounts } from '../input/amounts.js';
import type { CalibrationSpec } from '../input/calibration.js';
import { normalQuantile } from '../random/math.js';
import { RandomSource, type RandomStream } from '../random/stream.js';

/** Width of a normal distribution's 95 % interval in standard deviations: 2 × 1.96. */
const WIDTH_DEVIATIONS = 3.92;
/** A drawn amount is never less than this part of the value: an amount of no time is another model. */
const PART_MIN = 0.05;

/**
 * Values for as many replications as `count`, each drawn from what the calibration is unsure of: normal about the value, by its
 * interval, times the drift between takes of one run (`spread`).
 *
 * Latin hypercube sampling (McKay, Beckman and Conover 1979): each value's range is cut into `count` parts of equal probability, and
 * each part is drawn from once, in an order of its own; ten draws then cover each range about as well as a hundred independent ones. All
 * streams are forked by the path's name: another value more changes none of the others.
 */
export function calibrationDraws(calibration: CalibrationSpec, seed: string, count: number): Amounts[] {
  const source = new RandomSource(seed).fork('calibration');
  const draws = Array.from({ length: count }, (): Record<string, number> => ({}));
  for (const path of Object.keys(calibration.values).sort()) {
    const { value, interval, spread = 0 } = calibration.values[path]!;
    const deviation = interval === undefined ? 0 : (interval[1] - interval[0]) / WIDTH_DEVIATIONS;
    if (deviation <= 0 && spread <= 0) continue;
    const fit = stratified(source.stream(`${path}/fit`), count);
    const drift = stratified(source.stream(`${path}/drift`), count);
    draws.forEach((draw, index) => {
      const amount = (value + deviation * fit[index]!) * (1 + spread * drift[index]!);
      draw[path] = value > 0 ? Math.max(amount, PART_MIN * value) : amount;
    });
  }
  return draws;
}

/** Standard normal numbers, one of each of `count` equally likely parts, in random order. */
function stratified(stream: RandomStream, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(stream.next() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order.map((part) => normalQuantile((part + 0.01 + 0.98 * stream.next()) / count));
}
