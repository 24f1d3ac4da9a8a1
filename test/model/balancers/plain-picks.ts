import { type ProductPlug, plainSubject, TryResult } from '../../../src/model/balancer.js';
import type { PlainHost } from '../../../src/model/products/plain/host.js';
import type { PlainMethod, PlainMethodPlug } from '../../../src/model/products/plain/method.js';
import { plainMethods } from '../../../src/model/products/plain/methods.js';
import { type PlainPassage, PlainSelector } from '../../../src/model/products/plain/selector.js';
import { Fleet } from '../../../src/model/products/plain/server-state.js';
import { check } from '../../../src/options/fields.js';
import type { RandomStream } from '../../../src/random/stream.js';

/** A stream that gives what it is told, and 0 after that. */
export class Script implements RandomStream {
  constructor(private readonly values: number[] = []) {}

  /** Says what comes next: draw `index` of `count`. */
  draw(index: number, count: number): this {
    this.values.push((index + 0.5) / count);
    return this;
  }

  next(): number {
    return this.values.shift() ?? 0;
  }

  nextDouble(): number {
    return this.next();
  }
}

/** Dispatchers of one plain product over hosts a, b, c, ...; every draw of all of them comes from `stream`. */
export class PlainPicks {
  readonly selectors: PlainSelector[];
  /** Hosts that probes were sent to, by letter. */
  readonly probed: string[] = [];
  nowNs = 0;

  constructor(
    product: ProductPlug['name'] & PlainMethodPlug['product'],
    algorithm: Record<string, Record<string, unknown>>,
    setup: { readonly hosts: string; readonly stream: RandomStream; readonly dispatchers?: number },
  ) {
    const [word, options] = Object.entries(algorithm)[0]!;
    const plug = plainMethods(product).find((method) => method.word === word)!;
    const checked = check(plug.options, options);
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    const fleet = new Fleet(setup.stream);
    this.selectors = Array.from({ length: setup.dispatchers ?? 1 }, () => {
      return new PlainSelector({
        servers: serversOf(setup.hosts),
        fleet,
        createMethod: (table) => plug.create(checked.value, { table, stream: setup.stream }),
        probe: (_, host) => this.probed.push(host.name),
      });
    });
  }

  /** Method of the only dispatcher. */
  method<Method extends PlainMethod>(): Method {
    return this.selectors[0]!.method as Method;
  }

  host(letter: string, dispatcher = 0): PlainHost {
    return this.selectors[dispatcher]!.hosts.find((host) => host.name === letter)!;
  }

  /** Other hosts from now on: `a c`. */
  update(hosts: string): void {
    for (const selector of this.selectors) selector.update(serversOf(hosts), this.nowNs);
  }

  /** Sends a request that stays in flight; returns its host's letter (`-` for none), and how to end it. */
  hold(dispatcher = 0): { host: string; end: () => void } {
    const selector = this.selectors[dispatcher]!;
    const passage: PlainPassage = selector.begin(plainSubject({}));
    const index = selector.pick(passage, this.nowNs);
    return {
      host: index < 0 ? '-' : selector.hostAt(index).name,
      end: () => selector.finish(passage, TryResult.success, this.nowNs),
    };
  }

  /** Letters of `count` requests that all stay in flight. */
  holdAll(count: number): string {
    return Array.from({ length: count }, () => this.hold().host).join(' ');
  }

  /** Letters of `count` requests one after another. */
  sequence(count: number): string {
    return Array.from({ length: count }, () => {
      const { host, end } = this.hold();
      if (host !== '-') end();
      return host;
    }).join(' ');
  }
}

/** `a b! c`: b is down. */
function serversOf(hosts: string) {
  return hosts.split(' ').map((text) => ({ name: text[0]!, weight: 1, down: text.endsWith('!') }));
}
