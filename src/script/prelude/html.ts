/** A node of a document: an element, or a text. */
interface HtmlNode {
  /** Lower case; empty for a text, `#document` for the root. */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: HtmlNode[];
  readonly text: string;
  readonly parent: HtmlNode | undefined;
}

const VOID_TAGS: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta source track wbr'.split(' '),
);
const RAW_TAGS: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title']);

const TOKEN =
  /<!--[\s\S]*?-->|<![^>]*>|<\/([a-zA-Z][^\s>/]*)[^>]*>|<([a-zA-Z][^\s>/]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</g;
const ATTRIBUTE = /([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;

function element(tag: string, attributes: Record<string, string>, parent: HtmlNode | undefined): HtmlNode {
  const node: HtmlNode = { tag, attributes, children: [], text: '', parent };
  parent?.children.push(node);
  return node;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE)) {
    attributes[name!.toLowerCase()] = unescaped(double ?? single ?? bare ?? '');
  }
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function unescaped(text: string): string {
  return text.replace(/&(#x?[\da-fA-F]+|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return ENTITIES[name] ?? whole;
  });
}

/** Reads a document; what is not closed is closed by its parent's end. */
function readDocument(source: string): HtmlNode {
  const root = element('#document', {}, undefined);
  let current = root;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const [whole, closing, opening, attributes] = match;
    if (closing !== undefined) current = closed(current, closing.toLowerCase());
    else if (opening !== undefined) {
      const tag = opening.toLowerCase();
      const node = element(tag, readAttributes(attributes ?? ''), current);
      if (RAW_TAGS.has(tag)) rawText(node, source);
      else if (!VOID_TAGS.has(tag) && !whole.endsWith('/>')) current = node;
    } else if (!whole.startsWith('<!')) {
      current.children.push({
        tag: '',
        attributes: {},
        children: [],
        text: unescaped(whole),
        parent: current,
      });
    }
  }
  return root;
}

function closed(current: HtmlNode, tag: string): HtmlNode {
  for (let node: HtmlNode | undefined = current; node?.parent !== undefined; node = node.parent) {
    if (node.tag === tag) return node.parent;
  }
  return current;
}

function rawText(node: HtmlNode, source: string): void {
  const start = TOKEN.lastIndex;
  const end = source.toLowerCase().indexOf(`</${node.tag}`, start);
  const text = source.slice(start, end === -1 ? undefined : end);
  node.children.push({ tag: '', attributes: {}, children: [], text, parent: node });
  TOKEN.lastIndex = end === -1 ? source.length : source.indexOf('>', end) + 1;
}

/** One step of a selector: `div.a#b[c=d]`, and how it relates to the step before. */
interface SelectorStep {
  readonly child: boolean;
  readonly tests: readonly ((node: HtmlNode) => boolean)[];
}

const SIMPLE =
  /([.#]?)([\w-]+|\*)|\[([\w-]+)(?:([~^$*|]?=)["']?([^\]"']*)["']?)?\]|:(first-child|last-child)/g;

function readSelector(text: string): SelectorStep[][] {
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

function matches(node: HtmlNode, steps: readonly SelectorStep[]): boolean {
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

  each(callback: (index: number, element: Selection) => unknown): Selection {
    this.#nodes.forEach((node, index) => {
      callback(index, new Selection([node]));
    });
    return this;
  }

  map(callback: (index: number, element: Selection) => unknown): unknown[] {
    return this.#nodes.map((node, index) => callback(index, new Selection([node])));
  }

  toArray(): Selection[] {
    return this.#nodes.map((node) => new Selection([node]));
  }
}

/** k6's `parseHTML`. */
export function parseHtml(source: string): Selection {
  TOKEN.lastIndex = 0;
  return new Selection([readDocument(source)]);
}

/** What `import ... from 'k6/html'` gives. */
export const htmlModule: Readonly<Record<string, unknown>> = {
  parseHTML: (source: unknown) => parseHtml(String(source)),
};
