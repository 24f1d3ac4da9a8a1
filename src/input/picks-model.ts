import type { HostAddress } from '../model/balancer.js';
import { resolveDataFiles } from './data-file.js';
import { InputError, type Mistake } from './error.js';
import { loadModel } from './load.js';
import { type Mapping, mappingOf } from './mapping.js';
import { BALANCER_KEYS } from './model-fields.js';
import { addressOf } from './model-file.js';
import { type Finding, mistakeOf, type Origin } from './origin.js';
import { type Files, readSource } from './source.js';
import { parseYaml } from './yaml.js';

/** A balancer that a file describes, for a command line to change. */
export interface BalancerBase {
  readonly kind: 'model' | 'timeline';
  readonly file: string;
  /** `undefined`: the command line must name it. */
  readonly product: string | undefined;
  /** The product's options as the file has them, unchecked. */
  readonly options: Mapping;
  readonly hosts: readonly HostAddress[];
  readonly cores: number | undefined;
  /** Where a mistake in `options` stands. */
  locate(finding: Finding): Mistake;
}

/**
 * The balancer of a model, with the instances behind it.
 * @throws InputError where the model is wrong, or has no balancer.
 */
export function baseOfModel(file: string, files: Files): BalancerBase {
  const model = loadModel(file, files);
  const { balancer } = model;
  if (balancer === undefined) {
    const expected = 'a model with a balancer';
    throw new InputError([{ file, path: 'balancer', got: 'nothing', expected }]);
  }
  const yaml = parseYaml(readSource(files, file));
  const origin: Origin = { yaml, base: [], overlays: [] };
  const resolved = resolveDataFiles(yaml.value, origin, files);
  const written = mappingOf(mappingOf(resolved.value).balancer);
  const options = Object.entries(written).filter(([key]) => !BALANCER_KEYS.includes(key));
  return {
    kind: 'model',
    file,
    product: balancer.product,
    options: Object.fromEntries(options),
    hosts: balancer.services.flatMap((service) => instancesOf(service, model.services[service]!.replicas)),
    cores: balancer.on === undefined ? undefined : model.hosts[balancer.on]!.cores,
    locate: (finding) => mistakeOf(origin, { ...finding, path: ['balancer', ...finding.path] }),
  };
}

function instancesOf(service: string, replicas: number): HostAddress[] {
  return Array.from({ length: replicas }, (_, index) => {
    const name = `${service}-${index + 1}`;
    return { name, service, address: addressOf(name) };
  });
}
