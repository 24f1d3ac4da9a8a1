import { type AnyFunction, invoke, Stamp } from './core.js';
import { goError } from './errors.js';
import { formText } from './forms.js';
import { type HtmlNode, readDocument } from './html-document.js';
import { HtmlElement } from './html-element.js';
import {
  ancestorsOf,
  dataAttribute,
  dataProperty,
  dataValue,
  descendants,
  elementsIn,
  fieldsOf,
  fieldValue,
  innerHtml,
  neighboursOf,
  rootOf,
  textOf,
} from './html-nodes.js';
import { matches, readSelector } from './html-selector.js';

type Test = (node: HtmlNode, index: number) => boolean;

/** k6's `Selection` (js/modules/k6/html/html.go, over goquery), but for `end` and the `...Until` methods. */
export class Selection {
  readonly #nodes: readonly HtmlNode[];

  constructor(nodes: readonly HtmlNode[]) {
    this.#nodes = nodes;
  }

  find(selector: unknown): Selection {
    const test = testOf(selector, 'find');
    return selectionOf(this.#nodes.flatMap((node) => descendants(node).filter(test)));
  }

  single(selector: unknown): Selection {
    return this.find(selector).first();
  }

  filter(selector: unknown): Selection {
    return new Selection(this.#nodes.filter(testOf(selector, 'filter')));
  }

  not(selector: unknown): Selection {
    const test = testOf(selector, 'not');
    return new Selection(this.#nodes.filter((node, index) => !test(node, index)));
  }

  is(selector: unknown): boolean {
    return this.#nodes.some(testOf(selector, 'is'));
  }

  has(selector: unknown): Selection {
    const test = testOf(selector, 'has');
    return new Selection(this.#nodes.filter((node) => descendants(node).some(test)));
  }

  add(selector: unknown): Selection {
    if (typeof selector !== 'string') return selectionOf([...this.#nodes, ...nodesOf(selector)]);
    const [first] = this.#nodes;
    const found = first === undefined ? [] : descendants(rootOf(first)).filter(testOf(selector, 'add'));
    return selectionOf([...this.#nodes, ...found]);
  }

  closest(selector: unknown): Selection {
    const test = testOf(selector, 'closest');
    return selectionOf(this.#nodes.flatMap((node) => [node, ...ancestorsOf(node)].find(test) ?? []));
  }

  children(selector?: string): Selection {
    return this.#around(elementsIn, selector);
  }

  contents(): Selection {
    return selectionOf(this.#nodes.flatMap(({ children }) => children));
  }

  parent(selector?: string): Selection {
    return this.#around((node) => ancestorsOf(node).slice(0, 1), selector);
  }

  parents(selector?: string): Selection {
    return this.#around(ancestorsOf, selector);
  }

  next(selector?: string): Selection {
    return this.#around((node) => neighboursOf(node).after.slice(0, 1), selector);
  }

  nextAll(selector?: string): Selection {
    return this.#around((node) => neighboursOf(node).after, selector);
  }

  prev(selector?: string): Selection {
    return this.#around((node) => neighboursOf(node).before.slice(0, 1), selector);
  }

  prevAll(selector?: string): Selection {
    return this.#around((node) => neighboursOf(node).before, selector);
  }

  siblings(selector?: string): Selection {
    return this.#around(
      (node) => elementsIn(node.parent ?? node).filter((other) => other !== node),
      selector,
    );
  }

  #around(step: (node: HtmlNode) => HtmlNode[], selector: string | undefined): Selection {
    const all = selectionOf(this.#nodes.flatMap(step));
    return selector === undefined ? all : all.filter(selector);
  }

  first(): Selection {
    return this.eq(0);
  }

  last(): Selection {
    return this.eq(-1);
  }

  eq(index: number): Selection {
    const node = this.#nodes.at(index);
    return new Selection(node === undefined ? [] : [node]);
  }

  slice(start: number, end?: number): Selection {
    return new Selection(this.#nodes.slice(start, end));
  }

  size(): number {
    return this.#nodes.length;
  }

  get length(): number {
    return this.#nodes.length;
  }

  index(other?: unknown): number {
    const [first] = this.#nodes;
    if (first === undefined) return -1;
    if (other === undefined) return neighboursOf(first).before.length;
    if (typeof other === 'string')
      return descendants(rootOf(first)).filter(testOf(other, 'index')).indexOf(first);
    const [wanted] = nodesOf(other);
    return wanted === undefined ? -1 : this.#nodes.indexOf(wanted);
  }

  text(): string {
    return this.#nodes.map(textOf).join('');
  }

  html(): string | undefined {
    const [first] = this.#nodes;
    return first === undefined ? '' : innerHtml(first);
  }

  attr(name: string, otherwise?: unknown): unknown {
    return this.#nodes[0]?.attributes[name] ?? otherwise;
  }

  val(): unknown {
    return this.#nodes[0] === undefined ? undefined : fieldValue(this.#nodes[0]);
  }

  data(name?: string): unknown {
    const { attributes = {} } = this.#nodes[0] ?? {};
    if (Object.keys(attributes).length === 0) return undefined;
    if (name !== undefined) {
      const text = attributes[dataAttribute(name)];
      return text === undefined ? undefined : dataValue(text);
    }
    const own = Object.entries(attributes).filter(([key]) => /^data-./.test(key));
    return Object.fromEntries(own.map(([key, text]) => [dataProperty(key.slice(5)), dataValue(text)]));
  }

  each(callback: (index: number, element: HtmlElement) => unknown): Selection {
    if (typeof callback !== 'function') throw goError('the argument to each() must be a function');
    this.#nodes.forEach((node, index) => {
      try {
        callback(index, new HtmlElement(node));
      } catch (error) {
        throw eachFailed(error);
      }
    });
    return this;
  }

  /** A callback that throws leaves its element out, as in k6. */
  map(callback: (index: number, element: Selection) => unknown): unknown[] {
    if (typeof callback !== 'function') throw goError('the argument to map() must be a function');
    return this.#nodes.flatMap((node, index) => {
      try {
        return [callback(index, new Selection([node]))];
      } catch {
        return [];
      }
    });
  }

  get(index?: number): HtmlElement | HtmlElement[] | undefined {
    if (index === undefined) return this.#nodes.map((node) => new HtmlElement(node));
    const node = index > -this.#nodes.length ? this.#nodes.at(index) : undefined;
    return node === undefined ? undefined : new HtmlElement(node);
  }

  toArray(): Selection[] {
    return this.#nodes.map((node) => new Selection([node]));
  }

  serializeArray(): { name: string; value: unknown }[] {
    return fieldsOf(this.#nodes).map((node) => ({ name: node.attributes.name!, value: fieldValue(node) }));
  }

  serializeObject(): Record<string, unknown> {
    return Object.fromEntries(this.serializeArray().map(({ name, value }) => [name, value]));
  }

  serialize(): string {
    return formText(this.serializeObject()).text;
  }

  /** Nodes of a selection; none for anything else. */
  static nodesOf(value: unknown): readonly HtmlNode[] | undefined {
    return typeof value === 'object' && value !== null && #nodes in value ? value.#nodes : undefined;
  }
}

function eachFailed(error: unknown): Error {
  return goError(`the function passed to each() failed: ${String(error)}`);
}

function selectionOf(nodes: readonly HtmlNode[]): Selection {
  return new Selection([...new Set(nodes)]);
}

function nodesOf(value: unknown): readonly HtmlNode[] {
  const node = HtmlElement.nodeOf(value);
  return node === undefined ? (Selection.nodesOf(value) ?? []) : [node];
}

/** A selector, a selection, an element or a function, as a test of nodes. */
function testOf(selector: unknown, method: string): Test {
  if (typeof selector === 'string') {
    const branches = readSelector(selector);
    return (node) => branches.some((steps) => matches(node, steps));
  }
  if (typeof selector === 'function') {
    const callback = selector as AnyFunction;
    return (node, index) => Boolean(callback(index, new Selection([node])));
  }
  if (Selection.nodesOf(selector) === undefined && HtmlElement.nodeOf(selector) === undefined) {
    throw goError(`the argument to ${method}() must be a function, a selector or a selection`);
  }
  const nodes = nodesOf(selector);
  return (node) => nodes.includes(node);
}

/** `each` and `map` for callbacks that wait. */
Stamp.putNative(Selection.prototype.each, function* (this: unknown, callback) {
  for (const [index, node] of nodesOf(this).entries()) {
    try {
      yield* invoke(callback, undefined, [index, new HtmlElement(node)]);
    } catch (error) {
      throw eachFailed(error);
    }
  }
  return this;
});
Stamp.putNative(Selection.prototype.map, function* (this: unknown, callback) {
  const results: unknown[] = [];
  for (const [index, node] of nodesOf(this).entries()) {
    try {
      results.push(yield* invoke(callback, undefined, [index, new Selection([node])]));
    } catch {
      // Its element is left out, as in k6.
    }
  }
  return results;
});

/** k6's `parseHTML`. */
export function parseHtml(source: string): Selection {
  return new Selection([readDocument(source)]);
}

/** What `import ... from 'k6/html'` gives. */
export const htmlModule: Readonly<Record<string, unknown>> = {
  parseHTML: (source: unknown) => parseHtml(String(source)),
};
