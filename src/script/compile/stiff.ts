import { apiKind, STIFF_METHODS } from './api.js';
import type { ModuleFacts } from './facts.js';
import { nameOfKey } from './names.js';
import { childrenOf, type FunctionNode, isFunction, type SyntaxNode } from './parse.js';
import { scriptError } from './refusals.js';

/** Methods that the language itself calls. */
const CALLED_BY_LANGUAGE: ReadonlySet<string> = new Set(['toJSON', 'valueOf', 'toString']);

/** Where code is that cannot wait, and what to write instead. */
interface StiffPlace {
  readonly where: string;
  readonly instead: string;
}

const AFTERWARDS = 'do it in a method that is called afterwards';

/** Refuses calls that block where it is plain to see that nobody can wait. @throws ScriptError with place and advice. */
export function refuseStiff(facts: ModuleFacts, text: string, file: string): void {
  const visit = (node: SyntaxNode, place: StiffPlace | undefined): void => {
    if (place !== undefined && node.type === 'CallExpression') {
      const name = blockingCall(facts, node);
      if (name !== undefined) {
        throw scriptError(
          `${name}() cannot wait in ${place.where}; ${place.instead}`,
          text,
          file,
          node.start,
        );
      }
    }
    const inner = isFunction(node) ? undefined : place;
    if (node.type === 'CallExpression') {
      visit(node.callee, inner);
      const callback = callbackPlace(node.callee);
      for (const argument of node.arguments) visitFunction(argument, callback, inner);
      return;
    }
    if (node.type === 'MethodDefinition' || node.type === 'Property') {
      if (node.computed) visit(node.key, inner);
      visitFunction(node.value, memberPlace(node), inner);
      return;
    }
    if (node.type === 'PropertyDefinition') {
      if (node.computed) visit(node.key, inner);
      if (node.value) visit(node.value, { where: 'the initial value of a field', instead: AFTERWARDS });
      return;
    }
    for (const child of childrenOf(node)) visit(child, inner);
  };
  /** The body of a function is in `own`; anything else stays in `outer`. */
  const visitFunction = (
    node: SyntaxNode,
    own: StiffPlace | undefined,
    outer: StiffPlace | undefined,
  ): void => {
    if (!isFunction(node) || own === undefined) visit(node, outer);
    else for (const child of [...node.params, (node as FunctionNode).body]) visit(child, own);
  };
  visit(facts.parsed.tree, undefined);
}

function callbackPlace(callee: SyntaxNode): StiffPlace | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
  const name = nameOfKey(callee.property)!;
  if (!Object.hasOwn(STIFF_METHODS, name)) return undefined;
  return { where: `a callback of ${name}()`, instead: STIFF_METHODS[name]! };
}

function memberPlace(
  node: Extract<SyntaxNode, { type: 'MethodDefinition' | 'Property' }>,
): StiffPlace | undefined {
  const name = node.computed ? '' : (nameOfKey(node.key) ?? '');
  if (node.kind === 'get') return { where: 'a getter', instead: `make "${name}" a method` };
  if (node.kind === 'set') return { where: 'a setter', instead: `make "${name}" a method` };
  if (node.kind === 'constructor') return { where: 'a constructor', instead: AFTERWARDS };
  if (!CALLED_BY_LANGUAGE.has(name)) return undefined;
  return {
    where: `"${name}", which the language calls itself`,
    instead: 'fetch it before, and keep it in a variable',
  };
}

/** `http.get`, if the call is one of k6's that block. */
function blockingCall(
  facts: ModuleFacts,
  { callee }: Extract<SyntaxNode, { type: 'CallExpression' }>,
): string | undefined {
  if (callee.type === 'Identifier') {
    const origin = facts.references.get(callee)?.origin;
    if (origin === undefined || apiKind(origin) !== 'blocking') return undefined;
    return origin.specifier === 'k6/http' ? `http.${origin.imported}` : origin.imported;
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier')
    return undefined;
  const origin = facts.references.get(callee.object)?.origin;
  const name = nameOfKey(callee.property);
  if (origin === undefined || name === undefined || apiKind(origin, name) !== 'blocking') return undefined;
  return origin.specifier === 'k6/http' ? `http.${name}` : name;
}
