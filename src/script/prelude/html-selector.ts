import type { HtmlNode } from './html-document.js';

/** One step of a selector: `div.a#b[c=d]`, and how it relates to the step before. */
export interface SelectorStep {
  readonly child: boolean;
  readonly tests: readonly ((node: HtmlNode) => boolean)[];
}

const SIMPLE =
  /([.#]?)([\w-]+|\*)|\[([\w-]+)(?:([~^$*|]?=)["']?([^\]"']*)["']?)?\]|:(first-child|last-child)/g;

/** The branches of a selector (`a, b`), each a list of steps. */
export function readSelector(text: string): SelectorStep[][] {
  return text.split(',').map((branch) => {
    const steps: SelectorStep[] = [];
    let child = false;
    for (const part of branch
      .trim()
      .replace(/\s*>\s*/g, ' > ')
      .split(/\s+/)) {
      if (part === '>') child = true;
      else {
        steps.push({ child, tests: [...part.matchAll(SIMPLE)].map(testOf) });
        child = false;
      }
    }
    return steps;
  });
}

function testOf(match: RegExpMatchArray): (node: HtmlNode) => boolean {
  const [, kind, name, attribute, operator, value, place] = match;
  if (place !== undefined) {
    return (node) => {
      const siblings = node.parent!.children.filter(({ tag }) => tag !== '');
      return siblings.at(place === 'first-child' ? 0 : -1) === node;
    };
  }
  if (attribute !== undefined)
    return (node) => attributeMatches(node.attributes[attribute], operator, value ?? '');
  if (kind === '.') return (node) => (node.attributes.class ?? '').split(/\s+/).includes(name!);
  if (kind === '#') return (node) => node.attributes.id === name;
  return (node) => name === '*' || node.tag === name!.toLowerCase();
}

function attributeMatches(actual: string | undefined, operator: string | undefined, wanted: string): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case undefined:
      return true;
    case '=':
      return actual === wanted;
    case '^=':
      return actual.startsWith(wanted);
    case '$=':
      return actual.endsWith(wanted);
    case '*=':
      return actual.includes(wanted);
    default:
      return actual.split(/\s+/).includes(wanted);
  }
}

/** True if the node is where a branch leads. */
export function matches(node: HtmlNode, steps: readonly SelectorStep[]): boolean {
  const last = steps.at(-1);
  if (last === undefined) return true;
  if (node.tag === '' || node.tag === '#document' || !last.tests.every((test) => test(node))) return false;
  const before = steps.slice(0, -1);
  if (before.length === 0) return true;
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (matches(above, before)) return true;
    if (last.child) return false;
  }
  return false;
}
