import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Picks, weighted } from '../model/balancers/picks.js';

const SEED = { seed: 430, numRuns: 100 };

const weights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 10 });

function total(list: readonly number[]): number {
  return list.reduce((sum, weight) => sum + weight, 0);
}

describe('smooth weighted round robin', () => {
  test.prop([weights, fc.integer({ min: 1, max: 3 })], SEED)(
    'picks every server exactly by its weight in every period',
    (list, periods) => {
      const picks = new Picks({}, weighted(...list));
      for (let period = 0; period < periods; period += 1) {
        const hosts = picks.sequence(total(list)).split(' ');
        for (const [index, weight] of list.entries()) {
          expect(hosts.filter((host) => host.charCodeAt(0) - 97 === index)).toHaveLength(weight);
        }
      }
    },
  );

  test.prop([weights], SEED)('stays near the ideal at every moment', (list) => {
    const picks = new Picks({}, weighted(...list));
    const counts = list.map(() => 0);
    const sum = total(list);
    for (let sent = 1; sent <= sum; sent += 1) {
      counts[picks.send().charCodeAt(0) - 97]! += 1;
      for (const [index, weight] of list.entries()) {
        const deviation = counts[index]! - (sent * weight) / sum;
        // currentWeight = sent * weight - count * sum. The picked one is the largest of n numbers whose sum is `sum`
        // before it pays, so it is above 0, and above -sum after: no server is ever more than one pick ahead. As the
        // numbers add up to 0, one can be behind by what all others are ahead: less than n - 1 picks.
        expect(deviation).toBeLessThan(1);
        expect(deviation).toBeGreaterThan(-(list.length - 1));
      }
    }
  });

  test.prop([weights, fc.integer({ min: 0, max: 9 })], SEED)(
    'is as fair among those who are left when one is down',
    (list, position) => {
      const down = position % list.length;
      const servers = weighted(...list) as Record<string, { weight: number; down?: boolean }>;
      servers[String.fromCharCode(97 + down)]!.down = true;
      const picks = new Picks({}, servers);
      const hosts = picks.sequence(total(list) - list[down]!).split(' ');
      for (const [index, weight] of list.entries()) {
        const expected = index === down ? 0 : weight;
        expect(hosts.filter((host) => host.charCodeAt(0) - 97 === index)).toHaveLength(expected);
      }
    },
  );
});

describe('least_conn', () => {
  test.prop([fc.array(fc.boolean(), { maxLength: 200 }), weights], SEED)(
    'never leaves a server more than one request ahead of its share of what it was given',
    (story, list) => {
      const picks = new Picks({ algorithm: 'least_conn' }, weighted(...list));
      const inFlight = list.map(() => 0);
      const held: { host: string; end: () => void }[] = [];
      for (const starts of story) {
        if (starts) {
          const request = picks.hold();
          const index = request.host.charCodeAt(0) - 97;
          const ratios = list.map((weight, other) => inFlight[other]! / weight);
          expect(ratios[index]).toBe(Math.min(...ratios));
          inFlight[index]! += 1;
          held.push(request);
        } else {
          const ended = held.shift();
          if (ended === undefined) continue;
          ended.end();
          inFlight[ended.host.charCodeAt(0) - 97]! -= 1;
        }
      }
    },
  );
});

describe('hash methods', () => {
  const keys = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 20 });

  test.prop([keys, weights, fc.boolean()], SEED)(
    'send a key to one server, whatever else is sent',
    (list, serverWeights, consistent) => {
      const algorithm = { hash: { key: '$request_uri', consistent } };
      const picks = new Picks({ algorithm }, weighted(...serverWeights));
      const first = list.map((key) => picks.send({ path: key }));
      const again = [...list].reverse().map((key) => picks.send({ path: key }));
      expect(again.reverse()).toEqual(first);
    },
  );
});
