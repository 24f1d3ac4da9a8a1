import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/input/error.js';
import { memoryFiles, positionAt, readSource } from '../../src/input/source.js';
import { parseYaml } from '../../src/input/yaml.js';
import {
  brief,
  EXPERIMENT,
  EXPERIMENT_FILE,
  edit,
  filesWith,
  load,
  MODEL,
  MODEL_FILE,
  mistakesOf,
} from './fixture.js';

/** The mistakes in an experiment's file of that content. */
function mistakesIn(content: string | Uint8Array): string[] {
  return mistakesOf(() => load(filesWith({ [EXPERIMENT_FILE]: content }))).map(brief);
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('a file that is no text', () => {
  it.each([
    ['empty', '', 'an empty file, expected a mapping'],
    ['blank', ' \n\n\t\n', 'an empty file, expected a mapping'],
    ['binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1, 2), 'binary data, expected a text file in UTF-8'],
    [
      'UTF-16',
      Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x3a, 0),
      'binary data, expected a text file in UTF-8; it looks like UTF-16: save it as UTF-8',
    ],
    [
      'Latin-1',
      Uint8Array.of(0x61, 0x3a, 0x20, 0xe9),
      'bytes that are not UTF-8, expected a text file in UTF-8',
    ],
    ['too large', 'x'.repeat(6_000_000), '6000000 bytes, expected a file of at most 5242880 bytes'],
  ])('is refused: %s', (_, content, told) => {
    expect(mistakesIn(content)).toEqual([`${EXPERIMENT_FILE}: got ${told}`]);
  });

  it('is refused where it is a directory or missing, with the nearest neighbour', () => {
    const files = filesWith();
    expect(mistakesOf(() => load(files, 'experiments/rmap.yaml')).map(brief)).toEqual([
      'experiments/rmap.yaml: got no such file, expected a file; did you mean "ramp.yaml"?',
    ]);
    expect(mistakesOf(() => load(files, 'experiments')).map(brief)).toEqual([
      'experiments: got a directory, expected a file; there is "ramp.yaml"',
    ]);
  });
});

describe('a file that would be read for ever', () => {
  it('is refused at once: a line of 4 MB', () => {
    expect(mistakesIn(`title: ${'x'.repeat(4_000_000)}`)).toEqual([
      `${EXPERIMENT_FILE}:1:1: got a line of 4000007 characters, expected lines of at most 1000000 characters`,
    ]);
  });

  it('is refused at once: nested lists and mappings, in flow and block style', () => {
    const told = 'got more, expected at most 50 levels of nesting';
    for (const deep of [
      `title: ${'['.repeat(100_000)}`,
      `title: ${'{a: '.repeat(50_000)}`,
      `${'- '.repeat(50_000)}x`,
      lines(2000, (index) => `${' '.repeat(index)}a:`),
    ]) {
      const [mistake, ...others] = mistakesIn(deep);
      expect(mistake).toContain(told);
      expect(others).toEqual([]);
    }
  });

  it('is refused at once: aliases of aliases', () => {
    const bomb = lines(9, (index) =>
      index === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
    );
    expect(mistakesIn(bomb)).toEqual([
      `${EXPERIMENT_FILE}:2:10: got aliases of aliases that stand for too much, expected aliases that expand to at most 1000 values`,
    ]);
  });

  it('is refused at once: more tokens than a file has', () => {
    expect(mistakesIn(lines(200_000, (index) => `k${index}: ${index}`))[0]).toContain(
      'at most 300000 tokens of YAML',
    );
  });

  it('is refused: an alias inside its own anchor, twice the same key, two documents', () => {
    expect(mistakesIn('title: &t [*t]')).toEqual([
      `${EXPERIMENT_FILE}:1:12 title[0]: got *t, expected an alias that is not inside its own anchor`,
    ]);
    expect(mistakesIn('title: a\nseed: 1\ntitle: b\nseed: 2\n')).toEqual([
      `${EXPERIMENT_FILE}:3:1 title: got the key "title" a second time, expected each key once`,
      `${EXPERIMENT_FILE}:4:1 seed: got the key "seed" a second time, expected each key once`,
    ]);
    expect(mistakesIn('title: a\n---\ntitle: b\n')).toEqual([
      `${EXPERIMENT_FILE}:2:1: got a second document, expected one document, without "---"`,
    ]);
  });
});

describe('a file in an unusual form', () => {
  const hash = load().inputsHash;

  it('means the same with a byte order mark, carriage returns, anchors and merge keys', () => {
    const crlf = EXPERIMENT.replaceAll('\n', '\r\n');
    expect(load(filesWith({ [EXPERIMENT_FILE]: `\ufeff${crlf}` })).inputsHash).toBe(hash);
    const anchored = `x-parts: { placed: &placed { on: laptop, cpus: 0.25 } }\n${edit(
      MODEL,
      '    on: laptop\n    cpus: 0.25\n',
      '    <<: *placed\n',
    )}`;
    expect(load(filesWith({ [MODEL_FILE]: anchored })).inputsHash).toBe(hash);
  });

  it('has its positions counted without them', () => {
    const wrong = edit(EXPERIMENT, 'seed: 430', 'seed: -1').replaceAll('\n', '\r\n');
    const [mistake] = mistakesOf(() => load(filesWith({ [EXPERIMENT_FILE]: `\ufeff${wrong}` })));
    expect(mistake).toMatchObject({ line: 3, column: 7, lineText: 'seed: -1' });
  });

  it('has a mistake in a merged mapping where that stands', () => {
    const anchored = `x-parts:\n  placed: &placed { on: laptop, cpus: none }\n${edit(
      MODEL,
      '    on: laptop\n    cpus: 0.25\n',
      '    <<: *placed\n',
    )}`;
    expect(mistakesOf(() => load(filesWith({ [MODEL_FILE]: anchored }))).map(brief)).toEqual([
      'models/api.yaml:2:39 services.api.cpus: got "none", expected a number, or a list',
    ]);
  });
});

describe('what a compiler would print', () => {
  it('shows the line, a caret below the place, what was got and expected, and the hint', () => {
    const files = filesWith({ [MODEL_FILE]: edit(MODEL, 'mem_limit: 512m', '\u00e9t\u00e9: &x 512m') });
    const error = catchInputError(() => load(files));
    expect(error.message).toMatch(
      /^models\/api\.yaml:17:5: services\.api\.été\n {2}17 \| {5}été: &x 512m\n {5}\| {5}\^\n/,
    );
    expect(error.message).toMatch(/\n\n1 mistake$/);
    expect(error.message).not.toContain('    at ');
  });

  it('cuts long lines around the place, and lets no control character through', () => {
    const text = `title: "${'x'.repeat(300)}", seed: [\u001b[31m]\n`;
    const source = readSource(memoryFiles({ a: text }), 'a');
    const error = catchInputError(() => parseYaml(source));
    const [, line, caret] = error.message.split('\n');
    expect(line!.length).toBeLessThan(120);
    expect(line).not.toContain('\u001b');
    expect(line![caret!.indexOf('^')]).toBe(
      positionAt(source, error.mistakes[0]!.column! - 1).lineText[error.mistakes[0]!.column! - 1],
    );
  });
});

function catchInputError(act: () => unknown): InputError {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
