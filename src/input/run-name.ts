import type { LoadedExperiment, Variant } from './experiment.js';

/** What a measured run is called: its experiment's name without `measured-`, and its variant where there are several. */
export function runName(
  { name, variants }: Pick<LoadedExperiment, 'name' | 'variants'>,
  { label }: Variant,
): string {
  const short = name.replace(/^measured-/, '');
  return variants.length === 1 ? short : `${short}: ${label}`;
}
