/**
 * The transcendental functions that samplers may call. The language leaves `Math.log` and its family to the engine, so
 * that a simulation built on them may differ from one Node release to the next. These use nothing but + - * /, square
 * root, rounding and bit patterns, which IEEE 754 fixes to the last bit: the same arguments give the same result
 * everywhere. Nothing allocates.
 */

/** A double and its two halves, to read the exponent. Overwritten by every call, never read across calls. */
const doubleView = new Float64Array(1);
const wordView = new Uint32Array(doubleView.buffer);
/** Index of the half with sign and exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * POWERS_OF_TWO[k + POWERS_OFFSET] = 2^k, for -1074 <= k <= 1023. Multiplying by an entry is faster than writing an
 * exponent: a double read back just after one of its halves was written stalls the processor (5 ns a logarithm).
 */
const POWERS_OFFSET = 1074;
const POWERS_OF_TWO = powersOfTwo();

/** ln 2, its upper 33 bits (so that k * LN2_HIGH is exact for an exponent k) and the rest. */
const LN2_HIGH = 6.9314718036912382e-1;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1 / (LN2_HIGH + LN2_LOW);

const TWO_54 = 18014398509481984;
const TWO_NEGATIVE_200 = POWERS_OF_TWO[POWERS_OFFSET - 200]!;
const TWO_1023 = POWERS_OF_TWO[POWERS_OFFSET + 1023]!;

/**
 * Natural logarithm; NaN below 0, -Infinity at 0. Error below 1 ulp.
 *
 * With x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), and s = f / (2 + f):
 * ln x = k ln 2 + f - f²/2 + s (f²/2 + R(s²)), R the minimax polynomial of degree 14.
 *
 * Source: FreeBSD msun `e_log.c` (Sun Microsystems 1993) in the shape without branches of musl 1.1 `log.c`. A
 * twin in C agrees to the bit if compiled without contraction to fused multiply-add.
 */
export function log(x: number): number {
  let mantissa = x;
  let exponent = 0;
  if (!(x >= 2.2250738585072014e-308)) {
    if (x === 0) return Number.NEGATIVE_INFINITY;
    if (!(x > 0)) return Number.NaN;
    mantissa = x * TWO_54;
    exponent = -54;
  } else if (x === Number.POSITIVE_INFINITY) {
    return x;
  }
  doubleView[0] = mantissa;
  // 0x3fe6a09e is the high word of sqrt(1/2): what is below it borrows from the exponent.
  const high = wordView[HIGH]! + (0x3ff00000 - 0x3fe6a09e);
  const shift = (high >>> 20) - 0x3ff;
  exponent += shift;
  const f = mantissa * POWERS_OF_TWO[POWERS_OFFSET - shift]! - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (halfSquare + (odd + even)) + exponent * LN2_LOW - halfSquare + f + exponent * LN2_HIGH;
}

/**
 * e^x; Infinity above 709.78, 0 below -745.13. Error below 1 ulp (2 where the result is subnormal).
 *
 * With x = k ln 2 + r, |r| <= ln 2 / 2: e^x = 2^k e^r, and e^r = 1 + r + r c / (2 - c) with c = r - r² P(r²).
 * Source: FreeBSD msun `e_exp.c` (Sun Microsystems 2004), as in musl 1.1 `exp.c`.
 */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < -745.1332191019412) return 0;
  const exponent = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - exponent * LN2_HIGH;
  const low = exponent * LN2_LOW;
  const r = high - low;
  const square = r * r;
  const c =
    r -
    square *
      (0.16666666666666602 +
        square *
          (-0.0027777777777015593 +
            square *
              (0.00006613756321437934 +
                square * (-0.0000016533902205465252 + square * 4.1381367970572385e-8))));
  return scale(1 + ((r * c) / (2 - c) - low + high), exponent);
}

/** x * 2^exponent, for 1/2 < x < 2 and -1075 <= exponent <= 1024; rounded once. */
function scale(x: number, exponent: number): number {
  if (exponent > 1023) return x * 2 * TWO_1023;
  if (exponent < -1021) return x * POWERS_OF_TWO[POWERS_OFFSET + exponent + 200]! * TWO_NEGATIVE_200;
  return x * POWERS_OF_TWO[POWERS_OFFSET + exponent]!;
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(POWERS_OFFSET + 1024);
  let power = Number.MIN_VALUE;
  for (let index = 0; index < powers.length; index += 1) {
    powers[index] = power;
    power *= 2;
  }
  return powers;
}

/**
 * base^exponent for base >= 0; NaN for a negative base. Whole exponents up to 64 are multiplied out (error below 1 ulp
 * per squaring); others are exp(exponent * log(base)), whose relative error is at most (2 + |ln result|) * 2^-52:
 * 12 ulp for results from 1e-4 to 1e4, 700 at the ends of the range.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0.5) return Math.sqrt(base);
  if (!(base >= 0)) return Number.NaN;
  if (exponent <= 64 && exponent >= -64 && Math.trunc(exponent) === exponent)
    return wholePower(base, exponent);
  return exp(exponent * log(base));
}

function wholePower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = Math.abs(exponent); rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/**
 * The standard normal quantile: the z below which a normal variable lies with probability `p`; -Infinity at 0, Infinity
 * at 1. Relative error about 1e-15. 85 % of the range needs no logarithm.
 * Source: Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution" (1988), PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) return centralQuantile(q);
  const tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? q * Number.POSITIVE_INFINITY : Number.NaN;
  const z = tailQuantile(Math.sqrt(-log(tail)));
  return q < 0 ? -z : z;
}

function centralQuantile(q: number): number {
  const r = 0.180625 - q * q;
  const above =
    ((((((r * 2509.0809287301227 + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
      13731.69376550946) *
      r +
      1971.5909503065513) *
      r +
      133.14166789178438) *
      r +
    3.3871328727963665;
  const below =
    ((((((r * 5226.495278852854 + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
    1;
  return (q * above) / below;
}

/** @param root sqrt(-ln of the tail's probability): 1.6 to 27. */
function tailQuantile(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    const above =
      ((((((r * 7.745450142783414e-4 + 0.022723844989269184) * r + 0.2417807251774506) * r +
        1.2704582524523684) *
        r +
        3.6478483247632045) *
        r +
        5.769497221460691) *
        r +
        4.630337846156546) *
        r +
      1.4234371107496835;
    const below =
      ((((((r * 1.0507500716444169e-9 + 5.475938084995345e-4) * r + 0.015198666563616457) * r +
        0.14810397642748008) *
        r +
        0.6897673349851) *
        r +
        1.6763848301838038) *
        r +
        2.053191626637759) *
        r +
      1;
    return above / below;
  }
  const r = root - 5;
  const above =
    ((((((r * 2.0103343992922881e-7 + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r +
      0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const below =
    ((((((r * 2.0442631033899397e-15 + 1.4215117583164459e-7) * r + 1.8463183175100548e-5) * r +
      7.868691311456133e-4) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return above / below;
}

/** The standard normal density at `z`. */
export function normalDensity(z: number): number {
  return 0.3989422804014327 * exp(-0.5 * z * z);
}

/**
 * The probability that a standard normal variable is below `z`. Relative error below 1e-12, in the far lower tail too.
 * For construction, not for sampling: up to 200 steps. Source: Marsaglia, "Evaluating the Normal Distribution",
 * Journal of Statistical Software 11 (2004): the series near 0, Laplace's continued fraction beyond 2.5.
 */
export function normalProbability(z: number): number {
  if (z > 2.5) return 1 - normalProbability(-z);
  if (z < -2.5) return lowerTail(z);
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(z);
}

function lowerTail(z: number): number {
  if (z === Number.NEGATIVE_INFINITY) return 0;
  let fraction = -z;
  for (let k = 150; k >= 1; k -= 1) fraction = -z + k / fraction;
  return normalDensity(z) / fraction;
}

/**
 * ln Γ(x) for x > 0. Absolute error about 1e-14. Source: Stirling's series (Abramowitz and Stegun 6.1.41) from 12 on,
 * and the recurrence Γ(x + 1) = x Γ(x) below.
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 12) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))));
  return (shifted - 0.5) * log(shifted) - shifted + 0.9189385332046728 + series - log(product);
}

/** Γ(x) for x > 0; Infinity above 171.6. Relative error about 1e-14 for x up to 20. */
export function gammaFunction(x: number): number {
  return exp(logGamma(x));
}
