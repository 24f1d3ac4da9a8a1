import { describe, expect, it } from 'vitest';
import { type AbRun, abReport } from '../../../src/report/ab/report.js';
import recorded from './recorded.json' with { type: 'json' };

/** Runs of ApacheBench 2.3 (httpd 2.4.71), and the times of their requests, which `-g` writes in whole ms. */
function runOf({ text, times }: (typeof recorded)[number]): AbRun {
  const value = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(text)?.[1] ?? '';
  const causes = /\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)/.exec(text);
  const [connect = 0, receive = 0, length = 0, exceptions = 0] = causes?.slice(1).map(Number) ?? [];
  const keepAlive = value('Keep-Alive requests');
  return {
    serverSoftware: value('Server Software'),
    hostname: value('Server Hostname'),
    port: Number(value('Server Port')),
    path: value('Document Path'),
    documentLength: Number.parseInt(value('Document Length'), 10),
    concurrency: Number(value('Concurrency Level')),
    // Three decimals are shown of the time; six can be had from the mean, which has three decimals of a ms.
    seconds:
      (Number(/([\d.]+) \[ms\] \(mean\)/.exec(text)![1]) * times.length) /
      1000 /
      Number(value('Concurrency Level')),
    failed: { connect, receive, length, exceptions },
    non2xx: Number(value('Non-2xx responses')),
    keepAlive: keepAlive === '' ? undefined : Number(keepAlive),
    transferredBytes: Number.parseInt(value('Total transferred'), 10),
    htmlBytes: Number.parseInt(value('HTML transferred'), 10),
    requests: times.map(([connectMs, , totalMs, waitingMs]) => ({
      connectUs: connectMs! * 1000,
      waitingUs: waitingMs! * 1000,
      totalUs: totalMs! * 1000,
    })),
  };
}

/** A number of the table of times, or of what follows from the time the test took. */
const INEXACT = /^(Connect|Processing|Waiting|Total|Requests per second|Time per request|Transfer rate): /;

describe.each(recorded)('a report of ab', (item) => {
  const ours = abReport(runOf(item)).split('\n');
  const theirs = item.text.split('\n');

  it('has the same lines', () => {
    const layout = (line: string) =>
      INEXACT.test(line) ? line.replace(/[\d.]+/g, (found) => '#'.repeat(found.length)) : line;
    expect(ours.map((line) => layout(line).replace(/ *#+/g, ' #'))).toEqual(
      theirs.map((line) => layout(line).replace(/ *#+/g, ' #')),
    );
    expect(ours.map((line) => line.length)).toEqual(theirs.map((line) => line.length));
  });

  it('has the same numbers, as far as whole ms tell', () => {
    for (const [index, line] of theirs.entries()) {
      if (!INEXACT.test(line)) continue;
      const numbers = (text: string) => text.match(/[\d.]+/g)!.map(Number);
      numbers(line).forEach((number, column) => {
        // Times are off by half a ms each, and so are their means; rates by the last digit of the mean they are made from.
        expect(Math.abs(numbers(ours[index]!)[column]! - number)).toBeLessThanOrEqual(
          Math.max(1, number * 1e-4),
        );
      });
    }
  });
});
