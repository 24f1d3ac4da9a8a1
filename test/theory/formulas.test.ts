import { describe, expect, it } from 'vitest';
import { erlangB, erlangC, finiteQueue, machineRepairman, meanTimeMMc } from './formulas.js';

describe('the formulas agree with each other and with printed tables', () => {
  it('Erlang B: 10 trunks lose 1 % at 4.461 erlangs (standard traffic tables)', () => {
    expect(erlangB(10, 4.461)).toBeCloseTo(0.01, 4);
  });

  it('Erlang C with one server is the load', () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12);
    expect(meanTimeMMc(1, 0.7)).toBeCloseTo(1 / 0.3, 12);
  });

  it('M/M/c/c is Erlang B, and M/M/c with very many places is M/M/c', () => {
    expect(finiteQueue(4, 4, 3).loss).toBeCloseTo(erlangB(4, 3), 12);
    expect(finiteQueue(4, 400, 3).meanTime).toBeCloseTo(meanTimeMMc(4, 0.75), 9);
  });

  it('one user never waits, and very many saturate the station', () => {
    expect(machineRepairman(1, 9)).toEqual({ throughput: 0.1, responseTime: 1 });
    expect(machineRepairman(200, 9).throughput).toBeCloseTo(1, 9);
    expect(machineRepairman(200, 9).responseTime).toBeCloseTo(191, 6);
  });
});
