import { duration, record } from '../../options/fields.js';
import { InputError } from '../error.js';
import { parseExpositionLine } from '../exposition-line.js';
import { type Ignored, labelOf, type MeasuredFormat, type MeasuredSettings } from '../measured.js';
import { type AnsweredSeries, seriesRun } from '../prometheus-answer.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from '../row-mistakes.js';
import { forEachLine, openEnd, type TextLines } from '../text-lines.js';

const options = record({
  scrape_interval: duration()
    .optional()
    .describe('time between the scrapes of a file that has several without timestamps'),
});

/** What a server answers at `/metrics`: one scrape or several, one after the other. */
export const prometheusText: MeasuredFormat<typeof options> = {
  name: 'prometheus-text',
  summary:
    'what a server answers at `/metrics`, one scrape or several one after the other (Prometheus text or OpenMetrics); plain or gzip',
  source: 'Prometheus text exposition format 0.0.4; OpenMetrics 1.0',
  options,
  example: 'measured:\n  - { prometheus: results/before/metrics.txt, scrape_interval: 5s }',
  recognizes: (head) => {
    const lines = head.replace(/^\ufeff/, '').split(/\r?\n/);
    const first = lines.find((line) => line.trim() !== '' && !/^#(?! (HELP|TYPE|UNIT))/.test(line)) ?? '';
    if (/^# (HELP|TYPE|UNIT) [a-zA-Z_:]/.test(first)) return true;
    return !first.startsWith('#') && 'name' in parseExpositionLine(first);
  },
  async read(text, settings) {
    const scrapes = new Scrapes(settings);
    const ignored = await readScrapes(text, scrapes);
    const label = settings.label ?? labelOf(text.file);
    const about = { source: text.file, format: prometheusText.name, label, ignored };
    const run = seriesRun(scrapes.series(text.file), { ...about, startMs: settings.startMs });
    if (scrapes.hasTimes || settings.startMs !== undefined) return run;
    const { startMs: _, ...timeless } = run;
    return timeless;
  },
};

/** Most values that are kept: what is made of them takes 100 bytes each. */
const VALUES_MAX = 1_000_000;

async function readScrapes(text: TextLines, scrapes: Scrapes): Promise<Ignored[]> {
  const mistakes: RowMistakes = { file: text.file, found: [] };
  let exemplars = 0;
  const refuse = (line: number, row: string, problem: { got: string; expected: string; hint?: string }) =>
    addRowMistake(mistakes, { line, text: row }, { path: '', ...problem });
  const end = await forEachLine(text, (row, line) => {
    const content = row.replace(/^\ufeff/, '').trim();
    if (content === '') return;
    if (content === '# EOF') return scrapes.end();
    if (content.startsWith('#')) return;
    const sample = parseExpositionLine(content);
    if ('got' in sample) return refuse(line, row, sample);
    if (sample.hasExemplar) exemplars += 1;
    if (scrapes.add(sample)) return;
    const hint = 'keep every tenth scrape, or ask Prometheus for a range with a longer step';
    throw new InputError([
      {
        file: text.file,
        line,
        column: 1,
        path: '',
        got: 'more',
        expected: `at most ${VALUES_MAX} values`,
        hint,
      },
    ]);
  });
  throwRowMistakes(mistakes);
  return [...openEnd(end), ...(exemplars > 0 ? [{ what: 'exemplars', count: exemplars }] : [])];
}

/** The values so far. A scrape ends with `# EOF`, or where a series comes again. */
class Scrapes {
  private readonly byKey = new Map<string, { metric: Record<string, string>; values: [number, string][] }>();
  private readonly inScrape = new Set<string>();
  private scrape = 0;
  private untimed = 0;
  private timed = 0;

  constructor(private readonly settings: MeasuredSettings) {}

  get hasTimes(): boolean {
    return this.timed > 0;
  }

  /** False where there are too many. */
  add({
    name,
    labels,
    value,
    seconds,
  }: Exclude<ReturnType<typeof parseExpositionLine>, { got: string }>): boolean {
    const key = `${name}\u0000${JSON.stringify(labels)}`;
    if (this.inScrape.has(key)) this.end();
    this.inScrape.add(key);
    let series = this.byKey.get(key);
    if (series === undefined) {
      series = { metric: { __name__: name, ...labels }, values: [] };
      this.byKey.set(key, series);
    }
    if (seconds === undefined) this.untimed += 1;
    else this.timed += 1;
    series.values.push([seconds ?? this.timeOfScrape(), value]);
    return this.timed + this.untimed <= VALUES_MAX;
  }

  end(): void {
    if (this.inScrape.size === 0) return;
    this.inScrape.clear();
    this.scrape += 1;
  }

  series(file: string): AnsweredSeries[] {
    this.end();
    const refuse = (got: string, expected: string, hint: string): never => {
      throw new InputError([{ file, path: '', got, expected, hint }]);
    };
    if (this.timed > 0 && this.untimed > 0) {
      const got = `${this.untimed} values without a timestamp beside ${this.timed} with one`;
      return refuse(got, 'one of the two', 'their times cannot be told apart from each other');
    }
    if (this.untimed > 0 && this.scrape > 1 && this.settings.scrapeIntervalSeconds === undefined) {
      const hint = 'say how far they are apart: scrape_interval: 5s';
      return refuse(`${this.scrape} scrapes without timestamps`, 'one scrape, or timestamps', hint);
    }
    const sorted = [...this.byKey.values()];
    for (const { values } of sorted) values.sort(([a], [b]) => a - b);
    return sorted;
  }

  /** The first scrape stands at the start of the run: where that is not told, at 0. */
  private timeOfScrape(): number {
    return (this.settings.startMs ?? 0) / 1000 + this.scrape * (this.settings.scrapeIntervalSeconds ?? 0);
  }
}
