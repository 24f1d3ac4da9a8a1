import { nameHint } from './error.js';

/** A line of an access log, taken apart: the texts of the variables that are asked for. */
export interface LogFormat {
  /** All its variables, in their order, without `$`. */
  readonly variables: readonly string[];
  /** Texts by the position in `variables`; `undefined` where the line is of another format. */
  match(line: string): readonly string[] | undefined;
}

/** nginx's predefined format (ngx_http_log_module.c); Apache's combined is the same. */
export const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
/** Apache's common format. */
export const COMMON = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';

/** One try or more: `127.0.0.1:8001, 127.0.0.1:8002 : unix:/tmp/a.sock`; `-` for none, nothing with `escape=json`. */
const listOf = (item: string) => `(?:${item}(?:(?:, | : )${item})*)?`;
const SECONDS = '\\d+\\.\\d{3}';

/** What the variables look like whose texts are needed, or may have blanks in them. */
const PATTERNS: Readonly<Record<string, string>> = {
  time_local: '\\d\\d\\/[A-Z][a-z]{2}\\/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}',
  time_iso8601: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:Z|[+-]\\d\\d:\\d\\d)',
  msec: SECONDS,
  request_time: SECONDS,
  status: '\\d{3}',
  request_method: '(?:[A-Z]+|-|)',
  upstream_addr: listOf('[^\\s,"]+'),
  upstream_status: listOf('(?:\\d+|-)'),
  upstream_response_time: listOf(`(?:${SECONDS}|-)`),
  upstream_connect_time: listOf(`(?:${SECONDS}|-)`),
  upstream_header_time: listOf(`(?:${SECONDS}|-)`),
};

/**
 * Reads nginx's `log_format`: only the format (`$remote_addr ...`), or the whole directive with its name, `escape=` and several
 * quoted pieces.
 *
 * @returns the format, or what is wrong with it.
 */
export function parseLogFormat(
  text: string,
): LogFormat | { readonly got: string; readonly expected: string; readonly hint?: string } {
  const format = formatOf(text.trim());
  const pieces = format.split(/\$(?:\{(\w+)\}|(\w+))/);
  const variables: string[] = [];
  let pattern = escapeRegExp(pieces[0] as string);
  for (let at = 1; at < pieces.length; at += 3) {
    const variable = (pieces[at] ?? pieces[at + 1]) as string;
    const before = pieces[at - 1] as string;
    const after = pieces[at + 2] as string;
    if (after === '' && at + 3 < pieces.length && PATTERNS[variable] === undefined) {
      const got = `$${variable} with the next variable right behind it`;
      return { got, expected: 'something between the two that neither has in it' };
    }
    variables.push(variable);
    pattern += `(${PATTERNS[variable] ?? anyPattern(before, after)})${escapeRegExp(after)}`;
  }
  const times = ['msec', 'time_iso8601', 'time_local'];
  if (!variables.some((variable) => times.includes(variable))) {
    const near = variables
      .map((variable) => nameHint(variable, times))
      .find((hint) => hint?.startsWith('did'));
    return {
      got: 'a format without a time',
      expected: 'one of $msec, $time_iso8601, $time_local',
      ...(near && { hint: near }),
    };
  }
  const regExp = new RegExp(`^${pattern}$`);
  return { variables, match: (line) => regExp.exec(line)?.slice(1) };
}

/** Without the directive's name, its parameters and quotes. */
function formatOf(text: string): string {
  const directive =
    /^(?:log_format\s+)?([\w-]+\s+)?(?:escape=\w+\s+)?((?:'[^']*'|"(?:[^"\\]|\\.)*")(?:\s*(?:'[^']*'|"(?:[^"\\]|\\.)*"))*)\s*;?$/.exec(
      text,
    );
  if (directive === null || text.startsWith('"$'))
    return text.replace(/^log_format\s+\S+\s+(?:escape=\w+\s+)?/, '').replace(/;$/, '');
  const pieces = (directive[2] as string).match(/'[^']*'|"(?:[^"\\]|\\.)*"/g) as string[];
  return pieces.map((piece) => piece.slice(1, -1).replace(/\\(["'\\])/g, '$1')).join('');
}

/** Of a variable that may be anything: up to the character that follows it; within quotes, nginx escapes those of its own. */
function anyPattern(before: string, after: string): string {
  if (after === '') return '.*';
  if (before.endsWith('"') && after.startsWith('"')) return '(?:[^"\\\\]|\\\\.)*';
  return `[^${escapeRegExp(after[0] as string)}]*`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
