import type { AnyField } from '../../../options/fields.js';
import type { RandomStream } from '../../../random/stream.js';
import type { PolicyPlug } from '../../policy.js';

/** Who may come, by key. */
export type KeyTable = ReadonlyMap<string, string>;

/** What Kong gives to its plugins. */
export interface KongPluginContext {
  /** Of Kong: `3.9`. */
  readonly version: string;
  /** Unix time at which the run starts, s. */
  readonly epochSeconds: number;
  /** Names of the consumers by their keys. */
  readonly keys: KeyTable;
  /** For identifiers. */
  readonly stream: RandomStream;
}

/** A plugin of Kong as a plug. */
export interface KongPluginPlug<Options extends AnyField = AnyField>
  extends PolicyPlug<Options, KongPluginContext> {
  readonly product: 'kong';
  /** Plugins run from the highest to the lowest (Kong 3.9, `PRIORITY` of the handler). */
  readonly priority: number;
}
