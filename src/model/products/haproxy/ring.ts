import { avalanche } from './hash.js';
import { EFFECTIVE_WEIGHT_MAX, type HaproxyServer } from './server.js';
import type { ServerOrder, ServerTable } from './table.js';

/** One of a server's points on the ring. */
interface Point {
  readonly key: number;
  /** Order of insertion, for points of one key. */
  readonly sequence: number;
  readonly server: HaproxyServer;
}

/**
 * The ring of `lb_chash.c`: as many points per server as its effective weight. A look-up is O(log points); a change of a
 * server O(points).
 */
export class HashRing implements ServerOrder {
  private readonly active: Circle = { points: [] };
  private readonly backup: Circle = { points: [] };
  /** Points that each server has now, and has ever had, by host. */
  private readonly counts: number[];
  private readonly countsMax: number[];
  /** Where the walk of {@link next} stands: `chash.last`. */
  private last: Point | undefined = undefined;
  private sequence = 0;

  constructor(private readonly table: ServerTable) {
    this.counts = table.servers.map(() => 0);
    this.countsMax = table.servers.map((server) => server.next.weight);
    for (const server of table.servers) if (server.usable) this.resize(server, server.next.weight);
  }

  insert(server: HaproxyServer): void {
    this.resize(server, server.next.weight);
  }

  remove(server: HaproxyServer): void {
    this.resize(server, 0);
  }

  reweigh(server: HaproxyServer): void {
    this.resize(server, server.next.weight);
  }

  /** `chash_get_server_hash`: the server whose point is nearest to `hash`, or the next one behind that may be used. */
  nearest(hash: number, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { table } = this;
    if (table.soleBackup !== undefined) return table.soleBackup;
    const { points } = this.circle();
    if (points.length === 0) return undefined;
    let index = firstAtOrAfter(points, hash) % points.length;
    const previous = (index + points.length - 1) % points.length;
    const distanceBefore = (hash - points[previous]!.key) >>> 0;
    const distanceAfter = (points[index]!.key - hash) >>> 0;
    if (distanceBefore <= distanceAfter) index = previous;
    let rounds = 0;
    while (points[index]!.server === avoid || this.isOverloaded(points[index]!.server)) {
      index += 1;
      if (index < points.length) continue;
      index = 0;
      rounds += 1;
      // Two times at the end of the ring: nobody may be used, and the one before it is.
      if (rounds > 1) return points[points.length - 1]!.server;
    }
    return points[index]!.server;
  }

  /** `chash_get_next_server`: the next point whose server has room, `avoid` only if there is no other. */
  next(avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { table } = this;
    if (table.soleBackup !== undefined) return table.soleBackup;
    const { points } = this.circle();
    if (points.length === 0) {
      this.last = undefined;
      return undefined;
    }
    let index = this.last === undefined ? -1 : indexOf(points, this.last);
    let stop = index;
    let avoided = -1;
    do {
      index = (index + 1) % points.length;
      this.last = points[index]!;
      if (stop < 0) stop = index;
      const { server } = points[index]!;
      if (!table.hasRoom(server)) continue;
      if (server !== avoid) return server;
      avoided = index;
    } while (index !== stop);
    this.last = avoided < 0 ? undefined : points[avoided]!;
    return this.last?.server;
  }

  private circle(): Circle {
    return this.table.activeCount > 0 ? this.active : this.backup;
  }

  /** `chash_server_is_eligible`, turned round: the server has its share of all requests times the balance factor. */
  private isOverloaded(server: HaproxyServer): boolean {
    const { totalWeight, served, settings } = this.table;
    const factor = settings.hashType.balanceFactor;
    if (factor === 0) return false;
    const slotsOfAll = Math.floor(((served + 1) * factor + 99) / 100);
    const { weight } = server.current;
    const rest = slotsOfAll % totalWeight;
    const before = Math.floor((server.weightBefore * rest) / totalWeight);
    const upTo = Math.floor(((server.weightBefore + weight) * rest) / totalWeight);
    const slots = weight * Math.floor(slotsOfAll / totalWeight) + upTo - before;
    return server.served >= Math.max(1, slots);
  }

  /** Gives a server `count` points: the last ones go first, the first ones come first. */
  private resize(server: HaproxyServer, count: number): void {
    const circle = server.backup ? this.backup : this.active;
    const { host } = server;
    if (count > this.countsMax[host]!) {
      // More than ever: the original allocates all anew, and takes out what there is.
      this.dropPoints(circle, server, 0);
      this.countsMax[host] = count;
    }
    if (count < this.counts[host]!) this.dropPoints(circle, server, count);
    if (count > this.counts[host]!) {
      const added: Point[] = [];
      for (let number = this.counts[host]!; number < count; number += 1) {
        const key = avalanche(server.id * EFFECTIVE_WEIGHT_MAX + number);
        added.push({ key, sequence: this.sequence++, server });
      }
      circle.points = [...circle.points, ...added].sort(compare);
      this.counts[host] = count;
    }
  }

  private dropPoints(circle: Circle, server: HaproxyServer, count: number): void {
    const kept = new Set<number>();
    for (let number = 0; number < count; number += 1) {
      kept.add(avalanche(server.id * EFFECTIVE_WEIGHT_MAX + number));
    }
    const stays = (point: Point) => point.server !== server || kept.has(point.key);
    const { points } = circle;
    if (this.last !== undefined && !stays(this.last)) {
      // The walk moves on to the next point that stays.
      let index = indexOf(points, this.last);
      let steps = 0;
      while (index >= 0 && steps < points.length && !stays(points[index]!)) {
        index = (index + 1) % points.length;
        steps += 1;
      }
      if (index >= 0) this.last = steps === points.length ? undefined : points[index]!;
    }
    circle.points = points.filter(stays);
    this.counts[server.host] = count;
  }
}

interface Circle {
  /** In the order of their keys. */
  points: Point[];
}

function compare(a: Point, b: Point): number {
  return a.key - b.key || a.sequence - b.sequence;
}

/** The number of points if there is none. */
function firstAtOrAfter(points: readonly Point[], key: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where `point` stands; -1 if it stands in another circle. */
function indexOf(points: readonly Point[], point: Point): number {
  let index = firstAtOrAfter(points, point.key);
  while (index < points.length && points[index]!.key === point.key) {
    if (points[index] === point) return index;
    index += 1;
  }
  return -1;
}
