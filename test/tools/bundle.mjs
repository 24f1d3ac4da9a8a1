import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * Puts TypeScript files and what they import together to one text of JavaScript. Each file is a function there that returns its
 * exports to one scope: an exported name may be used once only, and imports may not rename.
 */
export class Bundle {
  parts = [];
  done = new Set();
  owners = new Map();

  /** Adds a file after what it imports. @param url of a `.ts` file. */
  add(url) {
    if (this.done.has(url.href)) return;
    this.done.add(url.href);
    const outputText = transpile(url);
    const tree = parse(url, outputText);
    let text = '';
    const names = [];
    for (const statement of tree.statements) {
      if (ts.isImportDeclaration(statement)) {
        for (const element of statement.importClause?.namedBindings?.elements ?? []) {
          if (element.propertyName !== undefined)
            throw new Error(`${url} renames ${element.propertyName.text}`);
        }
        this.add(new URL(statement.moduleSpecifier.text.replace(/\.js$/, '.ts'), url));
        continue;
      }
      const exported = statement.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      for (const declared of exported === undefined ? [] : namesOf(statement)) {
        if (this.owners.has(declared)) {
          throw new Error(`${declared} is exported by ${this.owners.get(declared)} and by ${url}`);
        }
        this.owners.set(declared, url.href);
        names.push(declared);
      }
      const start = exported === undefined ? statement.getStart() : exported.getEnd();
      text += `${outputText.slice(start, statement.getEnd()).trim()}\n`;
    }
    const list = names.join(', ');
    this.parts.push(`const { ${list} } = (() => {\n${text}return { ${list} };\n})();\n`);
  }

  get text() {
    return this.parts.join('');
  }
}

/** A file as JavaScript, without comments. */
export function transpile(url) {
  const { outputText } = ts.transpileModule(readFileSync(url, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  });
  return outputText;
}

function parse(url, text) {
  return ts.createSourceFile(url.href, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  return statement.name === undefined ? [] : [statement.name.text];
}
