const OTHER = new Uint8Array(3);
const DOT = 0x2e;
const ZERO = 0x30;

/**
 * The bytes of a client address that `ip_hash` looks at: the first three octets of an IPv4 address, all 16 bytes of an
 * IPv6 one, three zeros for anything else (a Unix socket).
 */
export function addressBytes(address: string): Uint8Array {
  const bytes = new Uint8Array(3);
  let octet = 0;
  let index = 0;
  for (let position = 0; position < address.length; position += 1) {
    const code = address.charCodeAt(position);
    if (code === DOT) {
      if (index < 3) bytes[index] = octet;
      index += 1;
      octet = 0;
    } else if (code >= ZERO && code < ZERO + 10) {
      octet = octet * 10 + code - ZERO;
    } else {
      return isIpv6(address) ? parseIpv6(address) : OTHER;
    }
  }
  return index === 3 ? bytes : OTHER;
}

function isIpv6(address: string): boolean {
  return /^[0-9a-f:]+$/i.test(address) && address.includes(':');
}

function parseIpv6(address: string): Uint8Array {
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
