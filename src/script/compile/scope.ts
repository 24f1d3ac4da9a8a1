import type { FunctionNode, SyntaxNode } from './parse.js';

/** How a name came to be. */
export type BindingKind = 'import' | 'function' | 'class' | 'const' | 'variable' | 'parameter' | 'own-name';

/** An import as its statement says it. */
export interface ImportOrigin {
  readonly specifier: string;
  /** `*` for the whole module. */
  readonly imported: string;
}

/** One declared name. */
export class Binding {
  /** The function that it stands for, as long as nothing else is assigned to it. */
  value: FunctionUnit | undefined = undefined;
  origin: ImportOrigin | undefined = undefined;
  /** What an import of another module of the script stands for, once the modules are linked. */
  source: Binding | undefined = undefined;
  reassigned = false;
  /** Used other than by calling it. */
  taken = false;

  constructor(
    readonly name: string,
    readonly kind: BindingKind,
    readonly scope: Scope,
  ) {}

  /** The one function that a call of the name reaches. */
  get only(): FunctionUnit | undefined {
    return this.reassigned ? undefined : this.value;
  }
}

/** A region of names. */
export class Scope {
  readonly names = new Map<string, Binding>();

  constructor(
    readonly parent: Scope | undefined,
    readonly unit: FunctionUnit,
    /** True where `var` comes to rest. */
    readonly takesVariables: boolean,
  ) {}

  declare(name: string, kind: BindingKind): Binding {
    const known = this.names.get(name);
    if (known !== undefined) {
      known.reassigned = true;
      return known;
    }
    const binding = new Binding(name, kind, this);
    this.names.set(name, binding);
    return binding;
  }

  lookup(name: string): Binding | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const binding = scope.names.get(name);
      if (binding !== undefined) return binding;
    }
    return undefined;
  }

  /** The innermost scope in which a `var` of here is declared. */
  get variables(): Scope {
    let scope: Scope = this;
    while (!scope.takesVariables) scope = scope.parent!;
    return scope;
  }
}

/** What kind of code a unit is; only those that are called by an ordinary call can wait. */
export type UnitKind =
  | 'module'
  | 'function'
  | 'arrow'
  | 'method'
  | 'getter'
  | 'setter'
  | 'constructor'
  | 'derived-constructor'
  | 'initializer';

/** A call, `new` or tagged template in a unit, and where it may lead. */
export interface CallSite {
  readonly node: SyntaxNode;
  readonly targets: readonly Target[];
}

/**
 * Where a call may lead: a function of the script, what a name stands for, any function that has that name as a property,
 * any function whose value escapes, or a blocking function of k6.
 */
export type Target =
  | { readonly kind: 'unit'; readonly unit: FunctionUnit }
  | { readonly kind: 'binding'; readonly binding: Binding }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'blocking' };

/** A piece of code with its own stack frame: a function, a module's top level, a class's field initialisers. */
export class FunctionUnit {
  readonly calls: CallSite[] = [];
  /** May it wait? See `findResumable`. */
  resumable = false;
  /** Arrows inside, made resumable, need these of it. */
  needsThis = false;
  needsArguments = false;
  needsSuper = false;
  needsNewTarget = false;
  /** Its value escapes: it may be called by whoever has it. */
  escapes = false;
  usesSuper = false;
  async = false;
  generator = false;

  constructor(
    readonly kind: UnitKind,
    readonly node: FunctionNode | SyntaxNode,
    readonly parent: FunctionUnit | undefined,
    /** For stack traces; empty for none. */
    readonly name: string,
  ) {}

  /** True where its text is rewritten: it may wait, or it awaits. */
  get transformed(): boolean {
    return this.resumable || this.async;
  }
}
