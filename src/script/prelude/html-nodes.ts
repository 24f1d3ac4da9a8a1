import { type HtmlNode, VOID_TAGS } from './html-document.js';

/** True for elements; texts and the document itself are none. */
export function isElement({ tag }: HtmlNode): boolean {
  return tag !== '' && tag !== '#document';
}

/** The text in a node and all that is in it. */
export function textOf(node: HtmlNode): string {
  return node.tag === '' ? node.text : node.children.map(textOf).join('');
}

/** Elements whose text is written as it is (Go's x/net/html, render.go). */
const UNESCAPED: ReadonlySet<string> = new Set(['iframe', 'noembed', 'noframes', 'script', 'style', 'xmp']);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(/[&'<>"\r]/g, (character) => ESCAPES[character]!);
}

function outerHtml(node: HtmlNode): string {
  if (node.tag === '') return UNESCAPED.has(node.parent?.tag ?? '') ? node.text : escaped(node.text);
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const open = `<${node.tag}${attributes.join('')}>`;
  if (VOID_TAGS.has(node.tag)) return attributes.length > 0 ? `${open.slice(0, -1)}/>` : `<${node.tag}/>`;
  return `${open}${innerHtml(node)}</${node.tag}>`;
}

/** What is in a node, as Go writes it (x/net/html, Render). */
export function innerHtml(node: HtmlNode): string {
  return node.children.map(outerHtml).join('');
}

/** The elements in it, one level down. */
export function elementsIn(node: HtmlNode): HtmlNode[] {
  return node.children.filter(isElement);
}

/** Its ancestors, the nearest first. */
export function ancestorsOf(node: HtmlNode): HtmlNode[] {
  const list: HtmlNode[] = [];
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (isElement(above)) list.push(above);
  }
  return list;
}

/** Elements beside it: those after it, and those before it, the nearest first. */
export function neighboursOf(node: HtmlNode): { readonly after: HtmlNode[]; readonly before: HtmlNode[] } {
  const all = node.parent === undefined ? [] : elementsIn(node.parent);
  const at = all.indexOf(node);
  return { after: all.slice(at + 1), before: all.slice(0, Math.max(0, at)).reverse() };
}

/** The document that it is in. */
export function rootOf(node: HtmlNode): HtmlNode {
  return node.parent === undefined ? node : rootOf(node.parent);
}

/** The value of a field of a form; undefined for what is none (k6's html.go, Val). */
export function fieldValue(node: HtmlNode): string | string[] | undefined {
  const { tag, attributes } = node;
  const { type, value } = attributes;
  switch (tag) {
    case 'input':
      return value ?? (type === 'radio' || type === 'checkbox' ? 'on' : '');
    case 'button':
      return value ?? '';
    case 'textarea':
      return innerHtml(node);
    case 'option':
      return value ?? innerHtml(node);
    case 'select': {
      const chosen = descendants(node).filter(
        (option) => option.tag === 'option' && option.attributes.selected !== undefined,
      );
      const values = chosen.map((option) => option.attributes.value ?? innerHtml(option));
      return attributes.multiple === undefined ? (values[0] ?? '') : values;
    }
    default:
      return undefined;
  }
}

/** All elements in it, in the order of the document. */
export function descendants(node: HtmlNode): HtmlNode[] {
  return elementsIn(node).flatMap((child) => [child, ...descendants(child)]);
}

/** Fields of a form, or those of these nodes that are fields, which would be sent (k6's serialize.go, SerializeArray). */
export function fieldsOf(nodes: readonly HtmlNode[]): HtmlNode[] {
  const isForm = nodes.some(({ tag }) => tag === 'form');
  const among = isForm ? [...new Set(nodes.flatMap(descendants))] : nodes;
  return among.filter(({ tag, attributes }) => {
    const { name = '', type = '', disabled, checked } = attributes;
    if (!FIELD_TAGS.has(tag) || name === '' || disabled === 'disabled' || UNSENT_TYPES.has(type))
      return false;
    return checked === 'checked' || (type !== 'checkbox' && type !== 'radio');
  });
}

const FIELD_TAGS: ReadonlySet<string> = new Set(['input', 'select', 'textarea', 'keygen']);
const UNSENT_TYPES: ReadonlySet<string> = new Set(['submit', 'button', 'reset', 'image', 'file']);

/** `data-user-id` of a script's `userId`. */
export function dataAttribute(name: string): string {
  return `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `userId` of `user-id`. */
export function dataProperty(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** What k6 makes of the text of a `data-` attribute (k6's util.go, convertDataAttrVal). */
export function dataValue(text: string): unknown {
  if (text === '' || text === 'null' || text === 'undefined') return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}
