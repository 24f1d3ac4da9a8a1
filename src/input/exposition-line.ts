/** One sample of an exposition text. */
export interface ExpositionSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As written: `1.5e-05`, `NaN`, `+Inf`. */
  readonly value: string;
  /** Unix time in seconds; absent where the line has none. */
  readonly seconds: number | undefined;
  readonly hasExemplar: boolean;
}

/** What is wrong with a line. */
export interface ExpositionProblem {
  readonly got: string;
  readonly expected: string;
}

const NAME = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;
const REST =
  /^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Inf)(?:\s+(-?\d+(?:\.\d+)?))?(\s+#\s+\{.*\}.*)?\s*$/i;

/** Beyond this a whole number is a time in ms (the text format), below one in seconds (OpenMetrics): the year 5138, or 1973. */
const SECONDS_MAX = 1e11;

/** A line such as `http_requests_total{code="200"} 1027 1395066363000`; comments and empty lines are none. */
export function parseExpositionLine(line: string): ExpositionSample | ExpositionProblem {
  const name = NAME.exec(line);
  if (name === null) return problem(line, 'the name of a metric');
  let at = name[0].length;
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    at += 1;
    while (line.slice(at).trimStart()[0] !== '}') {
      LABEL.lastIndex = at;
      const label = LABEL.exec(line);
      if (label === null) return problem(line.slice(at), 'a label like code="200"');
      labels[label[1] as string] = unescaped(label[2] as string);
      at = LABEL.lastIndex;
    }
    at = line.indexOf('}', at) + 1;
  }
  const rest = REST.exec(line.slice(at));
  if (rest === null) return problem(line.slice(at).trim(), 'a value, and perhaps a timestamp');
  const time = rest[2] === undefined ? undefined : Number(rest[2]);
  return {
    name: name[1] as string,
    labels,
    value: rest[1] as string,
    seconds: time !== undefined && Math.abs(time) >= SECONDS_MAX ? time / 1000 : time,
    hasExemplar: rest[3] !== undefined,
  };
}

function problem(got: string, expected: string): ExpositionProblem {
  return { got: got === '' ? 'nothing' : JSON.stringify(got.slice(0, 40)), expected };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
