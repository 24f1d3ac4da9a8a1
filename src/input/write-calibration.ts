import { Document, isPair, type YAMLMap, type YAMLSeq } from 'yaml';
import { NS_PER_MS } from '../kernel/time.js';
import type { Calibration } from '../metrics/calibration.js';
import type { UncalibratedModel } from './calibration-input.js';
import { canonicalHash, sortKeys } from './canonical.js';
import { mappingOf } from './mapping.js';
import { memoryFiles, readSource } from './source.js';
import { parseYaml } from './yaml.js';

/** What a calibrated file has besides the text of its model. */
export interface WrittenCalibration {
  readonly calibration: Calibration;
  /** What stands in place of each unknown, in their order: `0.31ms`. */
  readonly texts: readonly string[];
  /** Versions of what was measured, by name. */
  readonly software: Readonly<Record<string, string>>;
  /** How far the model itself is from reality, by metric; absent where no cross-validation told it. */
  readonly discrepancy?: Readonly<Record<string, number>> | undefined;
}

const NS_PER_US = 1000;

/**
 * The text of a model with its unknowns filled in and a `calibration:` section at its end. Every other character is as it was,
 * comments and blanks included.
 */
export function calibratedText(model: UncalibratedModel, written: WrittenCalibration): string {
  const filled = withoutCalibration(fillText(model, written.texts));
  const begun = filled.endsWith('\n') ? filled : `${filled}\n`;
  const section = sectionOf(written);
  const unsigned = plainData(`${begun}${sectionText(section)}`);
  const hash = calibrationHash(unsigned);
  return `${begun}${sectionText({ ...section, hash })}`;
}

/** `sha256:` of a calibrated model's plain data, the hash itself left out: it differs as soon as somebody changes a value. */
export function calibrationHash(value: unknown): string {
  const { calibration, ...rest } = mappingOf(value);
  const { hash: _, ...section } = mappingOf(calibration);
  return canonicalHash(sortKeys({ ...rest, calibration: section }));
}

function fillText({ yaml, unknowns }: UncalibratedModel, texts: readonly string[]): string {
  const { text } = yaml.source;
  let result = '';
  let at = 0;
  for (const [index, { from, to }] of unknowns.entries()) {
    // A block mapping ends where the next key begins: the lines between stay.
    const length = text.slice(from, to).trimEnd().length;
    result += text.slice(at, from) + texts[index]!;
    at = from + length;
  }
  return result + text.slice(at);
}

/** A model that was calibrated before, and partly so again, keeps no old section. */
function withoutCalibration(text: string): string {
  return text.replace(/^calibration:.*\n(?:(?:[ \t].*)?\n)*/m, '');
}

function sectionOf({ calibration, software, discrepancy }: WrittenCalibration): Record<string, unknown> {
  const amount = (unit: 'ns' | '1', value: number) => (unit === 'ns' ? durationText(value) : value);
  return {
    model: calibration.model,
    runs: calibration.runs.map((run) => ({
      ...run,
      ...(Object.keys(software).length > 0 && { measured: { ...software } }),
    })),
    ...(discrepancy && { discrepancy: { ...discrepancy } }),
    values: Object.fromEntries(
      calibration.values.map(({ path, unit, value, interval, spread, source }) => [
        path,
        {
          value: amount(unit, value),
          ...(interval && { interval: interval.map((bound) => amount(unit, bound)) }),
          ...(spread !== undefined && { spread }),
          source,
        },
      ]),
    ),
  };
}

/** With as many digits as the fitted values have; never in a form with an exponent. */
function durationText(ns: number): string {
  return ns < NS_PER_US ? `${ns.toFixed(1)}ns` : `${Number((ns / NS_PER_MS).toPrecision(4))}ms`;
}

/** One line per run and per value. */
function sectionText(section: Readonly<Record<string, unknown>>): string {
  const document = new Document({ calibration: section });
  const inside = (key: string) => (document.getIn(['calibration', key]) as YAMLMap | YAMLSeq).items;
  for (const item of [...inside('runs'), ...inside('values')]) {
    (isPair(item) ? (item.value as YAMLMap) : (item as YAMLMap)).flow = true;
  }
  return document.toString({ lineWidth: 0 });
}

function plainData(text: string): unknown {
  const file = 'model.yaml';
  return parseYaml(readSource(memoryFiles({ [file]: text }), file)).value;
}
