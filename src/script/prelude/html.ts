import { type HtmlNode, readDocument, VOID_TAGS } from './html-document.js';
import { matches, readSelector } from './html-selector.js';

function textOf(node: HtmlNode): string {
  return node.tag === '' ? node.text : node.children.map(textOf).join('');
}

function htmlOf(node: HtmlNode): string {
  if (node.tag === '') return node.text;
  const inside = node.children.map(htmlOf).join('');
  if (node.tag === '#document') return inside;
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${value}"`);
  const open = `<${node.tag}${attributes.join('')}>`;
  return VOID_TAGS.has(node.tag) ? open : `${open}${inside}</${node.tag}>`;
}

/** One element, as `each` and `get` hand it out. */
class HtmlElement {
  readonly #node: HtmlNode;

  constructor(node: HtmlNode) {
    this.#node = node;
  }

  nodeName(): string {
    return this.#node.tag;
  }

  textContent(): string {
    return textOf(this.#node);
  }

  innerHTML(): string {
    return this.#node.children.map(htmlOf).join('');
  }

  getAttribute(name: string): string | undefined {
    return this.#node.attributes[name];
  }

  id(): string {
    return this.#node.attributes.id ?? '';
  }
}

/** k6's `Selection` (internal/js/modules/k6/html), the part of jQuery that scripts use to find things. */
class Selection {
  readonly #nodes: readonly HtmlNode[];

  constructor(nodes: readonly HtmlNode[]) {
    this.#nodes = nodes;
  }

  find(selector: string): Selection {
    const branches = readSelector(selector);
    const found = new Set<HtmlNode>();
    const visit = (node: HtmlNode): void => {
      for (const child of node.children) {
        if (branches.some((steps) => matches(child, steps))) found.add(child);
        visit(child);
      }
    };
    this.#nodes.forEach(visit);
    return new Selection([...found]);
  }

  filter(selector: string): Selection {
    const branches = readSelector(selector);
    return new Selection(this.#nodes.filter((node) => branches.some((steps) => matches(node, steps))));
  }

  is(selector: string): boolean {
    return this.filter(selector).size() > 0;
  }

  children(selector?: string): Selection {
    const all = new Selection(this.#nodes.flatMap((node) => node.children.filter(({ tag }) => tag !== '')));
    return selector === undefined ? all : all.filter(selector);
  }

  parent(): Selection {
    return new Selection([...new Set(this.#nodes.flatMap(({ parent }) => parent ?? []))]);
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

  size(): number {
    return this.#nodes.length;
  }

  get length(): number {
    return this.#nodes.length;
  }

  text(): string {
    return this.#nodes.map(textOf).join('');
  }

  html(): string | undefined {
    return this.#nodes[0]?.children.map(htmlOf).join('');
  }

  attr(name: string, otherwise?: string): string | undefined {
    return this.#nodes[0]?.attributes[name] ?? otherwise;
  }

  val(): string | undefined {
    return this.attr('value');
  }

  each(callback: (index: number, element: HtmlElement) => unknown): Selection {
    this.#nodes.forEach((node, index) => {
      callback(index, new HtmlElement(node));
    });
    return this;
  }

  map(callback: (index: number, element: Selection) => unknown): unknown[] {
    return this.#nodes.map((node, index) => callback(index, new Selection([node])));
  }

  get(index: number): HtmlElement | undefined {
    const node = this.#nodes.at(index);
    return node === undefined ? undefined : new HtmlElement(node);
  }

  toArray(): Selection[] {
    return this.#nodes.map((node) => new Selection([node]));
  }
}

/** k6's `parseHTML`. */
export function parseHtml(source: string): Selection {
  return new Selection([readDocument(source)]);
}

/** What `import ... from 'k6/html'` gives. */
export const htmlModule: Readonly<Record<string, unknown>> = {
  parseHTML: (source: unknown) => parseHtml(String(source)),
};
