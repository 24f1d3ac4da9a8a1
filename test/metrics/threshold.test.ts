import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../src/metrics/selector.js';
import { evaluateThreshold, parseThreshold, parseThresholds } from '../../src/metrics/threshold.js';

describe('parseThreshold', () => {
  it.each([
    ['p(95)<500', 'trend', 'p(95)', '<', 500],
    [' p(99.9) <= 1e3 ', 'trend', 'p(99.9)', '<=', 1000],
    ['avg>=.5', 'trend', 'avg', '>=', 0.5],
    ['med != 3', 'trend', 'med', '!=', 3],
    ['count>100', 'counter', 'count', '>', 100],
    ['rate===0', 'rate', 'rate', '===', 0],
    ['value == -1.', 'gauge', 'value', '==', -1],
  ] as const)('reads %j of a %s', (text, type, aggregation, operator, value) => {
    expect(parseThreshold(text, type)).toEqual({
      source: text.trim(),
      aggregation,
      operator,
      value,
      abortOnFail: false,
      delayAbortEvalNs: 0,
    });
  });

  it('reads the object form', () => {
    const read = (delayAbortEval?: string | number) =>
      parseThreshold({ threshold: 'rate<0.1', abortOnFail: true, delayAbortEval }, 'rate');
    expect(read('10s')).toMatchObject({ abortOnFail: true, delayAbortEvalNs: 10e9 });
    expect(read(2500)).toMatchObject({ delayAbortEvalNs: 2.5e9 });
    expect(() => read('soon')).toThrow('not a duration');
  });

  it.each([
    ['p95<500', 'trend', 'a trend has no "p95", in threshold "p95<500"', 'did you mean "p(95)"?'],
    ['rate<0.1', 'trend', 'a trend has no "rate"', 'a trend has avg, min, max, med, p(95)'],
    ['p(95)<1', 'rate', 'a rate has no "p(95)"', 'a rate has rate'],
    ['p(95)<500ms', 'trend', 'not a number in threshold "p(95)<500ms": "500ms"', 'durations in milliseconds'],
    ['rate<1%', 'rate', 'not a number', 'rates from 0 to 1'],
    ['p(95)', 'trend', 'no comparison in threshold "p(95)"', 'write it like "p(95)<500"'],
    ['p(101)<5', 'trend', 'percentile out of range', 'from 0 to 100'],
    ['avg<', 'trend', 'not a number', 'write it like'],
    ['avg=<3', 'trend', 'no comparison', 'write it like'],
  ] as const)('refuses %j of a %s', (text, type, message, hint) => {
    const { problems } = parseThresholds({ m: [text] }, { m: type });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ metric: 'm', index: 0 });
    expect(problems[0]!.message).toContain(message);
    expect(problems[0]!.hint).toContain(hint);
  });
});

describe('parseThresholds', () => {
  it('collects every mistake, and keeps what is right', () => {
    const { thresholds, problems } = parseThresholds({
      http_req_duraton: ['p(95)<500'],
      'http_req_failed{': ['rate<0.1'],
      http_req_failed: ['rate<0.1', 'rates<0.1', { threshold: 'rate<0.5', abortOnFail: true }],
    });
    expect(problems).toEqual([
      {
        metric: 'http_req_duraton',
        index: undefined,
        message: 'unknown metric: "http_req_duraton"',
        hint: 'did you mean "http_req_duration"?',
      },
      {
        metric: 'http_req_failed{',
        index: undefined,
        message: 'metric "http_req_failed{" has malformed braces (expected metric{tag:value})',
        hint: undefined,
      },
      {
        metric: 'http_req_failed',
        index: 1,
        message: 'a rate has no "rates", in threshold "rates<0.1"',
        hint: 'a rate has rate',
      },
    ]);
    expect(thresholds[0]!.thresholds.map((threshold) => threshold.source)).toEqual(['rate<0.1', 'rate<0.5']);
  });
});

describe('parseSelector', () => {
  it('splits tags as k6 does', () => {
    expect(parseSelector('http_reqs').conditions).toEqual([]);
    expect(parseSelector('http_reqs{ "name" : \'/a b\' , group:::x}')).toEqual({
      name: 'http_reqs{ "name" : \'/a b\' , group:::x}',
      base: 'http_reqs',
      conditions: [
        { tag: 'name', value: '/a b' },
        { tag: 'group', value: '::x' },
      ],
    });
    expect(() => parseSelector('http_reqs{}')).toThrow('cannot be empty');
    expect(() => parseSelector('http_reqs{:x}')).toThrow('tag name is missing');
    expect(() => parseSelector('{a:b}')).toThrow('malformed');
  });
});

describe('evaluateThreshold', () => {
  it.each([
    ['count<10', false],
    ['count<=10', true],
    ['count>9', true],
    ['count>=11', false],
    ['count==10', true],
    ['count===10', true],
    ['count!=10', false],
    ['rate<5.1', true],
  ])('compares by %s', (text, ok) => {
    const metric = { record: { type: 'counter', count: 10 } as const, durationSeconds: 2 };
    expect(evaluateThreshold(parseThreshold(text, 'counter'), [metric]).ok).toBe(ok);
  });

  it('takes a never-seen metric as 0, and lets a rate without samples pass', () => {
    const never = { record: undefined, durationSeconds: 1 };
    const emptyRate = { record: { type: 'rate', passes: 0, total: 0 } as const, durationSeconds: 1 };
    expect(evaluateThreshold(parseThreshold('p(95)<500', 'trend'), [never]).ok).toBe(true);
    expect(evaluateThreshold(parseThreshold('count>0', 'counter'), [never]).ok).toBe(false);
    expect(evaluateThreshold(parseThreshold('rate>0.9', 'rate'), [emptyRate]).ok).toBe(true);
  });
});
