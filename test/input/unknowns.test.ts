import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/input/source.js';
import { memoryFiles, readSource } from '../../src/input/source.js';
import { parseYaml } from '../../src/input/yaml.js';

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
