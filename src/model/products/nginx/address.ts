import { isIpv6, parseIpv6 } from '../../ip-address.js';

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
