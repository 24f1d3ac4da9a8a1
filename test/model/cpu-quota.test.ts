import { describe, expect, it } from 'vitest';
import { NEVER } from '../../src/kernel/time.js';
import { CpuQuota } from '../../src/model/cpu-quota.js';

const quarter = () => new CpuQuota({ quotaNs: 25, periodNs: 100, phaseNs: 0 });

describe('a CPU quota', () => {
  it('is met when so much has been used within a period', () => {
    const quota = quarter();
    expect(quota.exhaustedAtNs(0, 1)).toBe(25);
    quota.consume(0, 10, 1);
    expect(quota.exhaustedAtNs(10, 1)).toBe(25);
    expect(quota.exhaustedAtNs(10, 2)).toBe(18);
    quota.consume(10, 25, 1);
    expect(quota.exhausted).toBe(true);
  });

  it('is never met by less than its rate', () => {
    const quota = quarter();
    expect(quota.exhaustedAtNs(0, 0.25)).toBe(NEVER);
    expect(quota.exhaustedAtNs(0, 0)).toBe(NEVER);
  });

  it('is full again at every boundary, and never fuller', () => {
    const quota = quarter();
    quota.consume(0, 20, 1);
    expect(quota.exhaustedAtNs(90, 1)).toBe(95);
    // 5 are left until 100, but only 4 ns of time: the next period's quota ends it.
    quota.consume(20, 96, 0);
    expect(quota.exhaustedAtNs(96, 1)).toBe(125);
    quota.consume(96, 350, 0);
    expect(quota.nextRefillNs).toBe(400);
    expect(quota.exhaustedAtNs(350, 1)).toBe(375);
  });

  it('counts only what was used since the last boundary', () => {
    const quota = quarter();
    quota.consume(0, 110, 0.2);
    // 10 ns at 0.2 in the second period: 2 used, 23 left.
    expect(quota.exhaustedAtNs(110, 1)).toBe(133);
  });

  it('has its boundaries where its phase says', () => {
    const quota = new CpuQuota({ quotaNs: 25, periodNs: 100, phaseNs: 40 });
    expect(quota.nextRefillNs).toBe(40);
    expect(quota.exhaustedAtNs(20, 1)).toBe(65);
  });
});
