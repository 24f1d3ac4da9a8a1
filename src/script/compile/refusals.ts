import { childrenOf, isFunction, type ParsedText, type SyntaxNode } from './parse.js';
import { ScriptError } from './script-error.js';

/** Names that the compiler puts into a text start with this. */
const PREFIX = '$$';

/** Refuses what k6's engine does not know, and what would not be safe. @throws ScriptError */
export function refuse({ tree }: ParsedText, text: string, file: string): void {
  const visit = (node: SyntaxNode): void => {
    const problem = problemOf(node);
    if (problem !== undefined) throw scriptError(problem, text, file, node.start);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(tree);
}

/** The mistake at an offset of a text. */
export function scriptError(message: string, text: string, file: string, offset: number): ScriptError {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  return new ScriptError(`${message}\n\tat ${file}:${line}:${column}\n`, { file, line, column });
}

function problemOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportExpression':
      return 'TypeError: dynamic modules not enabled in the host program';
    case 'ForOfStatement':
      return node.await
        ? 'SyntaxError: for await is not known to k6; await each value within for (... of ...)'
        : undefined;
    case 'WithStatement':
      return 'SyntaxError: Strict mode code may not include a with statement';
    case 'Identifier':
      return node.name.startsWith(PREFIX)
        ? `SyntaxError: the name ${node.name} cannot be used here: names that start with ${PREFIX} are the simulator's`
        : undefined;
    default:
      if (isFunction(node) && node.async && node.generator) {
        return 'SyntaxError: async generators are not known to k6; use an async function that returns a list';
      }
      return undefined;
  }
}
