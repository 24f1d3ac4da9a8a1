import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import type { MeasuredRun } from '../../../src/input/measured.js';
import { measuredFormats } from '../../../src/input/read-measured.js';
import { readSample, SAMPLES, type SampleFile, sampleBytes, sampleText } from './samples.js';

/** What must hold of every format of measured data, on real files. */

async function attempt(sample: SampleFile, bytes: Uint8Array): Promise<MeasuredRun | InputError> {
  const result = await readSample(sample, bytes).catch((error: unknown) => error);
  if (result instanceof Error && !(result instanceof InputError)) throw result;
  return result as MeasuredRun | InputError;
}

/** A long file is cut seldom in its middle, where its rows are all alike. */
const EDGE_BYTES = 10_000;

/** Lengths to cut a file at: every hundredth byte (every two thousandth in the middle of a long file), all of the last hundred. */
function cuts(length: number): number[] {
  const hundreds = Array.from(
    { length: Math.floor((length - 1) / 100) },
    (_, index) => 100 * (index + 1),
  ).filter((cut) => cut < EDGE_BYTES || cut % 2000 === 0);
  const last = Array.from({ length: 100 }, (_, index) => length - 1 - index).filter((cut) => cut > 0);
  return [...hundreds, ...last];
}

describe('the samples', () => {
  it('are all the files there are, and at least one of every format', () => {
    const names = readdirSync(new URL('samples/', import.meta.url)).filter((name) => name !== 'README.md');
    expect(SAMPLES.map(({ file }) => file).sort()).toEqual(names.sort());
    expect([...new Set(SAMPLES.map(({ format }) => format))].sort()).toEqual(
      [...measuredFormats.names].sort(),
    );
  });
});

describe.each(SAMPLES)('$file', (sample) => {
  const bytes = sampleBytes(sample.file);

  it('is recognised by exactly one format', async () => {
    const head = sampleText(sample.file).slice(0, 4096);
    const names = measuredFormats.plugs.filter((plug) => plug.recognizes(head)).map(({ name }) => name);
    // A log of a format of the user's own is told to be one.
    expect(names).toEqual(sample.logFormat === undefined ? [sample.format] : []);
    expect((await readSample(sample)).format).toBe(sample.format);
  });

  it('is read without a mistake, and leaves out nothing that would mean damage', async () => {
    const { ignored } = await readSample(sample);
    expect(ignored.filter(({ what }) => what.includes('cut off'))).toEqual([]);
  });

  it('gives the same run compressed, in pieces of any size, with CRLF and a byte order mark', async () => {
    const whole = await readSample(sample);
    expect(await readSample(sample, gzipSync(bytes))).toEqual(whole);
    for (const pieceBytes of bytes.length > 20_000 ? [997] : [1, 7, 997]) {
      expect(await readSample(sample, bytes, pieceBytes)).toEqual(whole);
    }
    const text = `\ufeff${sampleText(sample.file).replace(/\r?\n/g, '\r\n')}`;
    expect(await readSample(sample, new TextEncoder().encode(text))).toEqual(whole);
  });

  it('cut off anywhere says so, or has only lost whole lines', async () => {
    const silent: number[] = [];
    for (const cut of cuts(bytes.length)) {
      const part = bytes.subarray(0, cut);
      if (new TextDecoder().decode(part).trimEnd() === sampleText(sample.file).trimEnd()) continue;
      const result = await attempt(sample, part);
      if (result instanceof InputError) {
        expect(result.mistakes.length).toBeLessThanOrEqual(20);
        continue;
      }
      if (sample.rows && bytes[cut - 1] === 10) continue;
      if (!result.ignored.some(({ what }) => what.includes('cut off'))) silent.push(cut);
    }
    expect(silent).toEqual([]);
  });

  it('compressed and cut off anywhere names the byte', async () => {
    const compressed = gzipSync(bytes);
    for (const cut of cuts(compressed.length).filter((length) => length > 2)) {
      const result = await attempt(sample, compressed.subarray(0, cut));
      expect(result).toBeInstanceOf(InputError);
      expect((result as InputError).mistakes[0]?.got).toBe(`compressed data that breaks off at byte ${cut}`);
    }
  });

  it('damaged in one byte is never anything but a run or an InputError', async () => {
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      for (const byte of [0, 0x22, 0x7b, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = byte;
        await attempt(sample, damaged);
      }
    }
  });
});
