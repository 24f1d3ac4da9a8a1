/** The 4 bytes of an IPv4 address or the 16 of an IPv6 one; `undefined` for anything else (`unix:`). */
export function ipBytes(address: string): Uint8Array | undefined {
  if (isIpv6(address)) return parseIpv6(address);
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  const bytes = match?.slice(1).map(Number);
  return bytes === undefined || bytes.some((byte) => byte > 255) ? undefined : Uint8Array.from(bytes);
}

/** An address with the number of leading bits that count. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address; `undefined` where it is neither. */
export function maybeNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const bytes = ipBytes(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const bitsMax = 8 * bytes.length;
  if (prefix === undefined) return { bytes, bits: bitsMax };
  const bits = Number(prefix);
  return /^\d+$/.test(prefix) && bits <= bitsMax ? { bytes, bits } : undefined;
}

/** True if an address, as its bytes, lies in a network of its own kind. */
export function isInNetwork(address: Uint8Array, { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if ((address[bit >> 3]! & mask) !== (bytes[bit >> 3]! & mask)) return false;
  }
  return true;
}

/** True if `address` is written as an IPv6 address is. */
export function isIpv6(address: string): boolean {
  return /^[0-9a-f:]+$/i.test(address) && address.includes(':');
}

/** The 16 bytes of an IPv6 address. */
export function parseIpv6(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  before.forEach((group, index) => {
    setGroup(bytes, index, group);
  });
  after.forEach((group, index) => {
    setGroup(bytes, 8 - after.length + index, group);
  });
  return bytes;
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function setGroup(bytes: Uint8Array, index: number, group: number): void {
  if (index > 7) return;
  bytes[2 * index] = group >>> 8;
  bytes[2 * index + 1] = group & 0xff;
}
