import { GoError } from './go-json.js';

/** k6's default of `summaryTrendStats` (lib/options.go). */
export const DEFAULT_TREND_STATS: readonly string[] = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

const WORDS = ['avg', 'min', 'med', 'max', 'count'];

/**
 * Checks the statistics that the summary is to show of trends (metrics/sample.go, GetResolversForTrendColumns).
 *
 * @throws GoError in k6's words.
 */
export function checkTrendStats(stats: readonly string[]): readonly string[] {
  for (const stat of stats) {
    if (WORDS.includes(stat)) continue;
    if (!stat.startsWith('p(') || !stat.endsWith(')')) {
      throw new GoError(`invalid trend stat '${stat}', unknown format`);
    }
    const inside = stat.slice('p('.length, -1);
    const percent = Number(inside);
    if (inside.trim() === '' || !(percent >= 0 && percent <= 100)) {
      throw new GoError(`invalid percentile trend stat value '${stat}', provide a number between 0 and 100`);
    }
  }
  return stats;
}
