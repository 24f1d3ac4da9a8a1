import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SOURCE = path.resolve(import.meta.dirname, '../../src');

/** Rooms that run unchanged in a browser, and whose results depend on nothing but what is handed in. */
const PURE = ['kernel', 'options', 'random', 'metrics', 'model', 'input', 'experiment', 'report'];
/** Rooms that make results: what they compute must be the same on every machine to the last bit. */
const SIMULATED = ['kernel', 'options', 'random', 'metrics', 'model', 'input', 'experiment'];

/** Where a room may do what the others may not, and why. */
const EXCEPTIONS = new Set([
  // Reads a time that a measurement wrote; it asks no clock.
  'input/unix-time.ts: Date',
]);

/** Names that are the surroundings' own: a clock, chance, the process, the console, the locale. */
const SURROUNDINGS = new Set([
  'Date',
  'performance',
  'process',
  'Buffer',
  'require',
  '__dirname',
  '__filename',
  'console',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'Intl',
  'navigator',
]);
const LOCALE_METHODS = new Set(['toLocaleString', 'localeCompare', 'toLocaleUpperCase', 'toLocaleLowerCase']);
/** Of `Math`, what every engine computes alike (ECMA-262 leaves the accuracy of the others open). */
const EXACT_MATH = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
  'LN2',
  'SQRT2',
  'PI',
  'E',
]);

function filesOf(room: string): string[] {
  return readdirSync(path.join(SOURCE, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${room}/${file}`);
}

/** Everything in a file that `isWrong` names. */
function findIn(file: string, isWrong: (node: ts.Node) => string | undefined): string[] {
  const text = readFileSync(path.join(SOURCE, file), 'utf8');
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    const wrong = isWrong(node);
    if (wrong !== undefined && !EXCEPTIONS.has(`${file}: ${wrong}`)) found.push(`${file}: ${wrong}`);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function nodeModule(node: ts.Node): string | undefined {
  return ts.isStringLiteral(node) && node.text.startsWith('node:') ? node.text : undefined;
}

/** A name from the surroundings, unless it is a parameter or variable of the file's own, or a property of something. */
function surrounding(declared: ReadonlySet<string>): (node: ts.Node) => string | undefined {
  return (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      const { name, expression } = node;
      if (LOCALE_METHODS.has(name.text)) return name.text;
      return expression.getText() === 'Math' && name.text === 'random' ? 'Math.random' : undefined;
    }
    if (!ts.isIdentifier(node) || !SURROUNDINGS.has(node.text) || declared.has(node.text)) return undefined;
    const { parent } = node;
    const isProperty =
      (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent);
    return isProperty ? undefined : node.text;
  };
}

/** Names that a file declares itself. */
function declaredIn(file: string): Set<string> {
  const names = new Set<string>();
  findIn(file, (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration && ts.isIdentifier(node.name)) names.add(node.name.text);
    return undefined;
  });
  return names;
}

function inexactMath(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || node.expression.getText() !== 'Math') return undefined;
  return EXACT_MATH.has(node.name.text) ? undefined : `Math.${node.name.text}`;
}

describe.each(PURE)('room %s', (room) => {
  it('imports nothing of Node', () => {
    expect(filesOf(room).flatMap((file) => findIn(file, nodeModule))).toEqual([]);
  });

  it('asks no clock, no chance, no locale, no process and no console', () => {
    expect(filesOf(room).flatMap((file) => findIn(file, surrounding(declaredIn(file))))).toEqual([]);
  });
});

describe.each(SIMULATED)('room %s', (room) => {
  it('computes with nothing that engines compute differently', () => {
    expect(filesOf(room).flatMap((file) => findIn(file, inexactMath))).toEqual([]);
  });
});
