import type { ParsedText, SyntaxNode } from './parse.js';
import { type Binding, FunctionUnit, Scope, type Target } from './scope.js';

/** What is called by a name: `x.login()` may reach any of these. */
export interface NamedValues {
  readonly units: Set<FunctionUnit>;
  readonly bindings: Set<Binding>;
  /** Something that is no function of the script by its looks has that name too. */
  unknown: boolean;
}

/** What all modules of a script have in common. */
export class ProgramFacts {
  readonly units: FunctionUnit[] = [];
  readonly named = new Map<string, NamedValues>();
  /** Bindings whose value escapes. */
  readonly taken = new Set<Binding>();

  namedValues(name: string): NamedValues {
    let values = this.named.get(name);
    if (values === undefined) {
      values = { units: new Set(), bindings: new Set(), unknown: false };
      this.named.set(name, values);
    }
    return values;
  }
}

/** Names and units of one module. */
export class ModuleFacts {
  readonly unitOf = new Map<SyntaxNode, FunctionUnit>();
  readonly scopeOf = new Map<SyntaxNode, Scope>();
  /** Every identifier that is used as a value or assigned, and what it means; undefined: a global. */
  readonly references = new Map<SyntaxNode, Binding | undefined>();
  readonly targetsOf = new Map<SyntaxNode, readonly Target[]>();
  /** Where the declaration of a function takes effect, and how it is declared there. */
  readonly blockOf = new Map<SyntaxNode, { readonly block: SyntaxNode; readonly word: 'var' | 'let' }>();
  /** The unit in which the value of a class's field is computed. */
  readonly initializerOf = new Map<SyntaxNode, FunctionUnit>();
  readonly top: FunctionUnit;
  readonly scope: Scope;

  constructor(readonly parsed: ParsedText) {
    this.top = new FunctionUnit('module', parsed.tree, undefined, '');
    this.scope = new Scope(undefined, this.top, true);
  }
}

/** The name under which values with computed keys are kept: any name may be theirs. No property can have it. */
export const COMPUTED = '(computed)';

/** The name under which loops over generators of the script are looked up; no property can have it. */
export const ITERATION = '(iteration)';

/** The name of what `export default` exports, where it has none of its own. */
export const DEFAULT_EXPORT = '*default*';
