import type { GeneratorRecord } from '../metrics/generator.js';
import type { RunResult } from '../metrics/result.js';
import type { RenderedFile } from './format.js';

/** One run of one generator in a result, and what a file of it may be called. */
export interface GeneratorRun<Kind extends GeneratorRecord['kind']> {
  /** `default`, or the variant and the scenario where there are several. */
  readonly stem: string;
  readonly record: Extract<GeneratorRecord, { kind: Kind }>;
}

/** The runs of a generator, variant by variant. */
export function generatorRuns<Kind extends GeneratorRecord['kind']>(
  { variants }: RunResult,
  kind: Kind,
): GeneratorRun<Kind>[] {
  const runs = variants.flatMap((variant, index) =>
    Object.entries(variant.generators ?? {}).flatMap(([scenario, record]) =>
      record.kind === kind
        ? [
            {
              variant: variants.length > 1 ? `${index + 1}-${fileWord(variant.label)}` : '',
              scenario,
              record,
            },
          ]
        : [],
    ),
  );
  const isAlone = new Set(runs.map(({ scenario }) => scenario)).size < 2;
  return runs.map(({ variant, scenario, record }) => {
    const parts = [variant, isAlone ? '' : scenario].filter((part) => part !== '');
    return {
      stem: parts.length === 0 ? kind : parts.join('-'),
      record: record as GeneratorRun<Kind>['record'],
    };
  });
}

/** One file per run. */
export function filesOf<Kind extends GeneratorRecord['kind']>(
  runs: readonly GeneratorRun<Kind>[],
  { suffix, content }: { suffix: string; content: (record: GeneratorRun<Kind>['record']) => string },
): RenderedFile[] {
  return runs.map(({ stem, record }) => ({ name: `${stem}${suffix}`, content: content(record) }));
}

/** A label as part of a file's name. */
function fileWord(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9.=_]+/g, '-').replaceAll(/^-+|-+$/g, '');
}
