import type MagicString from 'magic-string';
import type { ModuleFacts } from './facts.js';
import { childrenOf, type SyntaxNode } from './parse.js';
import type { FunctionUnit } from './scope.js';
import { positionOf } from './tokens.js';

/** A place in a script, as k6's stack traces tell it; line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** The function around it; empty for none. */
  readonly name: string;
}

/** What finds places of a compiled module in the script; everything is worked out when it is first asked. */
export class PlaceFinder {
  private mappings: readonly (readonly (readonly number[])[])[] | undefined = undefined;
  private calls: Map<number, number> | undefined = undefined;
  private sourceLines: readonly number[] = [];
  private compiledLines: readonly number[] = [];

  constructor(
    private readonly code: MagicString,
    private readonly compiled: string,
    private readonly facts: ModuleFacts,
    private readonly source: string,
  ) {}

  /** The place in the script of a place in the compiled text (both from 1); undefined where there is none. */
  locate(line: number, column: number): Place | undefined {
    this.prepare();
    const offset = this.markedOffset(line, column) ?? this.mappedOffset(line, column);
    if (offset === undefined) return undefined;
    const name = this.nameAt(offset);
    const place = this.calls!.get(offset) ?? offset;
    const index = lineAt(this.sourceLines, place);
    return { line: index + 1, column: place - this.sourceLines[index]! + 1, name };
  }

  private prepare(): void {
    if (this.mappings !== undefined) return;
    this.mappings = this.code.generateDecodedMap({ hires: 'boundary' }).mappings;
    this.sourceLines = lineStarts(this.source);
    this.compiledLines = lineStarts(this.compiled);
    this.calls = new Map();
    collectCalls(this.facts.parsed.tree, this.source, this.calls);
  }

  /** Calls that were rewritten carry their place with them. */
  private markedOffset(line: number, column: number): number | undefined {
    const start = this.compiledLines[line - 1];
    if (start === undefined) return undefined;
    MARKED_CALL.lastIndex = start + column - 1;
    const match = MARKED_CALL.exec(this.compiled);
    return match === null ? undefined : Number(match[1]);
  }

  private mappedOffset(line: number, column: number): number | undefined {
    const segments = this.mappings![line - 1] ?? [];
    let found: readonly number[] | undefined;
    let after: readonly number[] | undefined;
    for (const segment of segments) {
      if (segment.length < 4) continue;
      if (segment[0]! > column - 1) {
        after = segment;
        break;
      }
      found = segment;
    }
    if (found === undefined) return undefined;
    const [generated, , sourceLine, sourceColumn] = found as [number, number, number, number];
    const offset = this.sourceLines[sourceLine]! + sourceColumn + (column - 1 - generated);
    // What the compiler put in has no place of its own: it counts as the place before.
    if (after === undefined || after[2] !== sourceLine) return offset;
    return Math.min(offset, Math.max(this.sourceLines[sourceLine]! + after[3]! - 1, 0));
  }

  private nameAt(offset: number): string {
    let inner: FunctionUnit | undefined;
    for (const [node, unit] of this.facts.unitOf) {
      if (node.start > offset || node.end <= offset) continue;
      if (inner === undefined || node.end - node.start <= inner.node.end - inner.node.start) inner = unit;
    }
    return inner?.name ?? '';
  }
}

/** `$$m1`, `$$k.get`, and the mark behind it; V8 points to the name, or behind the dot. */
const MARKED_CALL = /[$\w.]+\/\*@(\d+)\*\//y;

/** Where V8 says a call is (its name), and where k6 does (its bracket). */
function collectCalls(node: SyntaxNode, text: string, calls: Map<number, number>): void {
  if (node.type === 'CallExpression') {
    const { callee } = node;
    const at = callee.type === 'MemberExpression' ? callee.property.start : callee.start;
    calls.set(at, positionOf(text, '(', callee.end));
  }
  for (const child of childrenOf(node)) collectCalls(child, text, calls);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
