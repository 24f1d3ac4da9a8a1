/** CRC-32 table of the reflected IEEE polynomial. */
const CRC_TABLE = crcTable();

const encoder = new TextEncoder();

/** CRC-32 (IEEE 802.3, as zlib and `ngx_crc32_long`) of the bytes of a text in UTF-8; 0 to 2^32 - 1. */
export function crc32(text: string): number {
  return crc32Bytes(encoder.encode(text));
}

/** {@link crc32} of bytes. */
export function crc32Bytes(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index += 1) {
    crc = CRC_TABLE[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function crcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    table[index] = value >>> 0;
  }
  return table;
}
