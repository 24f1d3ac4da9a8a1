import { describe, expect, it } from 'vitest';
import { atReplayPoint, InvariantError, invariant } from '../../src/kernel/invariant.js';

describe('an invariant', () => {
  it('throws where it does not hold', () => {
    invariant(true, 'never seen');
    expect(() => invariant(false, 'a request was settled twice')).toThrow(InvariantError);
  });

  it('says where the run stood and how to go there again, and keeps its stack', () => {
    const error = new InvariantError('a request was settled twice');
    const point = { seed: '430', nowNs: 12, eventCount: 3, command: 'sim replay result.json' };
    const located = atReplayPoint(error, point);
    expect(located.message).toBe(
      'a request was settled twice (at 12 ns, event 3, seed 430); replay: sim replay result.json',
    );
    expect(located.stack).toBe(error.stack);
  });
});
