import { avalanche, hashText } from './hash.js';
import { ServerMap } from './map.js';
import type { HaproxyMethod } from './method.js';
import type { HaproxyPassage } from './passage.js';
import { HashRing } from './ring.js';
import type { HaproxyServer } from './server.js';
import { type ServerTable, scaledWeight } from './table.js';
import { warmWeight } from './warm-weight.js';

/** What an algorithm hashes in a request: a text, or (an address) the hash itself; `undefined`: the request has no such thing. */
export type HashedPart = (passage: HaproxyPassage) => string | number | undefined;

/** What an algorithm that hashes shares with its like. */
export interface HashSource {
  readonly partOf: HashedPart;
  /** True: with one server left a request without the part goes to it by hash, too; only `url_param` looks first. */
  readonly skipsIfAlone: boolean;
}

/** An algorithm that hashes a part of the request, on a map or on a ring as `hash-type` says; round robin without the part. */
export function createHashMethod(source: HashSource, table: ServerTable): HaproxyMethod {
  return table.settings.hashType.method === 'consistent'
    ? new RingLookup(source, table)
    : new MapLookup(source, table);
}

class MapLookup implements HaproxyMethod {
  readonly isStatic = true;
  readonly weightOf: HaproxyMethod['weightOf'];
  readonly update: HaproxyMethod['update'];
  private readonly map: ServerMap;

  constructor(
    private readonly source: HashSource,
    private readonly table: ServerTable,
  ) {
    this.map = new ServerMap(table);
    this.weightOf = this.map.weightOf;
    this.update = this.map.update;
  }

  pick(passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const hash = hashOf(passage, this.source, this.table);
    return hash === undefined ? this.map.next(passage, avoid) : this.map.atHash(hash);
  }
}

class RingLookup implements HaproxyMethod {
  readonly weightOf = warmWeight;
  private readonly ring: HashRing;

  constructor(
    private readonly source: HashSource,
    private readonly table: ServerTable,
  ) {
    table.start(scaledWeight);
    this.ring = new HashRing(table);
  }

  pick(passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const hash = hashOf(passage, this.source, this.table);
    return hash === undefined ? this.ring.next(avoid) : this.ring.nearest(hash, avoid);
  }

  update(server: HaproxyServer): void {
    this.table.update(server, this.ring);
  }
}

function hashOf(passage: HaproxyPassage, source: HashSource, table: ServerTable): number | undefined {
  if (source.skipsIfAlone && table.usedCount === 1) return 0;
  const part = source.partOf(passage);
  if (part === undefined) return undefined;
  const { hashType } = table.settings;
  const hash = typeof part === 'number' ? part : hashText(part, hashType.function);
  return hashType.avalanche ? avalanche(hash) : hash;
}
