import { describe, expect, it } from 'vitest';
import {
  arrivalRateBar,
  constantVusBar,
  perVuIterationsBar,
  rampingVusBar,
  sharedIterationsBar,
  waitingBar,
} from '../../../src/report/k6/bars.js';
import { banner, describeExecution, forTerminal } from '../../../src/report/k6/console.js';
import { fixedDuration } from '../../../src/report/k6/fixed-width.js';
import { type LogEntry, logLine, terminalLogLine } from '../../../src/report/k6/log.js';
import {
  type Bar,
  type BarStatus,
  ProgressScreen,
  progressBlock,
  statusLine,
} from '../../../src/report/k6/progress.js';
import recorded from './console.json' with { type: 'json' };

const GRACEFUL = 'gracefulStop: 30s';
/** What the executors say of themselves: the model's tests are about that. */
const SCENARIOS = [
  { name: 'each', description: `2 iterations for each of 2 VUs (maxDuration: 20s, ${GRACEFUL})` },
  { name: 'loop', description: '2 looping VUs for 2s (gracefulStop: 1s)' },
  { name: 'open', description: `1.50 iterations/s for 2s (maxVUs: 1-11, exec: short, ${GRACEFUL})` },
  {
    name: 'ramp',
    description: `Up to 12 looping VUs for 2s over 2 stages (gracefulRampDown: 0s, exec: short, ${GRACEFUL})`,
  },
  { name: 'shared', description: '25 iterations shared among 3 VUs (maxDuration: 2.5s)' },
  {
    name: 'a_name_that_is_longer_than_thirty_characters',
    description: 'Up to 20.00 iterations/s for 2s over 1 stages (maxVUs: 2, exec: short, startTime: 1s)',
  },
];
const DESCRIPTION = { script: 'q.js', scenarios: SCENARIOS, vusMax: 32, endNs: 50e9 };
const SIGNS: Record<string, BarStatus> = {
  ' ': 'running',
  '•': 'waiting',
  '↓': 'stopping',
  '✗': 'interrupted',
  '✓': 'done',
};

describe('what k6 v1.8.1 wrote to a pipe', () => {
  it('begins with the banner and the description', () => {
    const outputs = ['json (points.json.gz)', 'csv (file.csv)'];
    const head =
      banner({ colors: false }) + describeExecution({ ...DESCRIPTION, outputs }, { colors: false });
    expect(recorded.out.slice(0, head.length)).toBe(head);
  });

  const blocks = recorded.out.match(/\n(Run|running) [^\n]*\n([^\n]+\n)+/g)!;
  it('has blocks of progress', () => {
    expect(blocks.length).toBeGreaterThan(2);
    for (const block of blocks) {
      const [head, ...lines] = block.trim().split('\n') as [string, ...string[]];
      const first = head.startsWith('running') ? redrawn(head) : barOf(head);
      expect(progressBlock(first, lines.map(barOf))).toBe(block);
    }
  });
});

const ESCAPE = '\u001b';
/** A block of progress, and the way back to its beginning. */
const FRAME = new RegExp(
  `${ESCAPE}\\[K\\n(?:[^\\n\\r]+${ESCAPE}\\[K\\n)+(?:\\r${ESCAPE}\\[J${ESCAPE}\\[\\d+A)?`,
  'g',
);
const COLOUR = new RegExp(`${ESCAPE}\\[\\d*[mK]`, 'g');

/** The status line from its own numbers. */
function redrawn(line: string): string {
  const numbers = line.match(/\d+(\.\d)?/g)!.map(Number) as [number, number, number, number, number];
  const [seconds, activeVus, initializedVus, complete, interrupted] = numbers;
  return statusLine({
    elapsedNs: seconds * 1e9,
    longestNs: DESCRIPTION.endNs,
    vusMax: DESCRIPTION.vusMax,
    activeVus,
    initializedVus,
    complete,
    interrupted,
  });
}

function barOf(line: string): Bar {
  const [, left, sign, body, right] = /^(.{30}) (.) \[(.*?)\](.*)$/.exec(line)!;
  const trimmed = left!.trimEnd();
  const long = SCENARIOS.at(-1)!.name;
  const name = trimmed.endsWith('...') ? long : trimmed;
  return { name, status: SIGNS[sign!]!, progress: progressOf(body!), columns: columnsOf(right!) };
}

function progressOf(body: string): number {
  if (body.includes('%')) return Number.parseInt(body, 10) / 100;
  const filled = body.replaceAll('-', '').length;
  return filled === body.length ? 1 : (filled + 0.5) / body.length;
}

function columnsOf(right: string): string[] {
  return right.trim() === '' ? [] : right.trim().split(/ {2,}/);
}

describe('what k6 v1.8.1 wrote to a terminal', () => {
  it('begins with the banner and the description in colours', () => {
    const head =
      banner({ colors: true }) + describeExecution({ ...DESCRIPTION, outputs: [] }, { colors: true });
    expect(recorded.terminal.slice(0, forTerminal(head).length)).toBe(forTerminal(head));
    const trueColour = forTerminal(banner({ colors: true, trueColor: true }));
    expect(recorded.trueColourBanner).toContain(trueColour);
  });

  it('has bars that are drawn again and again, as wide as there is room', () => {
    const screen = new ProgressScreen(recorded.terminalWidth);
    const frames = recorded.terminal.match(FRAME)!;
    expect(frames.length).toBeGreaterThan(20);
    let before = '';
    for (const frame of frames) {
      // What was drawn last is repeated when something else is written; the last stays.
      const text = frame.split('\r')[0]!;
      if (text === before) continue;
      before = text;
      const plain = text.replace(COLOUR, '');
      const [head, ...lines] = plain.trim().split('\n') as [string, ...string[]];
      const first = head.startsWith('running') ? redrawn(head) : barOf(head);
      const bars = lines.map(barOf);
      expect(frame.includes('\r') ? screen.draw(first, bars) : screen.last(first, bars)).toBe(frame);
    }
  });
});

describe('bars', () => {
  const time = { spentNs: 0.8e9, durationNs: 2e9 };
  const over = { spentNs: 2.1e9, durationNs: 2e9 };

  it('of executors that loop', () => {
    expect(constantVusBar(time, 2)).toEqual({ progress: 0.4, columns: ['2 VUs', '0.8s/2s'] });
    expect(constantVusBar(over, 2)).toEqual({ progress: 1, columns: ['2 VUs', '2s'] });
    expect(rampingVusBar(time, 9, 12)).toEqual({ progress: 0.4, columns: ['09/12 VUs', '0.8s/2.0s'] });
    expect(rampingVusBar(over, 0, 12)).toEqual({ progress: 1, columns: ['00/12 VUs', '2s'] });
  });

  it('of executors that count iterations', () => {
    const shared = { vus: 3, done: 3, total: 25 };
    const limit = { spentNs: 0.8e9, durationNs: 2.5e9 };
    expect(sharedIterationsBar(limit, shared)).toEqual({
      progress: 0.12,
      columns: ['3 VUs', '0.8s/2.5s', '03/25 shared iters'],
    });
    const each = { vus: 2, done: 2, total: 4 };
    expect(perVuIterationsBar({ spentNs: 0.8e9, durationNs: 20e9 }, each)).toEqual({
      progress: 0.5,
      columns: ['2 VUs', '00.8s/20s', '2/4 iters, 2 per VU'],
    });
    expect(perVuIterationsBar(over, each).columns[1]).toBe('2s');
  });

  it('of executors that start iterations by the clock', () => {
    const arrivals = { busyVus: 1, allocatedVus: 2, vusMax: 2, rate: 8.35, rateMax: 20 };
    expect(arrivalRateBar(time, arrivals)).toEqual({
      progress: 0.4,
      columns: ['1/2 VUs', '0.8s/2s', '08.35 iters/s'],
    });
    expect(waitingBar(0.2e9, 1e9)).toEqual({ progress: 0, columns: ['waiting', '0.2s'] });
  });

  it.each([
    [1e9, 4e9, '1.0s'],
    [1e9, 30e9, '01.0s'],
    [61e9, 90e9, '1m01.0s'],
    [61e9, 600e9, '01m01.0s'],
    [3661.25e9, 3600e9, '1h01m01.3s'],
    [60e9, 36_000e9, '00h01m00.0s'],
    [60e9, 12 * 86_400e9, '00d00h01m00.0s'],
  ])('have times of one width: %d ns of %d ns', (durationNs, longestNs, text) => {
    expect(fixedDuration(durationNs, longestNs)).toBe(text);
  });
});

describe('log lines', () => {
  const MESSAGES: readonly (readonly [LogEntry['level'], string])[] = [
    ['info', 'hello'],
    ['info', 'two words'],
    ['warning', 'quoted "x" back\\slash \u200d é 日本 👩\n\u001b[0m\ttab \u0007 \u2028 \u00a0 end'],
    ['error', ''],
    ['info', '{ a: 1 }'],
    ['info', 'a=b'],
    ['info', 'x@y.z/w-v_u^+'],
    ['info', '1.5'],
    ['info', 'x'.repeat(60)],
    ['info', '<b>&'],
  ];
  const entries = MESSAGES.map(
    ([level, message]): LogEntry => ({ level, message, fields: { source: 'console' } }),
  );
  const stack = 'Error: on purpose\n\tat default (file:///tmp/con/l.js:4:9(63))\n';
  const fields = { executor: 'shared-iterations', scenario: 'default', source: 'stacktrace' };
  const all: LogEntry[] = [...entries, { level: 'error', message: stack, fields }];

  it.each(['text', 'json'] as const)('of the format %s are as k6 v1.8.1 wrote them', (format) => {
    const date = /time"?[=:]"([^"]*)"/.exec(recorded.log[format])![1]!;
    const time = { unixMs: Date.parse(date), seconds: 0 };
    expect(all.map((entry) => logLine(entry, time, format)).join('')).toBe(recorded.log[format]);
  });

  it('are shorter on a terminal', () => {
    const lines = entries.map((entry) => terminalLogLine(entry, { unixMs: 0, seconds: 0 }));
    expect(forTerminal(lines.join(''))).toBe(recorded.log.terminal);
  });
});
