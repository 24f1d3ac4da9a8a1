import { Frame, type Rewriting } from './frame.js';
import type { FunctionNode } from './parse.js';
import type { FunctionUnit } from './scope.js';
import { positionOf } from './tokens.js';

/** What kind of function the runtime is to make of a generator: bits. */
export const Shape = { function: 0, arrow: 1, async: 2, generator: 4, method: 8 } as const;

/** The bits of a function. */
export function shapeOf(unit: FunctionUnit): number {
  let shape: number = unit.kind === 'arrow' ? Shape.arrow : Shape.function;
  if (unit.async) shape |= Shape.async;
  if (unit.generator) shape |= Shape.generator;
  if (unit.kind === 'method') shape |= Shape.method;
  return shape;
}

/** How many parameters a function says it has. */
export function lengthOf(node: FunctionNode): number {
  const first = node.params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement');
  return first === -1 ? node.params.length : first;
}

/** A function where it stands: as it is, or as a generator that the runtime makes a function of. */
export function rewriteFunction(rewriting: Rewriting, node: FunctionNode, outer: Frame): void {
  const unit = rewriting.facts.unitOf.get(node)!;
  const start = visitFunction(rewriting, node, unit);
  if (!unit.transformed) {
    insertStart(rewriting, node, start);
    if (node.type === 'FunctionDeclaration' && !node.id) {
      rewriting.code.appendLeft(positionOf(rewriting.text, '(', node.start), ` ${DEFAULT_NAME}`);
    }
    return;
  }
  if (node.type === 'FunctionDeclaration') rewriteDeclaration(rewriting, node, unit, start, outer);
  else rewriteExpression(rewriting, node, unit, start);
}

/** Rewrites what is inside a function; returns what must stand at the start of its body. */
export function visitFunction(rewriting: Rewriting, node: FunctionNode, unit: FunctionUnit): string {
  const frame = new Frame(unit, unit.resumable);
  rewriting.inside(unit, () => {
    for (const parameter of node.params) rewriting.visit(parameter, frame);
    if (node.body.type !== 'BlockStatement') rewriting.visit(node.body, frame);
    else for (const statement of node.body.body) rewriting.visit(statement, frame);
  });
  return prologue(unit) + frame.declarations() + rewriting.takeHoisted(node.body);
}

/** Puts `start` at the start of the body of a function that stays one. */
export function insertStart(rewriting: Rewriting, node: FunctionNode, start: string): void {
  if (start !== '' && node.body.type === 'BlockStatement') {
    rewriting.code.appendLeft(node.body.start + 1, start);
  }
}

/** Variables by which arrows inside see `this` and the like. */
function prologue(unit: FunctionUnit): string {
  if (unit.kind === 'arrow') return '';
  let text = '';
  if (unit.kind === 'derived-constructor') text += 'let $$this;';
  else if (unit.needsThis) text += 'const $$this = this;';
  if (unit.needsArguments) text += 'const $$arguments = arguments;';
  if (unit.needsSuper) text += 'const $$super = (key) => super[key];';
  if (unit.needsNewTarget) text += 'const $$new = new.target;';
  return text;
}

/**
 * Replaces everything from `from` to the first statement (or the expression) by `head`, parameters and the start of a body;
 * an expression gets a `return` around it. `yield` may not stand among parameters: those are taken apart in the body.
 */
export function generatorText(
  rewriting: Rewriting,
  node: FunctionNode,
  options: { readonly from: number; readonly head: string; readonly start: string },
): void {
  const { code, text } = rewriting;
  const parameters = node.params.map((parameter) => rewriting.slice(parameter)).join(', ');
  const inside = /\byield\b/.test(parameters);
  const open = inside
    ? `(...$$args) {${options.start} let [${parameters}] = $$args;`
    : `(${parameters}) {${options.start}`;
  const { body } = node;
  if (body.type === 'BlockStatement') {
    code.overwrite(options.from, body.start + 1, options.head + open);
    return;
  }
  const arrow = positionOf(text, '=>', node.params.at(-1)?.end ?? node.start);
  let bodyStart = arrow + 2;
  while (/\s/.test(text[bodyStart]!)) bodyStart += 1;
  code.overwrite(options.from, bodyStart, `${options.head}${open} return (`);
  code.appendLeft(node.end, '); }');
}

/** `function f() {...}` becomes a generator, and `f` what the runtime makes of it, from the start of the block on. */
function rewriteDeclaration(
  rewriting: Rewriting,
  node: Extract<FunctionNode, { type: 'FunctionDeclaration' }>,
  unit: FunctionUnit,
  start: string,
  outer: Frame,
): void {
  const name = node.id?.name ?? DEFAULT_NAME;
  generatorText(rewriting, node, { from: node.start, head: `function* $$g_${name}`, start });
  const { block, word } = rewriting.facts.blockOf.get(node) ?? { block: outer.unit.node, word: 'var' };
  const label = JSON.stringify(unit.name);
  rewriting.hoist(
    block,
    `${word} ${name} = $$f(${shapeOf(unit)}, $$g_${name}, ${lengthOf(node)}, ${label});`,
  );
}

function rewriteExpression(
  rewriting: Rewriting,
  node: Exclude<FunctionNode, { type: 'FunctionDeclaration' }>,
  unit: FunctionUnit,
  start: string,
): void {
  const own = node.type === 'FunctionExpression' ? node.id : null;
  generatorText(rewriting, node, { from: node.start, head: 'function*', start });
  // The own name means the whole function inside, not the generator.
  const open = own ? `$$o(${shapeOf(unit)}, (${own.name}) => ` : `$$f(${shapeOf(unit)}, `;
  rewriting.wrap(node, open, `, ${lengthOf(node)})`);
}

/** The name by which a compiled module knows what it exports by default, where that has no name. */
export const DEFAULT_NAME = '$$default';
