import type { HtmlNode } from './html-document.js';
import {
  ancestorsOf,
  descendants,
  elementsIn,
  innerHtml,
  isElement,
  neighboursOf,
  rootOf,
  textOf,
} from './html-nodes.js';
import { matches, readSelector } from './html-selector.js';

/**
 * One node, as `each` and `get` hand it out (k6's js/modules/k6/html/element.go): what scripts use of it.
 *
 * Limits: none of the methods that only some elements have (`href()`, `value()`).
 */
export class HtmlElement {
  readonly #node: HtmlNode;

  constructor(node: HtmlNode) {
    this.#node = node;
  }

  /** The node of an element; undefined for anything else. */
  static nodeOf(value: unknown): HtmlNode | undefined {
    return typeof value === 'object' && value !== null && #node in value ? value.#node : undefined;
  }

  nodeName(): string {
    return this.#node.tag === '' ? '#text' : this.#node.tag;
  }

  textContent(): string {
    return textOf(this.#node);
  }

  innerHTML(): string {
    return innerHtml(this.#node);
  }

  getAttribute(name: string): string | undefined {
    return this.#node.attributes[name];
  }

  hasAttribute(name: string): boolean {
    return Object.hasOwn(this.#node.attributes, name);
  }

  hasAttributes(): boolean {
    return Object.keys(this.#node.attributes).length > 0;
  }

  attributes(): Record<string, { name: string; value: string }> {
    const entries = Object.entries(this.#node.attributes);
    return Object.fromEntries(entries.map(([name, value]) => [name, { name, value }]));
  }

  id(): string {
    return this.#node.attributes.id ?? '';
  }

  className(): string | undefined {
    return this.#node.attributes.class;
  }

  classList(): string[] | null {
    return this.#node.attributes.class?.split(/\s+/).filter((name) => name !== '') ?? null;
  }

  children(): HtmlElement[] {
    return elementsIn(this.#node).map((node) => new HtmlElement(node));
  }

  childElementCount(): number {
    return elementsIn(this.#node).length;
  }

  childNodes(): HtmlElement[] {
    return this.#node.children.map((node) => new HtmlElement(node));
  }

  hasChildNodes(): boolean {
    return this.#node.children.length > 0;
  }

  firstChild(): HtmlElement | undefined {
    return maybeElement(this.#node.children[0]);
  }

  lastChild(): HtmlElement | undefined {
    return maybeElement(this.#node.children.at(-1));
  }

  firstElementChild(): HtmlElement | undefined {
    return maybeElement(elementsIn(this.#node)[0]);
  }

  lastElementChild(): HtmlElement | undefined {
    return maybeElement(elementsIn(this.#node).at(-1));
  }

  nextElementSibling(): HtmlElement | undefined {
    return maybeElement(neighboursOf(this.#node).after[0]);
  }

  previousElementSibling(): HtmlElement | undefined {
    return maybeElement(neighboursOf(this.#node).before[0]);
  }

  parentElement(): HtmlElement | undefined {
    return maybeElement(ancestorsOf(this.#node)[0]);
  }

  parentNode(): HtmlElement | undefined {
    return maybeElement(this.#node.parent);
  }

  ownerDocument(): HtmlElement {
    return new HtmlElement(rootOf(this.#node));
  }

  querySelector(selector: string): HtmlElement | undefined {
    return this.querySelectorAll(selector)[0];
  }

  querySelectorAll(selector: string): HtmlElement[] {
    const branches = readSelector(selector);
    const found = descendants(this.#node).filter((node) => branches.some((steps) => matches(node, steps)));
    return found.map((node) => new HtmlElement(node));
  }

  getElementsByTagName(name: string): HtmlElement[] {
    return this.querySelectorAll(name);
  }

  getElementsByClassName(name: string): HtmlElement[] {
    return this.querySelectorAll(`.${name}`);
  }

  matches(selector: string): boolean {
    return readSelector(selector).some((steps) => matches(this.#node, steps));
  }

  contains(other: unknown): boolean {
    const node = HtmlElement.nodeOf(other);
    return node !== undefined && ancestorsOf(node).includes(this.#node);
  }

  isSameNode(other: unknown): boolean {
    return HtmlElement.nodeOf(other) === this.#node;
  }

  toString(): string {
    return isElement(this.#node) ? '[object html.Node]' : `[object ${this.nodeName()}]`;
  }
}

function maybeElement(node: HtmlNode | undefined): HtmlElement | undefined {
  return node === undefined ? undefined : new HtmlElement(node);
}
