import { transform } from 'sucrase';
import { ScriptError } from './script-error.js';

/** Takes the types away, as k6 does (esbuild); lines stay where they are, columns move. @throws ScriptError */
export function stripTypes(text: string, file: string): string {
  try {
    return transform(text, { transforms: ['typescript'], disableESTransforms: true, filePath: file }).code;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    const place = loc === undefined ? undefined : { file, line: loc.line, column: loc.column };
    throw new ScriptError(`SyntaxError: ${message}`, place);
  }
}
