import { ITERATION } from './facts.js';
import type { Frame, Rewriting } from './frame.js';
import type { SyntaxNode } from './parse.js';

/** Counts a turn of a loop: one that never waits must not stop the clock. */
export function guardLoop(rewriting: Rewriting, loop: SyntaxNode, body: SyntaxNode): void {
  const text = `if (--$$n.left < 0) $$l/*@${loop.start}*/();`;
  if (body.type === 'BlockStatement') rewriting.code.appendLeft(body.start + 1, text);
  else rewriting.wrap(body, `{${text}`, '}');
}

/** `for (... of ...)` over what may have to wait for its items: each turn fetches its own. */
export function rewriteForOf(
  rewriting: Rewriting,
  node: Extract<SyntaxNode, { type: 'ForOfStatement' }>,
  frame: Frame,
): void {
  rewriting.visitChildren(node, frame);
  guardLoop(rewriting, node, node.body);
  if (!frame.resumable || !rewriting.reach.waits([{ kind: 'name', name: ITERATION }])) return;
  const item = frame.unique();
  const { left } = node;
  const target =
    left.type === 'VariableDeclaration'
      ? `${left.kind} ${rewriting.slice(left.declarations[0]!)} = ${item};`
      : `(${rewriting.slice(left)} = ${item});`;
  rewriting.code.overwrite(left.start, left.end, `let ${item}`);
  rewriting.wrap(node.right, '$$of((', '))');
  const pull = `if ($$pulls(${item})) { if (!(yield* ${item}.pull())) break; ${item} = ${item}.value; }`;
  rewriting.wrap(node.body, `{ ${pull} ${target} `, '}');
}
