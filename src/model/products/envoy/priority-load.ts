/** One priority level of a cluster, counted. */
export interface LevelCounts {
  readonly hosts: number;
  readonly healthy: number;
  /** What health is a share of: hosts, or their weights with `weighted_priority_health`. */
  readonly healthyWeight: number;
  readonly totalWeight: number;
  /** Percent: 140 says that five sevenths of the hosts carry the whole load. */
  readonly overprovisioningFactor: number;
}

/** Where requests go. */
export interface PriorityLoads {
  /** Percent of the requests, by priority; 100 in all. */
  readonly load: readonly number[];
  /** By priority: health is ignored there. */
  readonly panic: readonly boolean[];
}

/**
 * Which priority gets how many of a hundred requests, and where health is ignored. All divisions are of whole numbers.
 * Source: Envoy, load_balancer_impl.cc (`recalculatePerPriorityState`, `recalculatePerPriorityPanic`,
 * `recalculateLoadInTotalPanic`).
 * Limits: no degraded and no excluded hosts.
 * @param panicThreshold percent of healthy hosts below which a level panics, 0 to 100; 0: never.
 */
export function priorityLoads(levels: readonly LevelCounts[], panicThreshold: number): PriorityLoads {
  const health = levels.map(healthOf);
  const availability = Math.min(
    100,
    health.reduce((sum, percent) => sum + percent, 0),
  );
  if (availability === 0 && panicThreshold === 0) {
    return { load: levels.map((_, index) => (index === 0 ? 100 : 0)), panic: levels.map(() => false) };
  }
  const panic = levels.map((level) => availability < 100 && isBelowThreshold(level, panicThreshold));
  const load = panic.every(Boolean) ? loadInTotalPanic(levels) : loadByHealth(health, availability);
  return { load, panic };
}

function healthOf(level: LevelCounts): number {
  if (level.hosts === 0) return 0;
  return Math.min(100, Math.trunc((level.overprovisioningFactor * level.healthyWeight) / level.totalWeight));
}

function isBelowThreshold(level: LevelCounts, panicThreshold: number): boolean {
  const healthyPercent = level.hosts === 0 ? 0 : (100 * level.healthy) / level.hosts;
  return healthyPercent < panicThreshold;
}

/** What rounding leaves over goes to the first level with healthy hosts. */
function loadByHealth(health: readonly number[], availability: number): number[] {
  let rest = 100;
  const load = health.map((percent) => {
    const share = Math.min(rest, Math.trunc((percent * 100) / availability));
    rest -= share;
    return share;
  });
  load[
    Math.max(
      0,
      health.findIndex((percent) => percent > 0),
    )
  ]! += rest;
  return load;
}

/** By the number of hosts, whatever their health; the rest goes to the first level that has any. */
function loadInTotalPanic(levels: readonly LevelCounts[]): number[] {
  const total = levels.reduce((sum, level) => sum + level.hosts, 0);
  if (total === 0) return levels.map((_, index) => (index === 0 ? 100 : 0));
  let rest = 100;
  const load = levels.map((level) => {
    const share = Math.trunc((100 * level.hosts) / total);
    rest -= share;
    return share;
  });
  load[levels.findIndex((level) => level.hosts > 0)]! += rest;
  return load;
}
