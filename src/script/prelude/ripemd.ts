/** Which word each step takes, and how far it turns, in hexadecimal: the left line, then the right (RIPEMD-160's paper). */
const WORDS = [
  '0123456789abcdef74d1a6f3c0952eb83ae49f812706db5c19ba08c4d37fe56240597c2ae138b6fd',
  '5e7092b4d6f81a3c6b370d5aef8c4912f5137e69b8c2a04d86413bf05c2d97aecfa4158762de039b',
] as const;
const SHIFTS = [
  'befc5879bdef6798768db97f7cf9b7dcbd67e9dfe8d65c75bcefef989e56865c9f5b68dc5cdeb856',
  '899bdff5778beec69df7c89b77c76fdb97fb866ecd5edd75f58bee6e69c9c5f885c9c5e68d65fdbb',
] as const;
const CONSTANTS = [
  [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e],
  [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0],
] as const;

type State = [number, number, number, number, number];

function mix(round: number, x: number, y: number, z: number): number {
  switch (round) {
    case 0:
      return x ^ y ^ z;
    case 1:
      return (x & y) | (~x & z);
    case 2:
      return (x | ~y) ^ z;
    case 3:
      return (x & z) | (y & ~z);
    default:
      return x ^ (y | ~z);
  }
}

function turn(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function line(side: 0 | 1, start: State, view: DataView, block: number): State {
  let [a, b, c, d, e] = start;
  for (let step = 0; step < 80; step++) {
    const round = Math.floor(step / 16);
    const word = Number.parseInt(WORDS[side][step]!, 16);
    const shift = Number.parseInt(SHIFTS[side][step]!, 16);
    const f = mix(side === 0 ? round : 4 - round, b, c, d);
    const sum = (a + f + view.getUint32(block + word * 4, true) + CONSTANTS[side][round]!) | 0;
    a = e;
    e = d;
    d = turn(c, 10);
    c = b;
    b = (turn(sum, shift) + a) | 0;
  }
  return [a, b, c, d, e];
}

/** RIPEMD-160 (Dobbertin, Bosselaers, Preneel, 1996). */
export function ripemd160(bytes: Uint8Array): Uint8Array {
  const total = Math.ceil((bytes.length + 9) / 64) * 64;
  const message = new Uint8Array(total);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(total - 8, BigInt(bytes.length) * 8n, true);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < total; block += 64) {
    const left = line(0, state, view, block);
    const right = line(1, state, view, block);
    const [h0, h1, h2, h3, h4] = state;
    state = [
      (h1 + left[2] + right[3]) | 0,
      (h2 + left[3] + right[4]) | 0,
      (h3 + left[4] + right[0]) | 0,
      (h4 + left[0] + right[1]) | 0,
      (h0 + left[1] + right[2]) | 0,
    ];
  }
  const result = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => {
    result.setInt32(index * 4, word, true);
  });
  return new Uint8Array(result.buffer);
}
