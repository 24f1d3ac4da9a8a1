/** The names in braces in what a model's answers say: each must stand for something. */
import { INSTANCE, pathVariables, placeholdersOf } from '../model/answer.js';
import { didYouMean } from '../options/fields.js';
import { type Mapping, mappingOf } from './mapping.js';
import type { Finding } from './origin.js';
import type { Path } from './path.js';

type Report = (finding: Finding) => void;

/** Reports placeholders of a `respond` step that are no variables of its route's path. @param line `GET /carts/{cart}`. */
export function checkRespond(step: Mapping, path: Path, line: string, report: Report): void {
  const { json, text, headers } = mappingOf(step.respond);
  const at = [...path, 'respond'];
  const names = [INSTANCE, ...pathVariables(line.slice(line.indexOf(' ') + 1))];
  checkTexts(json, [...at, 'json'], names, report);
  checkTexts(text, [...at, 'text'], names, report);
  checkTexts(headers, [...at, 'headers'], names, report);
  if (json === undefined || text === undefined) return;
  report({ path: at, aboutKey: 'text', got: '"text" beside "json"', expected: 'one body' });
}

/** Reports placeholders in the headers of every answer of a service: they belong to no route. */
export function checkServiceHeaders(service: Mapping, path: Path, report: Report): void {
  checkTexts(service.headers, [...path, 'headers'], [INSTANCE], report);
}

function checkTexts(value: unknown, path: Path, names: readonly string[], report: Report): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      checkTexts(item, [...path, Array.isArray(value) ? Number(key) : key], names, report);
    }
    return;
  }
  for (const name of placeholdersOf(value)) {
    if (names.includes(name)) continue;
    const known = names.map((each) => `{${each}}`);
    const hint = didYouMean(`{${name}}`, known);
    report({ path, got: `"{${name}}"`, expected: `one of ${known.join(', ')}`, hint });
  }
}
