import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { Recorder } from '../../src/metrics/recorder.js';
import type { RunResult, VariantResult } from '../../src/metrics/result.js';
import { replicationMetrics, summarize } from '../../src/metrics/summary.js';
import { parseThresholds } from '../../src/metrics/threshold.js';
import { httpSample } from '../metrics/sample.js';

/** The stress ramp of the api-loadbalanced lab: end of stage in seconds, users at its end. */
const STAGES = [
  [60, 100],
  [180, 300],
  [300, 700],
  [360, 1000],
  [390, 0],
] as const;
const DURATION_SECONDS = 390;
/** CPU per request and instance quota: one instance serves at most 0.25 / 0.9 ms = 278 requests per second. */
const CPU_SECONDS = 0.0009;
const QUOTA = 0.25;
const THREADS = 40;
const BACKLOG = 400;

/** A small generator of our own (mulberry32), so that the fixture depends on nothing under test. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function usersAt(second: number): number {
  let start = 0;
  let from = 0;
  for (const [end, target] of STAGES) {
    if (second <= end) return Math.round(from + ((target - from) * (second - start)) / (end - start));
    start = end;
    from = target;
  }
  return 0;
}

/** What the fixture's cluster does in one second, by the closed loop's asymptotes (think time 1 s). */
function operatingPoint(users: number, replicas: number) {
  const capacity = (replicas * QUOTA) / CPU_SECONDS;
  const idleSeconds = 0.004;
  const asked = users / (1 + idleSeconds);
  const utilization = Math.min(1, asked / capacity);
  const queueing = idleSeconds / Math.max(0.02, 1 - utilization);
  const latency = asked < capacity ? queueing : Math.max(queueing, users / capacity - 1);
  const inFlight = Math.min(users, capacity * utilization * latency);
  const room = replicas * (THREADS + BACKLOG);
  const refused = inFlight > room ? (inFlight - room) / inFlight : 0;
  return {
    requests: Math.min(asked, capacity),
    utilization,
    latency: Math.min(latency, 3),
    inFlight,
    refused,
  };
}

/** One replication of a made-up but plausible stress run, through the real recorder. */
function replicate(replicas: number, seed: number, thresholdNames: readonly string[]) {
  const names = Array.from({ length: replicas }, (_, index) => `api-${index + 1}`);
  const instances = names.map((name) => ({ name, service: 'api' }));
  const recorder = new Recorder({ instances, submetrics: thresholdNames });
  const random = uniforms(seed);
  const sample = httpSample();
  let users = 0;
  let point = operatingPoint(0, replicas);
  const cpu = names.map(() => 0);
  const frozen = names.map(() => 0);
  const gauge = (place: string, name: string, read: () => number, cumulative = false) =>
    recorder.gauge({ place, name, cumulative, read });
  gauge('client', 'vus', () => users);
  gauge('client', 'vus_max', () => 1000);
  gauge('balancer', 'active', () => Math.round(point.inFlight));
  names.forEach((name, index) => {
    const own = () => Math.round((point.inFlight * (1 - point.refused)) / replicas);
    gauge(name, 'cpu_seconds', () => cpu[index]!, true);
    gauge(name, 'throttled_seconds', () => frozen[index]!, true);
    gauge(name, 'cpus_max', () => QUOTA);
    gauge(name, 'in_flight', own);
    gauge(name, 'threads_busy', () => Math.min(THREADS, own()));
    gauge(name, 'threads_queue', () => Math.max(0, own() - THREADS));
    gauge(name, 'threads_max', () => THREADS);
    gauge(name, 'backlog', () => Math.max(0, own() - THREADS - 60));
    gauge(name, 'memory_bytes', () => 80e6 + 12e3 * own());
    gauge(name, 'memory_bytes_max', () => 512e6);
    gauge(name, 'up', () => 1);
    gauge(`${name}/db`, 'pool_in_use', () => Math.min(15, Math.round(3 + own() / 20)));
    gauge(`${name}/db`, 'pool_waiting', () => 0);
    gauge(`${name}/db`, 'pool_max', () => 15);
  });
  const cpuBusy = () => cpu.reduce((sum, value) => sum + value, 0) * 1.3;
  gauge('laptop', 'cpu_busy_seconds', cpuBusy, true);
  gauge('laptop', 'cores_max', () => 4);
  for (let second = 0; second < DURATION_SECONDS; second++) {
    users = usersAt(second + 0.5);
    point = operatingPoint(users, replicas);
    const count = Math.round(point.requests * (0.97 + 0.06 * random()));
    for (let index = 0; index < count; index++) {
      const failed = random() < point.refused;
      // Gamma-like spread: mean 1, a tail of a few means.
      const spread = 0.35 + 0.65 * (random() + random() + (random() < 0.08 ? 3 * random() : 0.9 * random()));
      const servedNs = Math.round(point.latency * spread * 1e9);
      sample.status = failed ? 502 : 200;
      sample.failed = failed;
      sample.waitingNs = failed ? Math.round(2 * NS_PER_MS * spread) : servedNs;
      sample.endNs = second * NS_PER_SECOND;
      recorder.http(sample);
      recorder.iteration('default', sample.waitingNs + NS_PER_SECOND);
      recorder.data(180, failed ? 320 : 2_300);
      recorder.check('status is 200', !failed, 'default', '');
      if (!failed) recorder.served(index % replicas, servedNs, 200);
    }
    for (let index = 0; index < replicas; index++) {
      const used = Math.min(QUOTA, ((count * CPU_SECONDS) / replicas) * (0.98 + 0.04 * random()));
      cpu[index]! += used;
      frozen[index]! += point.utilization > 0.8 ? Math.min(0.75, 0.74 * (point.utilization - 0.8) * 5) : 0;
    }
    recorder.tick((second + 1) * NS_PER_SECOND);
  }
  return recorder.finish((DURATION_SECONDS + 0.4) * NS_PER_SECOND);
}

function variantOf(replicas: number, replications: number): VariantResult {
  const { thresholds } = parseThresholds({
    http_req_duration: ['p(95)<500'],
    http_req_failed: ['rate<0.1'],
  });
  const submetrics = thresholds.map((metric) => metric.selector.name);
  const seeds = Array.from({ length: replications }, (_, index) => 1000 * replicas + index);
  const records = seeds.map((seed) => replicate(replicas, seed, submetrics));
  return {
    variant: { 'services.api.replicas': replicas },
    label: `replicas=${replicas}`,
    fingerprint: `fixture-${replicas}`,
    replications,
    events: 1_234_567,
    ...summarize(records, { thresholds }),
    runs: records.map((record, index) => ({
      seed: `430/${index}`,
      fingerprint: `fixture-${replicas}-${index}`,
      events: 1_234_567,
      metrics: replicationMetrics(record),
    })),
  };
}

/**
 * A deterministic result that looks like the lab's stress ramp: one variant per number of instances, of which small ones saturate
 * their CPU quota and refuse connections.
 */
export function fixtureResult(replicas: readonly number[] = [1, 2, 3], replications = 3): RunResult {
  return {
    experiment: 'n-instances',
    title: 'How many instances does the stress ramp need?',
    version: '0.1.0',
    seed: '430',
    inputs: 'sha256:0f4c',
    variants: replicas.map((count) => variantOf(count, replications)),
  };
}
