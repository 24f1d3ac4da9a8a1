import { type AnyNode, type Options, type Program, parse, type Token } from 'acorn';

/** A node of the syntax tree, ESTree's, with its place in the text. */
export type SyntaxNode = AnyNode;

/** What kind of module a text is: k6 decides it by the text alone (no import, no export: CommonJS). */
export type ModuleKind = 'module' | 'commonjs';

/** A text that could be read. */
export interface ParsedText {
  readonly kind: ModuleKind;
  readonly tree: Program;
  /** Where a blank must come in between, lest the engine takes `<!--` or `-->` for comments, as it does outside of modules. */
  readonly splits: readonly number[];
}

/** Where reading a text ended; line and column count from 1. */
export class SyntaxMistake extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

/** sobek's level, and a little more: what a script of k6 1.8 may be written in. */
const LANGUAGE: Options = {
  ecmaVersion: 2023,
  allowHashBang: true,
  locations: false,
};

/** Reads a script. @throws SyntaxMistake where it is none. */
export function parseText(text: string): ParsedText {
  try {
    const onToken: Token[] = [];
    const tree = parse(text, {
      ...LANGUAGE,
      sourceType: 'module',
      allowAwaitOutsideFunction: true,
      onToken,
    });
    if (isModule(tree)) return { kind: 'module', tree, splits: splitsOf(text, onToken) };
  } catch (error) {
    if (hasModuleSyntax(text, error)) throw toMistake(error);
  }
  try {
    const tree = parse(text, { ...LANGUAGE, sourceType: 'script', allowReturnOutsideFunction: true });
    return { kind: 'commonjs', tree, splits: [] };
  } catch (error) {
    throw toMistake(error);
  }
}

function splitsOf(text: string, tokens: readonly Token[]): number[] {
  const splits: number[] = [];
  for (const { start, end } of tokens) {
    if (text.startsWith('<!--', start) && end === start + 1) splits.push(end);
    if (text.startsWith('-->', start) && end === start + 2) splits.push(end);
  }
  return splits;
}

function isModule(tree: Program): boolean {
  return tree.body.some(({ type }) => MODULE_STATEMENTS.has(type)) || hasTopLevelAwait(tree);
}

const MODULE_STATEMENTS = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportDefaultDeclaration',
  'ExportAllDeclaration',
]);

/** A text that does not parse is a module if it looks like one: its mistake is then told as of a module. */
function hasModuleSyntax(text: string, error: unknown): boolean {
  return error instanceof SyntaxError && /^[ \t]*(?:import|export)\b/m.test(text);
}

/** `await` outside of functions makes a module of a text. */
export function hasTopLevelAwait(node: SyntaxNode): boolean {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return true;
  if (isFunction(node)) return false;
  return childrenOf(node).some(hasTopLevelAwait);
}

/** A function with a body of its own, arrows included. */
export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** True for anything that opens a new function. */
export function isFunction(node: SyntaxNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** The nodes right below, in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) for (const item of value) if (isNode(item)) children.push(item);
    if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

function toMistake(error: unknown): SyntaxMistake {
  const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
  if (loc === undefined) throw error;
  return new SyntaxMistake(message.replace(/ \(\d+:\d+\)$/, ''), loc.line, loc.column + 1);
}
