import { maybeDuration } from '../../options/units.js';
import { mappingOf } from '../mapping.js';
import { formatPath, getPath, type Path } from '../path.js';

/** `A=1 B=/x` as a mapping. */
export function envOf(text: string): Record<string, string> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      return equals < 0 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

/** What the application's environment says in the model's words. */
export interface AppValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unknown: readonly string[];
}

/** Defaults of the lab's `shop.py`. */
const CPU_MS = 10;
const SHOP_CPU_MS = 3;
const POOL_TIMEOUT = 30;
/** What `DB_MS` was where the amounts of the model's routes were measured. */
const MODEL_DB_MS: Readonly<Record<string, number>> = { '/wait': 30, '/shop': 8 };
/** From the end of a sleep to its answer, ms. Measured: /wait takes 30.1 ms for 30. */
const SLEEP_EXTRA_MS = 0.1;
/** PostgreSQL counts seconds since 2000 in a double: at about 8.5e8 its steps are 2^-23 s. */
const CLOCK_STEPS_PER_SECOND = 2 ** 23;

/**
 * How long `pg_sleep(ms / 1000)` sleeps, in ms. It sleeps until now + s, in whole milliseconds, rounded up; the sum is rounded to the
 * steps of a double, and where that is upwards, a whole millisecond more is slept: 8 ms take 9, 100 take 101, but 30 take 30 and 60
 * take 60. Source: PostgreSQL 15, misc.c, pg_sleep(); all four measured.
 */
export function pgSleepMs(ms: number): number {
  const steps = (ms / 1000) * CLOCK_STEPS_PER_SECOND;
  return Math.ceil(ms) + (Number.isInteger(ms) && Math.round(steps) > steps ? 1 : 0);
}

/**
 * Pools, and the amounts of the routes that the load asks for.
 * @param isAskedFor whether the load asks for a path.
 */
export function appValues(text: string, model: unknown, isAskedFor: (path: string) => boolean): AppValues {
  const env = envOf(text);
  const values: Record<string, unknown> = {};
  const unknown: string[] = [];
  const pool = 'services.api.pools.db';
  for (const [key, value] of Object.entries(env)) {
    const amount = Number(value);
    if (value === '' || !(amount >= 0)) unknown.push(`app_env: ${key}=${value}`);
    else if (key === 'POOL_SIZE') values[`${pool}.pool_size`] = amount;
    else if (key === 'MAX_OVERFLOW') values[`${pool}.max_overflow`] = amount;
    else if (key === 'POOL_TIMEOUT') values[`${pool}.pool_timeout`] = `${amount}s`;
    else if (key === 'CACHE_TTL' && amount === 0) continue;
    else if (!['CPU_MS', 'SHOP_CPU_MS', 'DB_MS'].includes(key)) unknown.push(`app_env: ${key}=${value}`);
  }
  if (env.POOL_TIMEOUT === undefined) values[`${pool}.pool_timeout`] = `${POOL_TIMEOUT}s`;
  const move = (route: string, step: number, deltaMs: number) => {
    const found = amountOf(model, route, step);
    if (found === undefined) unknown.push(`app_env: the model has no amount at GET ${route}, step ${step}`);
    else if (Math.abs(deltaMs) > 1e-9) values[formatPath(found.path)] = `${round(found.ms + deltaMs)}ms`;
  };
  if (isAskedFor('/cpu')) move('/cpu', 0, Number(env.CPU_MS ?? CPU_MS) - CPU_MS);
  if (isAskedFor('/shop')) {
    const extra = Number(env.SHOP_CPU_MS ?? SHOP_CPU_MS) - SHOP_CPU_MS;
    move('/shop', 0, (extra * 2) / 3);
    move('/shop', 2, extra / 3);
  }
  for (const [route, modelMs] of Object.entries(MODEL_DB_MS)) {
    const dbMs = Number(env.DB_MS ?? MODEL_DB_MS['/wait']);
    if (!isAskedFor(route) || dbMs === modelMs) continue;
    const step = route === '/shop' ? 1 : 0;
    values[`services.api.routes."GET ${route}"[${step}].time`] =
      `${round(pgSleepMs(dbMs) + SLEEP_EXTRA_MS)}ms`;
  }
  return { values, unknown };
}

/** To the ns. */
function round(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}

/** The CPU of a step: `cpu: 10ms`, `burn: 10ms`, or `cpu: { burn: 10ms }`, in ms, and its path. */
function amountOf(model: unknown, route: string, step: number): { path: Path; ms: number } | undefined {
  const base: Path = ['services', 'api', 'routes', `GET ${route}`];
  const written = getPath(model, base);
  const steps: Path = Array.isArray(written) ? base : [...base, 'steps'];
  for (const key of ['burn', 'cpu']) {
    const path = [...steps, step, key];
    const value = getPath(model, path);
    const inner = mappingOf(value).burn;
    const amountNs = maybeDuration(String(inner ?? value ?? ''));
    if (amountNs !== undefined)
      return { path: inner === undefined ? path : [...path, 'burn'], ms: amountNs / 1e6 };
  }
  return undefined;
}
