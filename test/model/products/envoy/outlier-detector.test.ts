import { describe, expect, it } from 'vitest';
import type { EnvoyHost } from '../../../../src/model/products/envoy/host.js';
import {
  OutlierDetector,
  successRateThreshold,
} from '../../../../src/model/products/envoy/outlier-detector.js';
import { outlierDetectionField } from '../../../../src/model/products/envoy/outlier-options.js';
import { check } from '../../../../src/options/fields.js';
import { RandomSource } from '../../../../src/random/stream.js';
import { createHost } from './hosts.js';

/** A detector over hosts at ports 80, 81, ..., and its clock. */
class Laboratory {
  readonly hosts: EnvoyHost[];
  readonly detector: OutlierDetector;
  /** Ejections and returns in order: `+80@30`, seconds. */
  readonly log: string[] = [];
  nowSeconds = 0;

  constructor(options: Record<string, unknown> = {}, hostCount = 1) {
    const checked = check(outlierDetectionField(), { max_ejection_percent: 100, ...options });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.hosts = Array.from({ length: hostCount }, (_, index) => createHost({ port: 80 + index }));
    this.detector = new OutlierDetector({
      options: checked.value,
      stream: new RandomSource('430').stream('ejections'),
      changed: (host, nowNs) => {
        const sign = host.failedOutlierCheck ? '-' : '+';
        this.log.push(`${sign}${host.address.address.split(':')[1]}@${nowNs / 1e9}`);
      },
    });
    this.detector.setHosts(this.hosts);
  }

  /** `count` answers with `status` of one host. */
  answers(host: number, count: number, status: number): void {
    for (let index = 0; index < count; index += 1) {
      this.detector.putResponse(this.hosts[host]!, status, this.nowSeconds * 1e9);
    }
  }

  localFailures(host: number, count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.detector.putLocalFailure(this.hosts[host]!, 503, this.nowSeconds * 1e9);
    }
  }

  connects(host: number, count: number): void {
    for (let index = 0; index < count; index += 1) this.detector.putConnectSuccess(this.hosts[host]!);
  }

  /** The interval passes at this second. */
  tick(seconds: number): void {
    this.nowSeconds = seconds;
    this.detector.tick(seconds * 1e9);
  }

  isOut(host = 0): boolean {
    return this.hosts[host]!.failedOutlierCheck;
  }
}

// Cases of envoyproxy/envoy test/common/upstream/outlier_detection_impl_test.cc.
describe('outlier detection of failures in a row', () => {
  it('BasicFlow5xxViaHttpCodes: the fifth in a row ejects, a success between starts anew', () => {
    const lab = new Laboratory({}, 2);
    lab.answers(0, 1, 500);
    lab.answers(0, 1, 200);
    lab.answers(0, 4, 500);
    expect(lab.isOut()).toBe(false);
    lab.answers(0, 1, 500);
    expect(lab.isOut()).toBe(true);
    expect(lab.detector.stats.ejectionsActive).toBe(1);
    lab.tick(9.999);
    expect(lab.isOut()).toBe(true);
    lab.tick(30.001);
    expect(lab.isOut()).toBe(false);
    lab.answers(0, 4, 500);
    lab.nowSeconds = 40;
    lab.answers(0, 1, 500);
    expect(lab.log).toEqual(['-80@0', '+80@30.001', '-80@40']);
    lab.detector.setHosts([]);
    expect(lab.detector.stats).toMatchObject({ ejectionsActive: 0, ejectionsEnforcedTotal: 2 });
  });

  it('BasicFlowGatewayFailure: only if enforced, and a 500 between starts it anew', () => {
    const lab = new Laboratory({ enforcing_consecutive_gateway_failure: 100, consecutive_5xx: 100 });
    lab.answers(0, 4, 503);
    lab.answers(0, 1, 500);
    lab.answers(0, 4, 502);
    expect(lab.isOut()).toBe(false);
    lab.answers(0, 1, 504);
    expect(lab.detector.stats.enforced).toEqual({ consecutive_gateway_failure: 1 });
    lab.tick(30);
    // A mix of 503s and 500s is five 5xx, not five gateway failures.
    const mixed = new Laboratory({ enforcing_consecutive_gateway_failure: 100 });
    mixed.answers(0, 2, 503);
    mixed.answers(0, 3, 500);
    expect(mixed.detector.stats.enforced).toEqual({ consecutive_5xx: 1 });
  });

  it('BasicFlowNonHttpCodesExternalOrigin: local failures are 5xx; a connection alone interrupts nothing', () => {
    const lab = new Laboratory();
    for (let round = 0; round < 100; round += 1) {
      lab.localFailures(0, 1);
      lab.answers(0, 1, 200);
    }
    lab.localFailures(0, 1);
    lab.connects(0, 1);
    lab.localFailures(0, 3);
    expect(lab.isOut()).toBe(false);
    lab.localFailures(0, 1);
    expect(lab.isOut()).toBe(true);
    // The same five are five gateway failures too, which eject nobody by default.
    expect(lab.detector.stats.detected).toEqual({ consecutive_5xx: 1, consecutive_gateway_failure: 1 });
    expect(lab.detector.stats.enforced).toEqual({ consecutive_5xx: 1 });
  });

  it('split_external_local_origin_errors: local failures are counted apart, and a connection starts them anew', () => {
    const lab = new Laboratory({ split_external_local_origin_errors: true });
    lab.localFailures(0, 4);
    lab.answers(0, 4, 500);
    lab.connects(0, 1);
    lab.localFailures(0, 4);
    expect(lab.isOut()).toBe(false);
    lab.localFailures(0, 1);
    expect(lab.detector.stats.enforced).toEqual({ consecutive_local_origin_failure: 1 });
  });

  it('NotEnforcing: detected, but not ejected', () => {
    const lab = new Laboratory({ enforcing_consecutive_5xx: 0 });
    lab.answers(0, 5, 503);
    expect(lab.isOut()).toBe(false);
    expect(lab.detector.stats).toMatchObject({
      ejectionsActive: 0,
      ejectionsEnforcedTotal: 0,
      detected: { consecutive_5xx: 1, consecutive_gateway_failure: 1 },
    });
  });

  it('enforces a percentage of the detections', () => {
    // 400 detections at 25 %: 5 binomial standard deviations are 43.
    let ejections = 0;
    const lab = new Laboratory({ enforcing_consecutive_5xx: 25, base_ejection_time: '1ms' });
    for (let round = 0; round < 400; round += 1) {
      lab.answers(0, 5, 500);
      if (lab.isOut()) ejections += 1;
      lab.tick((round + 1) * 1000);
    }
    expect(Math.abs(ejections - 100)).toBeLessThan(43);
  });

  it('Consecutive_5xxAlreadyEjected: what comes while it is out ejects it no second time', () => {
    const lab = new Laboratory();
    lab.answers(0, 5, 500);
    lab.answers(0, 1, 200);
    lab.answers(0, 5, 500);
    expect(lab.log).toEqual(['-80@0']);
  });
});

describe('limits of ejection (reference, section 4.7)', () => {
  it('Overflow: with always_eject_one_host one of two is ejected at max_ejection_percent 1, the other not', () => {
    const lab = new Laboratory({ max_ejection_percent: 1, always_eject_one_host: true }, 2);
    lab.answers(0, 5, 500);
    lab.answers(1, 5, 500);
    expect([lab.isOut(0), lab.isOut(1)]).toEqual([true, false]);
    expect(lab.detector.stats).toMatchObject({ ejectionsActive: 1, ejectionsOverflow: 1 });
  });

  it.each([
    [9, 0],
    [10, 1],
    [19, 1],
    [20, 2],
  ])('at the default 10 %%, of %d hosts at most %d are ejected', (hostCount, ejected) => {
    const lab = new Laboratory({ max_ejection_percent: 10 }, hostCount);
    for (let host = 0; host < hostCount; host += 1) lab.answers(host, 5, 500);
    expect(lab.detector.stats.ejectionsActive).toBe(ejected);
    expect(lab.detector.stats.ejectionsOverflow).toBe(hostCount - ejected);
  });
});

describe('the time of ejection', () => {
  it('EjectTimeBackoff: grows with every ejection, shrinks with every healthy interval', () => {
    const lab = new Laboratory({ base_ejection_time: '10s' });
    const stay = (from: number, seconds: number) => {
      lab.answers(0, 5, 500);
      for (let tick = from + 10; tick < from + seconds; tick += 10) lab.tick(tick);
      expect(lab.isOut()).toBe(true);
      lab.tick(from + seconds);
      expect(lab.isOut()).toBe(false);
    };
    stay(0, 10);
    stay(10, 20);
    stay(30, 30);
    lab.tick(70);
    lab.tick(80);
    stay(80, 20);
    for (let tick = 110; tick <= 600; tick += 10) lab.tick(tick);
    lab.nowSeconds = 610;
    stay(610, 10);
  });

  it.each([
    ['MaxEjectTime', '300s', 30],
    ['MaxEjectTimeNotAlligned', '305s', 31],
  ])('%s: %s is reached after %d ejections, and then no more is added', (_, most, ejections) => {
    const lab = new Laboratory({ base_ejection_time: '10s', max_ejection_time: most });
    let ticks = 0;
    for (let ejection = 1; ejection < ejections + 10; ejection += 1) {
      lab.answers(0, 5, 500);
      const start = ticks;
      while (lab.isOut()) {
        ticks += 1;
        lab.tick(ticks * 10);
      }
      // An ejection of k * 10 s that starts at a tick ends at the k-th one after it; 305 s at the 31st.
      expect(ticks - start).toBe(Math.min(ejection, ejections));
    }
  });

  it('ends at a tick only: the first that comes at least that long after', () => {
    const lab = new Laboratory();
    lab.nowSeconds = 7;
    lab.answers(0, 5, 500);
    for (const tick of [10, 20, 30, 36.999]) lab.tick(tick);
    expect(lab.isOut()).toBe(true);
    lab.tick(40);
    expect(lab.log).toEqual(['-80@7', '+80@40']);
  });

  it('max_ejection_time_jitter adds up to that many ms', () => {
    const durations = new Set<number>();
    for (let round = 0; round < 50; round += 1) {
      const lab = new Laboratory({ max_ejection_time_jitter: '3ms', base_ejection_time: '10s' }, round + 1);
      for (let host = 0; host <= round; host += 1) lab.answers(host, 5, 500);
      for (let ms = 0; ms <= 3; ms += 1) {
        lab.tick(10 + ms / 1000);
        if (!lab.isOut(round)) {
          durations.add(ms);
          break;
        }
      }
    }
    expect([...durations].sort()).toEqual([0, 1, 2, 3]);
  });

  it('counters start anew when a host comes back, and a passed health check brings it back at once', () => {
    const lab = new Laboratory({
      consecutive_gateway_failure: 6,
      enforcing_consecutive_gateway_failure: 100,
    });
    lab.answers(0, 5, 503);
    lab.nowSeconds = 3;
    lab.detector.checkSucceeded(lab.hosts[0]!, 3e9);
    expect(lab.log).toEqual(['-80@0', '+80@3']);
    lab.answers(0, 4, 503);
    expect(lab.isOut()).toBe(false);
    const kept = new Laboratory({ successful_active_health_check_uneject_host: false });
    kept.answers(0, 5, 500);
    kept.detector.checkSucceeded(kept.hosts[0]!, 3e9);
    expect(kept.isOut()).toBe(true);
  });
});

describe('outlier detection by rates', () => {
  it('the threshold of {50, 100 x 4} is 52: mean 90, deviation 20 (reference, section 4.7)', () => {
    expect(successRateThreshold([50, 100, 100, 100, 100], 1.9)).toBe(52);
  });

  const rates = { enforcing_consecutive_5xx: 0 };

  it('BasicFlowSuccessRateExternalOrigin', () => {
    const lab = new Laboratory(rates, 5);
    for (let host = 0; host < 5; host += 1) lab.answers(host, 200, 200);
    lab.answers(4, 200, 503);
    expect(lab.detector.stats.detected).toEqual({ consecutive_5xx: 40, consecutive_gateway_failure: 40 });
    lab.tick(10);
    expect(lab.detector.stats.enforced).toEqual({ success_rate: 1 });
    expect(lab.isOut(4)).toBe(true);
    lab.tick(19.999);
    expect(lab.isOut(4)).toBe(true);
    lab.tick(50.001);
    expect(lab.isOut(4)).toBe(false);
    // 25 requests each are too few.
    for (let host = 0; host < 5; host += 1) lab.answers(host, 25, 200);
    lab.answers(4, 25, 503);
    lab.tick(60.001);
    expect(lab.detector.stats.ejectionsActive).toBe(0);
  });

  it('needs five hosts with a hundred requests each', () => {
    const four = new Laboratory(rates, 4);
    for (let host = 0; host < 4; host += 1) four.answers(host, 200, 200);
    four.answers(3, 200, 500);
    four.tick(10);
    expect(four.detector.stats.enforced).toEqual({});
    const quiet = new Laboratory(rates, 5);
    for (let host = 0; host < 4; host += 1) quiet.answers(host, 200, 200);
    quiet.answers(4, 99, 500);
    quiet.tick(10);
    expect(quiet.detector.stats.enforced).toEqual({});
  });

  it('BasicFlowSuccessRateLocalOrigin', () => {
    const lab = new Laboratory(
      { split_external_local_origin_errors: true, enforcing_consecutive_local_origin_failure: 0 },
      5,
    );
    for (let host = 0; host < 5; host += 1) lab.connects(host, 200);
    lab.localFailures(4, 200);
    lab.tick(10);
    expect(lab.detector.stats.enforced).toEqual({ local_origin_success_rate: 1 });
  });

  it('BasicFlowFailurePercentageExternalOrigin: 83 % is below the threshold of 85 %, 86 % is above', () => {
    const lab = new Laboratory({ ...rates, enforcing_success_rate: 0, enforcing_failure_percentage: 100 }, 5);
    for (let host = 0; host < 5; host += 1) lab.answers(host, 50, 200);
    lab.answers(3, 250, 503);
    lab.answers(4, 300, 503);
    lab.tick(10);
    expect([lab.isOut(3), lab.isOut(4)]).toEqual([false, true]);
    expect(lab.detector.stats.enforced).toEqual({ failure_percentage: 1 });
  });

  it('BasicFlowFailurePercentageLocalOrigin', () => {
    const lab = new Laboratory(
      {
        split_external_local_origin_errors: true,
        enforcing_consecutive_local_origin_failure: 0,
        enforcing_local_origin_success_rate: 0,
        enforcing_failure_percentage_local_origin: 100,
        failure_percentage_threshold: 40,
      },
      5,
    );
    for (let host = 0; host < 5; host += 1) lab.connects(host, 200);
    lab.localFailures(4, 200);
    lab.tick(10);
    expect(lab.detector.stats.enforced).toEqual({ local_origin_failure_percentage: 1 });
  });
});
