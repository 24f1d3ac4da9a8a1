import { record, text as textField } from '../../options/fields.js';
import { isAccessLog, parseTime } from '../access-log.js';
import { InputError } from '../error.js';
import { COMBINED, COMMON, type LogFormat, parseLogFormat } from '../log-format.js';
import type { Ignored, MeasuredFormat } from '../measured.js';
import { requestRoute } from '../request-route.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from '../row-mistakes.js';
import { blankSample, SampleTable } from '../sample-table.js';
import { sampledRun } from '../sampled-run.js';
import { forEachLine, openEnd } from '../text-lines.js';
import { addToTrend, newTrend, trendStatistics } from '../trend.js';

const options = record({
  log_format: textField()
    .optional()
    .describe("nginx's log_format, as its configuration writes it; absent: combined (or Apache's common)"),
});

/** An access log of nginx. */
export const accessLog: MeasuredFormat<typeof options> = {
  name: 'access-log',
  summary:
    'every request in an access log of nginx: its status, time, route and upstream, as far as the log_format has them; plain or gzip',
  source: 'nginx 1.22.1, ngx_http_log_module.c and ngx_http_upstream.c',
  options,
  example:
    'measured:\n  - access_log: results/before/access.log.gz\n    log_format: \'$msec "$request" $status $request_time $upstream_addr $upstream_response_time\'',
  recognizes: (head) => isAccessLog(head.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] as string),
  async read(text, settings) {
    const log = new Log(formatsOf(text.file, settings.logFormat));
    const mistakes: RowMistakes = { file: text.file, found: [] };
    const end = await forEachLine(text, (row, line) => {
      if (row === '') return;
      const problem = log.take(line === 1 ? row.replace(/^\ufeff/, '') : row);
      if (problem !== undefined) addRowMistake(mistakes, { line, text: row }, { path: '', ...problem });
    });
    throwRowMistakes(mistakes);
    const { table, failed, duration, upstream } = log;
    const times = { firstUs: log.startUs, lastUs: log.lastUs };
    const run = sampledRun({ file: text.file, format: accessLog.name }, table, times, settings);
    return {
      ...run,
      metrics: {
        ...run.metrics,
        http_req_failed: {
          rate: table.count === 0 ? 0 : failed / table.count,
          passes: failed,
          fails: table.count - failed,
        },
        ...(duration.count > 0 && { http_req_duration: trendStatistics(duration) }),
        ...(upstream.count > 0 && { upstream_response_time: trendStatistics(upstream) }),
      },
      ignored: [...log.ignored(), ...table.ignored(), ...openEnd(end)],
    };
  },
};

function formatsOf(file: string, logFormat: string | undefined): LogFormat[] {
  return (logFormat === undefined ? [COMBINED, COMMON] : [logFormat]).map((text) => {
    const format = parseLogFormat(text);
    if ('match' in format) return format;
    throw new InputError([{ file, path: 'log_format', ...format }]);
  });
}

interface Problem {
  readonly got: string;
  readonly expected: string;
  readonly hint?: string;
}

/** `METHOD TARGET PROTOCOL`; the protocol is missing in HTTP/0.9. */
const REQUEST = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/;

/** What a log tells, line by line. */
class Log {
  readonly table = new SampleTable();
  readonly duration = newTrend();
  readonly upstream = newTrend();
  failed = 0;
  lastUs = Number.NEGATIVE_INFINITY;
  private firstUs = Number.POSITIVE_INFINITY;
  private readonly sample = blankSample();
  private format: LogFormat | undefined;
  private indexes: Readonly<Record<string, number>> = {};
  private fields: readonly string[] = [];
  private unread = 0;
  private retried = 0;

  constructor(private readonly formats: readonly LogFormat[]) {}

  /** Unix time of the earliest start in µs. */
  get startUs(): number {
    return Number.isFinite(this.firstUs) ? this.firstUs : 0;
  }

  /** What is wrong with the line, if anything is. */
  take(line: string): Problem | undefined {
    const format = this.format ?? this.choose(line);
    const fields = format.match(line);
    if (fields === undefined) {
      const hint = 'write log_format: beside the file as nginx has it';
      const expected = `a line of the format ${format.variables.map((name) => `$${name}`).join(' ')}`;
      return { got: 'another line', expected, ...(this.formats.length > 1 && { hint }) };
    }
    this.fields = fields;
    const { sample, table } = this;
    sample.endUs = this.endUs();
    if (Number.isNaN(sample.endUs))
      return { got: 'a date that is none', expected: 'the time of the request' };
    const route = this.route();
    if (route === undefined) {
      this.unread += 1;
      return undefined;
    }
    sample.status = Number(this.text('status') || 0);
    sample.failed = sample.status >= 400 ? 1 : 0;
    sample.durationMs = milliseconds(this.text('request_time'));
    sample.route = table.route.code(route);
    const tries = this.text('upstream_addr').split(/, | : /);
    if (tries.length > 1) this.retried += 1;
    const instance = tries.at(-1) as string;
    sample.instance = table.instance.code(instance === '-' ? '' : instance);
    sample.upstreamMs = milliseconds(
      this.text('upstream_response_time')
        .split(/, | : /)
        .at(-1) as string,
    );
    table.add(sample);
    this.count();
    return undefined;
  }

  ignored(): Ignored[] {
    const variables = this.format?.variables ?? [];
    const { count } = this.table;
    const found: Ignored[] = [];
    const note = (what: string, times: number) => {
      if (times > 0) found.push({ what, count: times });
    };
    note('connections that sent no request nginx could read', this.unread);
    note(
      'earlier tries of requests that went to several upstreams: route, time and instance are of the last one',
      this.retried,
    );
    if (!variables.includes('msec')) note('fractions of a second: only $msec has them', count);
    if (!variables.includes('request_time')) note('durations: the format has no $request_time', count);
    if (!variables.includes('status')) note('statuses and failures: the format has no $status', count);
    return found;
  }

  /** Of combined and common the one that the first line has. */
  private choose(line: string): LogFormat {
    const format = this.formats.find((candidate) => candidate.match(line) !== undefined) ?? this.formats[0]!;
    this.format = format;
    this.indexes = Object.fromEntries(format.variables.map((name, index) => [name, index]));
    return format;
  }

  private count(): void {
    const { endUs, durationMs, upstreamMs, failed } = this.sample;
    const startUs = endUs - (Number.isNaN(durationMs) ? 0 : durationMs * 1000);
    this.firstUs = Math.min(this.firstUs, startUs);
    this.lastUs = Math.max(this.lastUs, endUs);
    this.failed += failed;
    if (!Number.isNaN(durationMs)) addToTrend(this.duration, durationMs);
    if (!Number.isNaN(upstreamMs)) addToTrend(this.upstream, upstreamMs);
  }

  private text(variable: string): string {
    const index = this.indexes[variable];
    return index === undefined ? '' : (this.fields[index] as string);
  }

  private endUs(): number {
    const msec = this.text('msec');
    if (msec !== '') return Math.round(Number(msec) * 1000) * 1000;
    return parseTime(this.text('time_iso8601') || this.text('time_local')) * 1e6;
  }

  /** `undefined` where no request could be read: nginx then logs an empty one, or its bytes, with a status of 400 or 408. */
  private route(): string | undefined {
    const request = this.text('request');
    if (request !== '') {
      const match = REQUEST.exec(request);
      return match === null ? undefined : requestRoute(match[1] as string, match[2] as string);
    }
    const path = this.text('uri') || this.text('request_uri') || this.text('document_uri');
    if (path !== '') return requestRoute(this.text('request_method'), path);
    return this.indexes.request === undefined ? '' : undefined;
  }
}

/** Of seconds with three decimals; NaN of `-`. */
function milliseconds(text: string): number {
  return text === '' || text === '-' ? Number.NaN : Math.round(Number(text) * 1000);
}
