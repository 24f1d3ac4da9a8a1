import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { forEachLine, openEnd, openTextLines, wholeText } from '../../src/input/text-lines.js';
import { chunks } from './measured/chunks.js';

async function linesOf(data: string | Uint8Array, pieceBytes?: number) {
  const text = await openTextLines('a.txt', chunks(data, pieceBytes));
  const lines: [number, string][] = [];
  const end = await forEachLine(text, (line, number) => lines.push([number, line]));
  return { lines, end };
}

describe('the lines of a text', () => {
  it.each([1, 2, 3, 1000])('are numbered from 1, whatever the pieces are (%i bytes)', async (pieceBytes) => {
    const { lines, end } = await linesOf('a\n\nß\r\nd', pieceBytes);
    expect(lines).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'ß'],
      [4, 'd'],
    ]);
    expect(end).toEqual({ lines: 4, open: 'd' });
    expect(openEnd(end).length).toBe(1);
  });

  it('end with the last line break', async () => {
    const { lines, end } = await linesOf('a\nb\n');
    expect(lines.length).toBe(2);
    expect(openEnd(end)).toEqual([]);
  });
});

describe('compressed data', () => {
  it('may be of several parts, one behind the other', async () => {
    const parts = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]);
    expect((await linesOf(parts)).lines.map(([, line]) => line)).toEqual(['a', 'b']);
  });

  it('that is damaged is told apart from what breaks off', async () => {
    const whole = new Uint8Array(gzipSync('a\nb\n'.repeat(100)));
    const damaged = whole.slice();
    damaged[damaged.length - 6]! ^= 1;
    await expect(linesOf(damaged)).rejects.toThrow(`compressed data with damage before byte ${whole.length}`);
    const cut = whole.subarray(0, -3);
    await expect(linesOf(cut)).rejects.toThrow(`compressed data that breaks off at byte ${cut.length}`);
  });
});

describe('a document', () => {
  it('of more than 32 MB is refused, in one line or in many', async () => {
    for (const line of ['x'.repeat(1000), `${'x'.repeat(999)}\n`]) {
      const reading = openTextLines('a.json', chunks(`{\n${line.repeat(34_000)}`)).then(wholeText);
      await expect(reading).rejects.toThrow(/a longer document|a line that never ends/);
    }
  });

  it('fails as its source does', async () => {
    const source = (async function* () {
      yield new TextEncoder().encode('a\n');
      throw new Error('the disk is gone');
    })();
    await expect(openTextLines('a.txt', source)).rejects.toThrow('the disk is gone');
  });
});
