import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The style guide as far as a program can check it. Every check collects all offenders, and says where. */

const root = path.join(import.meta.dirname, '..');
const src = path.join(root, 'src');

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

/** Rooms from the ground up; a file imports from its own room and from those named. */
const KERNEL = ['kernel'];
const OPTIONS = [...KERNEL, 'options'];
const RANDOM = [...OPTIONS, 'random'];
const METRICS = [...RANDOM, 'metrics'];
const MODEL = [...METRICS, 'model'];
const SCRIPT = [...MODEL, 'script'];
const INPUT = [...SCRIPT, 'input'];
/** A report sees results only, so that it can be drawn again years later. */
const REPORT = ['kernel', 'options', 'metrics', 'report'];
const EVERYTHING = [...INPUT, 'experiment', 'report'];
const BELOW: Readonly<Record<string, readonly string[]>> = {
  kernel: KERNEL,
  options: OPTIONS,
  random: RANDOM,
  metrics: METRICS,
  model: MODEL,
  script: SCRIPT,
  input: INPUT,
  experiment: [...INPUT, 'experiment'],
  report: REPORT,
  jobs: [...EVERYTHING, 'jobs'],
  cli: [...EVERYTHING, 'jobs', 'web', 'cli'],
  web: [...EVERYTHING, 'jobs', 'web'],
};

/** Rooms where a run must be a function of its seed alone. */
const PURE = ['kernel', 'options', 'random', 'metrics', 'model'];
/** What reads the clock, chance or the machine; whatever `src/random/math.ts` has a portable form of. */
const BANNED_GLOBALS = [
  'Date',
  'process',
  'console',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
];
const BANNED_MATH = [
  'random',
  'log',
  'log2',
  'log10',
  'log1p',
  'exp',
  'expm1',
  'pow',
  'sin',
  'cos',
  'tan',
  'cbrt',
  'hypot',
];

interface SourceFile {
  /** Below `src`, with slashes. */
  readonly name: string;
  readonly room: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

interface Import {
  /** A file below `src`, or a package's name. */
  readonly target: string;
  readonly inside: boolean;
  readonly typeOnly: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readSource(name.split(path.sep).join('/')))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

function readSource(name: string): SourceFile {
  const text = readFileSync(path.join(src, name), 'utf8');
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement)) {
      imports.push(importOf(name, statement.moduleSpecifier, isTypeOnly(statement.importClause)));
    } else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
      imports.push(importOf(name, statement.moduleSpecifier, statement.isTypeOnly));
    }
  }
  return { name, room: name.split('/')[0]!, text, tree, imports };
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function importOf(from: string, specifier: ts.Expression, typeOnly: boolean): Import {
  const { text } = specifier as ts.StringLiteral;
  if (!text.startsWith('.')) return { target: text, inside: false, typeOnly };
  const target = path.posix.join(path.posix.dirname(from), text).replace(/\.js$/, '.ts');
  return { target, inside: true, typeOnly };
}

function lineOf(file: SourceFile, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

describe('determinism', () => {
  const pure = files.filter(({ room }) => PURE.includes(room));

  it('no clock, no chance, no machine and no engine-defined mathematics where a run is computed', () => {
    const offenders: string[] = [];
    for (const file of pure) {
      walk(file.tree, (node) => {
        if (ts.isIdentifier(node) && BANNED_GLOBALS.includes(node.text) && isGlobal(node)) {
          offenders.push(`${file.name} ${node.text}`);
        }
        if (ts.isBinaryExpression(node) && isInexactPower(node)) {
          offenders.push(`${file.name} ${node.getText()}`);
        }
        if (!ts.isPropertyAccessExpression(node) || node.expression.getText() !== 'Math') return;
        if (BANNED_MATH.includes(node.name.text)) {
          offenders.push(`${file.name} Math.${node.name.text}`);
        }
      });
    }
    expect(offenders).toEqual([]);
  });

  it('nothing of Node is imported below the commands', () => {
    const offenders = files
      .filter(({ room }) => !['cli', 'jobs', 'web'].includes(room))
      .flatMap(({ name, imports }) => imports.map(({ target }) => `${name} ${target}`))
      .filter((line) => line.includes(' node:'));
    expect(offenders).toEqual([]);
  });
});

/** True for a name that stands for itself: neither a property, nor a key, nor something declared or imported here. */
function isGlobal(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isExpression(parent) || ts.isExpressionStatement(parent)) return !declaredIn(node);
  if (ts.isVariableDeclaration(parent)) return parent.initializer === node && !declaredIn(node);
  return false;
}

/** Engines differ in `**` as in `Math.pow`, but not in powers of two. */
function isInexactPower({ left, operatorToken }: ts.BinaryExpression): boolean {
  return (
    operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken && !['2', '1024'].includes(left.getText())
  );
}

function declaredIn(node: ts.Identifier): boolean {
  let declared = false;
  walk(node.getSourceFile(), (other) => {
    if (!ts.isIdentifier(other) || other.text !== node.text) return;
    const { parent } = other;
    const declares =
      ts.isParameter(parent) || ts.isVariableDeclaration(parent) || ts.isBindingElement(parent);
    if (declares && parent.name === other) declared = true;
    if (ts.isImportSpecifier(parent)) declared = true;
  });
  return declared;
}

describe('imports', () => {
  it('go to the same room or to those below', () => {
    const offenders = files.flatMap(({ name, room, imports }) =>
      imports
        .filter(({ inside, target }) => inside && !BELOW[room]!.includes(target.split('/')[0]!))
        .map(({ target }) => `${name} imports ${target}`),
    );
    expect(offenders).toEqual([]);
  });

  it('of the schema library at run time happen in one file', () => {
    const importers = files
      .filter(({ imports }) => imports.some(({ target, typeOnly }) => /^zod(\/|$)/.test(target) && !typeOnly))
      .map(({ name }) => name);
    expect(importers).toEqual(['options/fields.ts']);
  });

  it('at run time form no cycle', () => {
    expect(cycles()).toEqual([]);
  });

  it('are of packages that package.json names', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    const known = Object.keys({ ...dependencies, ...optionalDependencies });
    const offenders = files.flatMap(({ name, imports }) =>
      imports
        .filter(
          ({ inside, target }) =>
            !inside && !target.startsWith('node:') && !known.includes(packageOf(target)),
        )
        .map(({ target }) => `${name} imports ${target}`),
    );
    expect(offenders).toEqual([]);
  });
});

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Depth-first search: a file met again while it is still open closes a cycle. */
function cycles(): string[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const found: string[] = [];
  const visit = (name: string) => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      found.push([...trail.slice(trail.indexOf(name)), name].join(' -> '));
      return;
    }
    state.set(name, 'open');
    trail.push(name);
    for (const { target, inside, typeOnly } of byName.get(name)?.imports ?? []) {
      if (inside && !typeOnly) visit(target);
    }
    trail.pop();
    state.set(name, 'done');
  };
  for (const { name } of files) visit(name);
  return found;
}

describe('size', () => {
  it(`of files: at most ${FILE_LINES_MAX} lines`, () => {
    const offenders = files
      .map(({ name, text }) => ({ name, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > FILE_LINES_MAX)
      .map(({ name, lines }) => `${name}: ${lines}`);
    expect(offenders).toEqual([]);
  });

  it(`of functions: at most ${FUNCTION_LINES_MAX} lines`, () => {
    const offenders: string[] = [];
    for (const file of files) {
      walk(file.tree, (node) => {
        if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
        const end = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
        const lines = end - lineOf(file, node) + 1;
        if (lines > FUNCTION_LINES_MAX) offenders.push(`${file.name}:${lineOf(file, node)}: ${lines}`);
      });
    }
    expect(offenders).toEqual([]);
  });
});

describe('names and texts', () => {
  it('of files are kebab-case', () => {
    const offenders = files
      .map(({ name }) => name)
      .filter((name) => !name.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(part)));
    expect(offenders).toEqual([]);
  });

  it('exports have docstrings', () => {
    const offenders = files.flatMap((file) =>
      file.tree.statements
        .filter((statement) => isExported(statement) && !hasDocstring(file, statement) && !isGenerated(file))
        .filter((statement) => !isTwin(file, statement))
        .map((statement) => `${file.name}:${lineOf(file, statement)}`),
    );
    expect(offenders).toEqual([]);
  });
});

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Its own, or that of the constants right above it: `NS_PER_US`, `NS_PER_MS`, ... stand together under one. */
function hasDocstring(file: SourceFile, statement: ts.Statement): boolean {
  if (ts.getJSDocCommentsAndTags(statement).length > 0) return true;
  const above = file.tree.statements[file.tree.statements.indexOf(statement) - 1];
  if (above === undefined || !ts.isVariableStatement(statement) || !ts.isVariableStatement(above))
    return false;
  const endOfAbove = file.tree.getLineAndCharacterOfPosition(above.getEnd()).line + 1;
  return lineOf(file, statement) === endOfAbove + 1 && hasDocstring(file, above);
}

function isGenerated({ text }: SourceFile): boolean {
  return text.startsWith('// Generated by');
}

/** The type beside a constant of the same name (`Failure`), and further signatures of an overloaded function. */
function isTwin(file: SourceFile, statement: ts.Statement): boolean {
  const name = (statement as ts.DeclarationStatement).name?.getText();
  if (name === undefined) return false;
  return file.tree.statements.some(
    (other) => other !== statement && isExported(other) && hasDocstring(file, other) && declares(other, name),
  );
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.some((declaration) => declaration.name.getText() === name);
  }
  return (statement as ts.DeclarationStatement).name?.getText() === name;
}

/** Plural folders whose files are plugs: those that have a generated index. What it does not import are helpers. */
const indexes = files.filter((file) => file.name.endsWith('/index.ts') && isGenerated(file));

describe.each(indexes)('the plugs of $name', ({ imports }) => {
  it('are one constant per file, named as the file, that describes itself', async () => {
    const offenders: string[] = [];
    for (const { target } of imports.filter(({ typeOnly }) => !typeOnly)) {
      const constant = path.posix
        .basename(target, '.ts')
        .replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
      const module = (await import(path.join(src, target))) as Record<
        string,
        Record<string, unknown> | undefined
      >;
      const plug = module[constant];
      if (plug === undefined) offenders.push(`${target} does not export ${constant}`);
      else offenders.push(...emptyTexts(plug).map((key) => `${target}: ${key} is empty`));
    }
    expect(offenders).toEqual([]);
  });
});

/** Whatever takes options shows how they are written, and says where its behaviour was taken from. */
function emptyTexts(plug: Record<string, unknown>): string[] {
  const keys = plug.options === undefined ? ['name', 'summary'] : ['name', 'summary', 'source', 'example'];
  return keys.filter((key) => typeof plug[key] !== 'string' || plug[key].trim() === '');
}
