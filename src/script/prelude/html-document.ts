/** A node of a document: an element, or a text. */
export interface HtmlNode {
  /** Lower case; empty for a text, `#document` for the root. */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: HtmlNode[];
  readonly text: string;
  readonly parent: HtmlNode | undefined;
}

/** Elements that have no end. */
export const VOID_TAGS: ReadonlySet<string> = new Set(
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
  copy: '\u00a9',
  reg: '\u00ae',
  laquo: '\u00ab',
  raquo: '\u00bb',
  ndash: '\u2013',
  mdash: '\u2014',
  hellip: '\u2026',
  euro: '\u20ac',
};

function unescaped(text: string): string {
  return text.replace(/&(#x?[\da-fA-F]+|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    return ENTITIES[name] ?? whole;
  });
}

/** Reads a document; what is not closed is closed by its parent's end. */
export function readDocument(source: string): HtmlNode {
  TOKEN.lastIndex = 0;
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
  const raw = source.slice(start, end === -1 ? undefined : end);
  const text = node.tag === 'script' || node.tag === 'style' ? raw : unescaped(raw);
  node.children.push({ tag: '', attributes: {}, children: [], text, parent: node });
  TOKEN.lastIndex = end === -1 ? source.length : source.indexOf('>', end) + 1;
}
