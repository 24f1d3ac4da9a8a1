import type MagicString from 'magic-string';
import type { ModuleFacts } from './facts.js';
import type { SyntaxNode } from './parse.js';
import type { Reach } from './resumable.js';
import type { Binding, FunctionUnit } from './scope.js';

type IdentifierNode = Extract<SyntaxNode, { type: 'Identifier' }>;

/** A function as it is written: what stands in it may `yield` or not, and needs variables of its own. */
export class Frame {
  private temporaries = 0;
  private usesResult = false;

  constructor(
    readonly unit: FunctionUnit,
    /** True: the text here is a generator's, and a call may be waited for. */
    readonly resumable: boolean,
  ) {}

  /** The variable that holds what a dispatched call returned. */
  result(): string {
    this.usesResult = true;
    return '$$t';
  }

  /** A variable of this function, declared at its start. */
  temporary(): string {
    this.temporaries += 1;
    return `$$${this.temporaries}`;
  }

  private uniques = 0;

  /** A name that nothing else here has; its user declares it. */
  unique(): string {
    this.uniques += 1;
    return `$$v${this.uniques}`;
  }

  /** The declarations of all of them. */
  declarations(): string {
    const names = this.usesResult ? ['$$t'] : [];
    for (let number = 1; number <= this.temporaries; number++) names.push(`$$${number}`);
    return names.length === 0 ? '' : `let ${names.join(', ')};`;
  }
}

/** A rewriting under way, as its parts see it. */
export interface Rewriting {
  readonly code: MagicString;
  readonly text: string;
  readonly facts: ModuleFacts;
  readonly reach: Reach;
  visit(node: SyntaxNode, frame: Frame): void;
  visitChildren(node: SyntaxNode, frame: Frame): void;
  slice(node: SyntaxNode): string;
  wrap(node: SyntaxNode, before: string, after: string): void;
  hoist(block: SyntaxNode, text: string): void;
  takeHoisted(block: SyntaxNode): string;
  identifier(node: IdentifierNode, called: boolean): void;
  replacement(node: IdentifierNode): string | undefined;
  bindingOf(node: IdentifierNode): Binding | undefined;
  arrowOwner(
    unit: FunctionUnit,
    need: 'needsThis' | 'needsArguments' | 'needsSuper' | 'needsNewTarget',
  ): boolean;
  inside(unit: FunctionUnit, act: () => void): void;
}
