/** The module k6-summary of jslib.k6.io (0.0.1 to 0.1.0): this text runs in a script's realm, as one of the script's modules. */

/** The report room's, which the generator of this text puts before it. */
declare const legacySummary: (data: object, options: object) => string;
declare const humanizeMetric: (value: number, metric: object, unit: string) => string;

interface SummaryData {
  readonly metrics: Readonly<
    Record<string, { readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>> }>
  >;
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

/** The thresholds as test cases of JUnit. */
export function jUnit(data: SummaryData, options: { readonly name?: string } = {}): string {
  const cases: string[] = [];
  let failures = 0;
  for (const [metric, { thresholds }] of Object.entries(data.metrics)) {
    for (const [source, { ok }] of Object.entries(thresholds ?? {})) {
      const name = `${escapeHtml(metric)} - ${escapeHtml(source)}`;
      if (!ok) failures += 1;
      cases.push(
        ok
          ? `<testcase name="${name}" />`
          : `<testcase name="${name}"><failure message="failed" /></testcase>`,
      );
    }
  }
  const suite = options.name === undefined ? 'k6 thresholds' : escapeHtml(options.name);
  const counts = `tests="${cases.length}" failures="${failures}"`;
  return `<?xml version="1.0"?>\n<testsuites ${counts}>\n<testsuite name="${suite}" ${counts}>${cases.join('\n')}\n</testsuite >\n</testsuites >`;
}
