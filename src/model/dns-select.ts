import { choice } from '../options/fields.js';
import { KeyedStream, purposeOf } from '../random/stream.js';

/** k6's words of `dns.select` (lib/types/dns.go): which of several addresses of a name a new connection goes to. */
export const dnsSelectField = () => choice(['first', 'random', 'roundRobin']);

/** One of k6's `dns.select`. */
export type DnsSelect = 'first' | 'random' | 'roundRobin';

const PURPOSE = purposeOf('client/dns.select');

/** Whose connection it is: the request that needs it. */
export interface DialKey {
  readonly keyHigh: number;
  readonly keyLow: number;
  /** True: the request's second connection, drawn anew. */
  readonly retried: boolean;
}

/** Chooses among the addresses of one name, once for each new connection; all users of a load generator share it. */
export class AddressSelector {
  private readonly stream = new KeyedStream();
  private dials = 0;

  constructor(private readonly select: DnsSelect) {}

  /** Index of the address, 0 to `count - 1`. */
  next(count: number, { keyHigh, keyLow, retried }: DialKey): number {
    if (count === 1 || this.select === 'first') return 0;
    if (this.select === 'random') {
      return Math.floor(this.stream.rekey(keyHigh, keyLow, PURPOSE + (retried ? 1 : 0)).next() * count);
    }
    const index = this.dials % count;
    this.dials += 1;
    return index;
  }
}
