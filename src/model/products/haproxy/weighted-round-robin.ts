import type { HaproxyMethod } from './method.js';
import type { HaproxyPassage } from './passage.js';
import { EFFECTIVE_WEIGHT_MAX, type HaproxyServer, WEIGHT_MAX, WEIGHT_SCALE } from './server.js';
import { type ServerOrder, type ServerTable, scaledWeight } from './table.js';
import { OrderedTree, type Place } from './tree.js';
import { warmWeight } from './warm-weight.js';

/** A server's place in the order of turns. */
class Turn {
  /** Next and last position. */
  next = 0;
  last = 0;
  /** What is left over of the positions, in units of the server's effective weight. */
  rest = 0;
  /** The tree it stands in, or stood in before it was taken out to be put elsewhere; none while it is down. */
  tree: OrderedTree<Turn> | undefined = undefined;
  place: Place<Turn> | undefined = undefined;

  constructor(readonly server: HaproxyServer) {}

  leaveTree(): void {
    if (this.place !== undefined) this.tree?.remove(this.place);
    this.place = undefined;
  }
}

/**
 * One group (active or backup servers) of fast weighted round robin, `struct fwrr_group`: servers that have not had a turn
 * yet in this round (`init`), those that have one in this round (`current`), and those that wait for the next (`following`).
 */
class Group {
  init = new OrderedTree<Turn>();
  following = new OrderedTree<Turn>();
  readonly current = new OrderedTree<Turn>();
  position = 0;
  currentWeight = 0;
  nextWeight = 0;

  /** Puts a server where its next position says. */
  queue(turn: Turn): void {
    const { currentWeight, nextWeight } = this;
    const { weight } = turn.server.next;
    if (weight <= 0 || turn.next >= 2 * currentWeight || turn.next >= currentWeight + nextWeight) {
      // It fits neither into this round nor into the next one's beginning.
      turn.next -= currentWeight;
      this.queueByWeight(this.following, turn);
      return;
    }
    const fraction = Math.floor(((EFFECTIVE_WEIGHT_MAX + turn.rest - weight) >>> 0) / WEIGHT_SCALE);
    turn.place = this.current.insert(turn, (WEIGHT_MAX * turn.next + fraction) >>> 0);
    turn.tree = this.current;
  }

  /** The heaviest first. */
  queueByWeight(tree: OrderedTree<Turn>, turn: Turn): void {
    turn.place = tree.insert(turn, EFFECTIVE_WEIGHT_MAX - turn.server.next.weight);
    turn.tree = tree;
  }

  /** Whose turn it is; none: this round is over. */
  first(): Turn | undefined {
    const current = this.current.first();
    if (current !== undefined && current.next <= this.position) return current;
    const fresh = this.init.first();
    if (fresh === undefined) return current;
    fresh.next = 0;
    fresh.rest = 0;
    return fresh;
  }

  /** The next round begins. */
  switchTrees(): void {
    [this.init, this.following] = [this.following, this.init];
    this.currentWeight = this.nextWeight;
    this.position = this.currentWeight;
  }

  /** The server has its turn: where is its next one? */
  advance(turn: Turn): void {
    const { weight } = turn.server.current;
    if (turn.next === 0) turn.next = this.position;
    turn.last = turn.next;
    turn.next += Math.floor(this.nextWeight / weight);
    turn.rest += this.nextWeight % weight;
    if (turn.rest >= weight) {
      turn.rest -= weight;
      turn.next += 1;
    }
    turn.leaveTree();
    this.position += 1;
  }

  /** Brings a server's position up to date before it is put elsewhere. */
  locate(turn: Turn): void {
    if (turn.tree === undefined) {
      turn.next = this.position;
    } else if (turn.tree === this.init) {
      turn.next = 0;
      turn.rest = 0;
    } else if (turn.tree === this.following) {
      turn.next += this.currentWeight;
    }
  }

  /** Position of a server that comes in now: as far away as it would be on average. */
  placeOfNewcomer(turn: Turn): number {
    const distance = (this.nextWeight + this.currentWeight - this.position) >>> 0;
    return this.position + Math.floor(distance / turn.server.next.weight);
  }
}

/** `balance roundrobin`: `lb_fwrr.c`. Weights may change at any time; O(log n). */
export class WeightedRoundRobin implements HaproxyMethod, ServerOrder {
  readonly weightOf = warmWeight;
  private readonly active = new Group();
  private readonly backup = new Group();
  /** By host. */
  private readonly turns: readonly Turn[];

  constructor(private readonly table: ServerTable) {
    table.start(scaledWeight);
    this.turns = table.servers.map((server) => new Turn(server));
    for (const [group, weight] of [
      [this.active, table.activeWeight],
      [this.backup, table.backupWeight],
    ] as const) {
      group.position = weight;
      group.currentWeight = weight;
      group.nextWeight = weight;
    }
    for (const turn of this.turns) {
      const group = this.groupOf(turn.server);
      if (turn.server.usable) group.queueByWeight(group.init, turn);
    }
  }

  pick(_passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { table } = this;
    if (table.soleBackup !== undefined) return table.soleBackup;
    if (table.activeCount > 0) return this.pickFrom(this.active, avoid);
    return table.backupCount > 0 ? this.pickFrom(this.backup, avoid) : undefined;
  }

  update(server: HaproxyServer): void {
    this.table.update(server, this);
  }

  insert(server: HaproxyServer): void {
    const group = this.regroup(server);
    const turn = this.turns[server.host]!;
    group.locate(turn);
    turn.next = group.placeOfNewcomer(turn);
    group.queue(turn);
  }

  remove(server: HaproxyServer): void {
    this.regroup(server);
    const turn = this.turns[server.host]!;
    turn.leaveTree();
    turn.tree = undefined;
  }

  reweigh(server: HaproxyServer): void {
    const group = this.regroup(server);
    const turn = this.turns[server.host]!;
    if (turn.tree === group.init) {
      turn.leaveTree();
      group.queueByWeight(group.init, turn);
      return;
    }
    group.locate(turn);
    const before = turn.next;
    const step = Math.floor(group.nextWeight / server.next.weight);
    turn.next = Math.min(turn.last + step, before);
    turn.rest = 0;
    if (turn.next < group.position + 2) turn.next = group.position + step;
    turn.leaveTree();
    group.queue(turn);
  }

  private pickFrom(group: Group, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    if (group.currentWeight === 0) {
      group.currentWeight = group.nextWeight;
      group.position = group.nextWeight;
    }
    /** Those that are full, and the one to avoid; the last one first. */
    const passed: Turn[] = [];
    let avoided: Turn | undefined;
    let chosen: Turn | undefined;
    let switched = false;
    for (;;) {
      const turn = group.first();
      if (turn === undefined) {
        if (switched) {
          chosen = avoided;
          break;
        }
        switched = true;
        group.switchTrees();
        continue;
      }
      group.advance(turn);
      if (this.table.hasRoom(turn.server)) {
        if (turn.server !== avoid || avoided !== undefined) {
          chosen = turn;
          break;
        }
        avoided = turn;
      }
      passed.unshift(turn);
    }
    if (chosen !== undefined) group.queue(chosen);
    for (const turn of passed) {
      if (turn === chosen) continue;
      // After a switch their places are lost: only their weights count.
      if (switched) group.queueByWeight(group.init, turn);
      else group.queue(turn);
    }
    return chosen?.server;
  }

  private groupOf(server: HaproxyServer): Group {
    return server.backup ? this.backup : this.active;
  }

  /** The server's group, with the weight that the table has now. */
  private regroup(server: HaproxyServer): Group {
    const group = this.groupOf(server);
    group.nextWeight = server.backup ? this.table.backupWeight : this.table.activeWeight;
    return group;
  }
}
