import { describe, expect, it } from 'vitest';
import { loadUncalibrated } from '../../src/input/calibration-input.js';
import { loadModel } from '../../src/input/load.js';
import type { Source } from '../../src/input/source.js';
import { memoryFiles, readSource } from '../../src/input/source.js';
import { calibratedText, calibrationHash } from '../../src/input/write-calibration.js';
import { parseYaml } from '../../src/input/yaml.js';
import { mistakesOf } from './fixture.js';

function sourceOf(text: string): Source {
  return readSource(memoryFiles({ 'a.yaml': text }), 'a.yaml');
}

describe('a lone ? as a value', () => {
  it('is an unknown: in a line, a list, a flow mapping and a flow list', () => {
    const text = 'a: ?\nb: { c: ?, d: {e: ?} } # really?\nf:\n  - ? # why\n  - [?, 1]\ng: ?';
    expect(parseYaml(sourceOf(text)).value).toEqual({
      a: { fit: {} },
      b: { c: { fit: {} }, d: { e: { fit: {} } } },
      f: [{ fit: {} }, [{ fit: {} }, 1]],
      g: { fit: {} },
    });
  });

  it('stays text in quotes, in blocks of text, in comments and beside other characters', () => {
    const text = 'a: "why: ?"\nb: \'- ?\'\nc: |\n  so: ?\n  - ?\nd: ok # or: ?\ne: what?\nf: ?x\n';
    expect(parseYaml(sourceOf(text)).value).toEqual({
      a: 'why: ?',
      b: '- ?',
      c: 'so: ?\n- ?\n',
      d: 'ok',
      e: 'what?',
      f: '?x',
    });
  });

  it('keeps the columns of everything', () => {
    const yaml = parseYaml(sourceOf('a: { b: ?, c: 1 }\n'));
    expect(yaml.locate(['a', 'b'], 'value')).toMatchObject({ column: 9, lineText: 'a: { b: ?, c: 1 }' });
    expect(yaml.locate(['a', 'c'], 'key')).toMatchObject({ column: 12 });
    expect(yaml.unknowns()).toEqual([{ paths: [['a', 'b']], start: 8, end: 9 }]);
  });

  it('is one unknown behind an anchor, wherever it is used', () => {
    const yaml = parseYaml(sourceOf('x: { a: &one { fit: { min: 1 } } }\ny: *one\nz: [*one]\n'));
    expect(yaml.unknowns()).toEqual([{ paths: [['x', 'a'], ['y'], ['z', 0]], start: 13, end: 32 }]);
  });
});

describe('a model with unknowns', () => {
  const text = `hosts: { a: { cores: 1, speed: ? } } # why
services:
  api:
    cpus: 0.5
    routes:
      GET /x:
        - cpu: { shifted: { offset: ?, value: { exponential: { fit: { min: 1ms, max: 4ms } } } } } # the work
        - { wait: { fit: { start: 8ms } } }
`;
  const files = memoryFiles({ 'model.yaml': text });

  it('tells each unknown with its kind and its range', () => {
    const { unknowns } = loadUncalibrated('model.yaml', files);
    expect(unknowns.map(({ name, kind, min, start, max }) => [name, kind, min, start, max])).toEqual([
      ['hosts.a.speed', 'number', 0.2, 1, 5],
      ['services.api.routes."GET /x"[0].cpu.shifted.offset', 'duration', 2000, 300_000, 1e9],
      ['services.api.routes."GET /x"[0].cpu.shifted.value.exponential', 'duration', 1e6, 2e6, 4e6],
      ['services.api.routes."GET /x"[1].wait', 'duration', 50_000, 8e6, 1e10],
    ]);
  });

  it('is not run: one mistake for each, and where it is', () => {
    const mistakes = mistakesOf(() => loadModel('model.yaml', files));
    expect(mistakes.map(({ line, column, got }) => [line, column, got])).toEqual([
      [1, 32, 'an unknown'],
      [7, 37, 'an unknown'],
      [7, 62, 'an unknown'],
      [8, 19, 'an unknown'],
    ]);
    expect(mistakes[0]!.hint).toContain('sim calibrate');
  });

  it('says what is wrong with a range, and where no number stands', () => {
    const wrong = text.replace('max: 4ms', 'max: 0.5ms').replace('cpus: 0.5', 'on: ?');
    const mistakes = mistakesOf(() => loadUncalibrated('m.yaml', memoryFiles({ 'm.yaml': wrong })));
    expect(mistakes.map(({ line, expected }) => [line, expected])).toEqual([
      [4, 'an unknown where a number or a duration stands'],
      [7, 'min below max, and start between them'],
    ]);
  });

  it('keeps every other character when it is filled in, and its section is read again', () => {
    const model = loadUncalibrated('model.yaml', files);
    const values = model.unknowns.map(({ name, kind }) => ({
      path: name,
      unit: kind === 'duration' ? ('ns' as const) : ('1' as const),
      value: 1,
      start: 1,
      source: 'a, b: c',
      interval: [0.5, 2] as const,
    }));
    const calibration = {
      model: model.hash,
      runs: [{ run: 'one', takes: 2, data: 'sha256:x' }],
      values,
      unidentified: [],
      residuals: [],
      spread: 0.1,
      simulations: 1,
      observations: 1,
      misfit: 1,
    };
    const texts = ['0.9', '1.5ms', '2ms', '8ms'];
    const written = calibratedText(model, { calibration, texts, software: { nginx: '1.22.1' } });
    const filled = text
      .replace('speed: ?', 'speed: 0.9')
      .replace('offset: ?', 'offset: 1.5ms')
      .replace('{ fit: { min: 1ms, max: 4ms } }', '2ms')
      .replace('{ fit: { start: 8ms } }', '8ms');
    expect(written.startsWith(`${filled}calibration:\n`)).toBe(true);
    const again = loadModel('c.yaml', memoryFiles({ 'c.yaml': written })).calibration!;
    expect(again.runs[0]).toEqual({ run: 'one', takes: 2, data: 'sha256:x', measured: { nginx: '1.22.1' } });
    expect(Object.keys(again.values)).toEqual(model.unknowns.map(({ name }) => name).sort());
    expect(again.hash).toBe(calibrationHash(parseYaml(sourceOf(written)).value));
  });
});
