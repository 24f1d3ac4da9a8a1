import type { ModuleFacts } from './facts.js';
import { bindingNames, nameOfKey } from './names.js';
import { childrenOf, isFunction, type SyntaxNode } from './parse.js';
import type { Scope } from './scope.js';

/** Declares what a list of statements declares in its own scope. */
export function declareBlock(statements: readonly SyntaxNode[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === 'ImportDeclaration') declareImport(statement, scope);
    const declaration = declarationOf(statement);
    if (declaration === undefined) continue;
    if (declaration.type === 'VariableDeclaration') {
      if (declaration.kind === 'var') continue;
      const kind = declaration.kind === 'const' ? 'const' : 'variable';
      for (const { id } of declaration.declarations) {
        for (const name of bindingNames(id)) scope.declare(name, kind);
      }
    } else if (declaration.id !== null) {
      const kind = declaration.type === 'ClassDeclaration' ? 'class' : 'function';
      scope.declare(declaration.id.name, kind);
    }
  }
}

function declareImport(node: Extract<SyntaxNode, { type: 'ImportDeclaration' }>, scope: Scope): void {
  const specifier = String(node.source.value);
  for (const part of node.specifiers) {
    let imported = '*';
    if (part.type === 'ImportDefaultSpecifier') imported = 'default';
    else if (part.type === 'ImportSpecifier') imported = nameOfKey(part.imported)!;
    scope.declare(part.local.name, 'import').origin = { specifier, imported };
  }
}

/** Remembers where declared functions take effect. */
export function placeFunctions(
  facts: ModuleFacts,
  statements: readonly SyntaxNode[],
  block: SyntaxNode,
  word: 'var' | 'let',
): void {
  for (const statement of statements) {
    const declaration = declarationOf(statement);
    if (declaration?.type === 'FunctionDeclaration') facts.blockOf.set(declaration, { block, word });
  }
}

/** A statement that declares names. */
export type Declaration = Extract<
  SyntaxNode,
  { type: 'VariableDeclaration' | 'FunctionDeclaration' | 'ClassDeclaration' }
>;

/** What a statement declares, without its `export`. */
export function declarationOf(statement: SyntaxNode): Declaration | undefined {
  switch (statement.type) {
    case 'VariableDeclaration':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement;
    case 'ExportNamedDeclaration':
      return statement.declaration ? declarationOf(statement.declaration) : undefined;
    case 'ExportDefaultDeclaration':
      return declarationOf(statement.declaration);
    default:
      return undefined;
  }
}

/** `var` belongs to the function, wherever it stands. */
export function declareVariables(statements: readonly SyntaxNode[], scope: Scope): void {
  const visit = (node: SyntaxNode): void => {
    if (isFunction(node) || node.type === 'StaticBlock') return;
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id } of node.declarations) {
        for (const name of bindingNames(id)) if (!scope.names.has(name)) scope.declare(name, 'variable');
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of statements) visit(statement);
}

/** `const { get } = require('k6/http')` is an import in all but form. */
export function declareRequired(target: SyntaxNode, specifier: string, scope: Scope): void {
  if (target.type === 'Identifier') {
    scope.lookup(target.name)!.origin = { specifier, imported: '*' };
  } else if (target.type === 'ObjectPattern') {
    for (const property of target.properties) {
      if (property.type === 'RestElement' || property.computed) continue;
      if (property.value.type !== 'Identifier') continue;
      const imported = nameOfKey(property.key)!;
      scope.lookup(property.value.name)!.origin = { specifier, imported };
    }
  }
}
