/**
 * The paths of gjson (github.com/tidwall/gjson) that k6's scripts use: `a.b`, `a.0`, `a.#`, `a.#.b`, `a.#(b=="x")`,
 * `a.#(b>1)#`, `a\.b`.
 *
 * Limits: no modifiers, no multipaths, no wildcards.
 */
export function jsonPath(value: unknown, path: string): unknown {
  return walk(value, splitPath(path), 0);
}

/** The parts of a path; dots in brackets and behind a backslash do not count. */
function splitPath(path: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let index = 0; index < path.length; index++) {
    const character = path[index]!;
    if (character === '\\' && index + 1 < path.length && depth === 0) {
      index += 1;
      part += path[index]!;
    } else if (character === '.' && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      part += character;
    }
  }
  parts.push(part);
  return parts;
}

function walk(value: unknown, parts: readonly string[], at: number): unknown {
  const part = parts[at];
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    if (part === '#') return countOrMap(value, parts, at);
    const query = /^#\((.*)\)(#?)$/s.exec(part);
    if (query !== null) return queried(value, query[1]!, query[2]!, parts, at);
    const index = Number(part);
    return Number.isInteger(index) && index >= 0 && index < value.length
      ? walk(value[index], parts, at + 1)
      : undefined;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return walk((value as Record<string, unknown>)[part], parts, at + 1);
}

function countOrMap(list: readonly unknown[], parts: readonly string[], at: number): unknown {
  if (at === parts.length - 1) return list.length;
  return list.map((item) => walk(item, parts, at + 1)).filter((item) => item !== undefined);
}

function queried(
  list: readonly unknown[],
  condition: string,
  all: string,
  parts: readonly string[],
  at: number,
): unknown {
  const match = /^(.*?)\s*(==|!=|<=|>=|<|>|%|!%)\s*(.*)$/s.exec(condition);
  const holds = (item: unknown): boolean => {
    if (match === null) return walk(item, splitPath(condition), 0) !== undefined;
    const left = match[1] === '' ? item : walk(item, splitPath(match[1]!), 0);
    return compares(left, match[2]!, operand(match[3]!));
  };
  if (all === '#') return list.filter(holds).map((item) => walk(item, parts, at + 1));
  const found = list.find(holds);
  return found === undefined ? undefined : walk(found, parts, at + 1);
}

function operand(text: string): unknown {
  if (/^".*"$/s.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : Number(text);
}

function compares(left: unknown, operator: string, right: unknown): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '%':
      return like(String(left), String(right));
    case '!%':
      return !like(String(left), String(right));
    default:
      if (typeof left !== typeof right || left === undefined) return false;
      return ordered(left as number, operator, right as number);
  }
}

function ordered(left: number, operator: string, right: number): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** `*` is any text, `?` any character. */
function like(text: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's').test(text);
}
