import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptFiles } from '../../src/cli/script-files.js';
import { compileScript } from '../../src/script/compile/compile.js';

const folder = mkdtempSync(path.join(tmpdir(), 'clustersim-script-'));
const root = path.join(folder, 'scripts');
mkdirSync(path.join(root, 'lib'), { recursive: true });
writeFileSync(path.join(folder, 'secret.txt'), 'secret');
writeFileSync(path.join(folder, 'outside.js'), 'export const x = 1;');
writeFileSync(path.join(root, 'script.js'), "import { a } from './lib/a.js'; export default () => a;");
writeFileSync(path.join(root, 'lib', 'a.js'), "import { b } from '../b.ts'; export const a = b;");
writeFileSync(path.join(root, 'b.ts'), 'export const b: number = 1;');
writeFileSync(path.join(root, 'data.bin'), Buffer.from([1, 200]));
symlinkSync(path.join(folder, 'secret.txt'), path.join(root, 'link.txt'));
symlinkSync(folder, path.join(root, 'up'));
symlinkSync(path.join(folder, 'outside.js'), path.join(root, 'link.js'));
const files = scriptFiles(path.join(root, 'script.js'));
const { entry } = files;

afterAll(() => rmSync(folder, { recursive: true }));

describe('the files of a script', () => {
  it('are modules by relative path, and what open() reads', () => {
    expect(compileScript(entry, files).modules.map(({ id }) => path.basename(id))).toEqual([
      'script.js',
      'a.js',
      'b.ts',
    ]);
    expect(files.open(entry, './data.bin', 'b')).toBe('\u0001\u00c8');
    expect(files.open(entry, path.join(root, 'b.ts'), '')).toBe('export const b: number = 1;');
  });

  it.each([
    '../secret.txt',
    '/etc/hostname',
    'link.txt',
    'up/secret.txt',
    'lib/../../secret.txt',
    '..',
    '.',
    'up',
  ])('are not outside of its folder: open(%j)', (name) => {
    expect(() => files.open(entry, name, '')).toThrow(/lies outside of the script's folder/);
  });

  it.each(['../outside.js', './link.js', './up/outside.js'])('nor is the module %s', (specifier) => {
    expect(() => files.resolve(specifier, entry)).toThrow(/lies outside of the script's folder/);
  });

  it.each([
    ['./nope.js', `The moduleSpecifier "./nope.js" couldn't be found on local disk.`],
    ['./lib', `The moduleSpecifier "./lib" couldn't be found on local disk.`],
    ['lodash', `The moduleSpecifier "lodash" couldn't be recognised as something k6 supports.`],
    ['node:fs', `The moduleSpecifier "node:fs" couldn't be recognised as something k6 supports.`],
    ['https://jslib.k6.io/x.js', 'nothing is fetched here'],
  ])('what is not there is told: %s', (specifier, text) => {
    expect(() => files.resolve(specifier, entry)).toThrow(text);
  });

  it("open() of what is missing, and of a folder, is told in k6's words", () => {
    expect(() => files.open(entry, './nope.txt', '')).toThrow(
      `stat ${root}/nope.txt: no such file or directory`,
    );
    expect(() => files.open(entry, './lib', '')).toThrow(
      `open() can't be used with directories, path: "${root}/lib"`,
    );
  });

  it('modules from elsewhere can stand in for a URL', () => {
    const url = 'https://jslib.k6.io/k6-utils/1.4.0/index.js';
    const more = scriptFiles(path.join(root, 'script.js'), (asked) =>
      asked === url ? 'export const u = 1;' : undefined,
    );
    expect(more.read(more.resolve(url, entry))).toBe('export const u = 1;');
  });
});
