/** The module k6-summary of jslib.k6.io (0.0.1 to 0.1.0): this text runs in a script's realm, as one of the script's modules. */

/** The report room's, which the generator of this text puts before it. */
declare const legacySummary: (data: object, options: object) => string;
declare const humanizeMetric: (value: number, metric: object, unit: string) => string;

/** The version that the script's address names. */
declare const version: string;

interface SummaryMetric {
  readonly type: string;
  readonly values?: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
}

/** k6's summary as a text: groups with their checks, then the metrics. */
export function textSummary(data: object, options: object = {}): string {
  return legacySummary(data, { indent: ' ', enableColors: true, rates: 'marks', ...options });
}

/** A value of a metric as the summary shows it. */
export function humanizeValue(value: number, metric: object, timeUnit = ''): string {
  return humanizeMetric(value, metric, timeUnit);
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    "'": '&#39;',
    '"': '&quot;',
  };
  return text.replace(/[&<>'"]/g, (character) => names[character]!);
}

interface JUnitOptions {
  readonly name?: string;
  readonly classname?: string;
}

/** The thresholds as test cases of JUnit; since 0.1.0 with a class, and with what was measured. */
export function jUnit(data: SummaryData, options: JUnitOptions = {}): string {
  const cases: string[] = [];
  let failures = 0;
  const isOld = version.startsWith('0.0.');
  const place = isOld ? '' : ` classname="${escapeHtml(options.classname ?? 'Unnamed folder')}"`;
  for (const [metric, { thresholds, type, values = {} }] of Object.entries(data.metrics)) {
    const measured = Object.entries(values).map(([name, value]) => `${name} value: ${String(value)}`);
    const message = isOld ? 'failed' : `${type} threshold failed: ${measured.join(', ')}`;
    for (const [source, { ok }] of Object.entries(thresholds ?? {})) {
      const head = `<testcase name="${escapeHtml(metric)} - ${escapeHtml(source)}"${place}`;
      if (!ok) failures += 1;
      cases.push(ok ? `${head} />` : `${head}><failure message="${escapeHtml(message)}" /></testcase>`);
    }
  }
  const suite = options.name === undefined ? 'k6 thresholds' : escapeHtml(options.name);
  const counts = `tests="${cases.length}" failures="${failures}"`;
  const text = cases.join('\n');
  return isOld
    ? `<?xml version="1.0"?>\n<testsuites ${counts}>\n<testsuite name="${suite}" ${counts}>${text}\n</testsuite >\n</testsuites >`
    : `<?xml version="1.0"?>\n    <testsuites ${counts}>\n      <testsuite name="${suite}" ${counts}>\n        ${text}\n      </testsuite>\n    </testsuites>`;
}
