import { type AnyField, didYouMean } from './fields.js';

/** What every plug tells of itself: `sim list`, the schema, the docs and the errors are made from it. */
export interface PlugDescription<Options extends AnyField = AnyField> {
  /** The word a file writes, the product's own: `least_conn`, `ramping-vus`, `lognormal`. */
  readonly name: string;
  /** One sentence: what it does, in the reader's words. */
  readonly summary: string;
  /** Paper, RFC, or server file and version that the behaviour was taken from. */
  readonly source: string;
  /** Schema of its options, each with unit, default and meaning (`.describe(...)`). */
  readonly options: Options;
  /** A YAML snippet that works. */
  readonly example: string;
}

/** A catalogue of plugs of one port, by name; the order is the order of registration. */
export class Catalogue<Plug extends PlugDescription> {
  private readonly byName = new Map<string, Plug>();

  constructor(
    /** What the plugs are, for messages: `distribution`, `balancer algorithm`. */
    readonly noun: string,
    plugs: readonly Plug[],
  ) {
    for (const plug of plugs) {
      if (this.byName.has(plug.name)) throw new Error(`two plugs named "${plug.name}" among the ${noun}s`);
      this.byName.set(plug.name, plug);
    }
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  get plugs(): readonly Plug[] {
    return [...this.byName.values()];
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** The plug of that name; throws with a suggestion otherwise (an importer or `input/` checks `has` first). */
  get(name: string): Plug {
    const plug = this.byName.get(name);
    if (plug === undefined) {
      const hint = didYouMean(name, this.names);
      throw new Error(`unknown ${this.noun}: "${name}"${hint === undefined ? '' : ` (${hint})`}`);
    }
    return plug;
  }
}
