/**
 * The module k6-utils of jslib.k6.io (1.0 to 1.6), written anew after its documentation: this text runs in a script's realm, as
 * one of the script's modules.
 */

/** k6's `k6/execution` and `check`, which the generator of this text imports. */
declare const exec: {
  readonly test: { readonly options: { readonly scenarios: Readonly<Record<string, StagedScenario>> } };
  readonly scenario: { readonly name: string; readonly startTime: number };
  readonly vu: { readonly metrics: { readonly tags: Record<string, string | number> } };
};
declare const builtInCheck: (value: unknown, sets: object, tags?: object) => boolean;

interface StagedScenario {
  readonly stages?: readonly { readonly duration: string; readonly target: number }[];
  readonly startVUs?: number;
  readonly startRate?: number;
}

/** A whole number from `min` to `max`, both included. */
export function randomIntBetween(min: number, max: number): number {
  return Math.floor(Math.random() * (max - min + 1) + min);
}

/** One of them. */
export function randomItem<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}

/** So many characters of a set. */
export function randomString(length: number, charset = 'abcdefghijklmnopqrstuvwxyz'): string {
  let text = '';
  for (let left = length; left > 0; left--) text += charset[Math.floor(Math.random() * charset.length)]!;
  return text;
}

/** A UUID of version 4, of the virtual user's own random numbers. */
export function uuidv4(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(Math.random() * 16);
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}

/** What stands between two texts: the first such, or all of them. */
export function findBetween(
  content: string,
  left: string,
  right: string,
  repeat: unknown = false,
): string | null | string[] {
  const found: string[] = [];
  for (let at = 0; ; ) {
    const start = content.indexOf(left, at);
    const end = start < 0 ? -1 : content.indexOf(right, start + left.length);
    if (end < 0) break;
    found.push(content.substring(start + left.length, end));
    if (!repeat) return found[0]!;
    at = end + right.length;
  }
  return found.length > 0 ? found : null;
}

/** Stages of a bell curve: a sixth of the time up to it, and a sixth down. */
export function normalDistributionStages(
  maxVus: number,
  durationSeconds: number,
  numberOfStages = 10,
): { duration: string; target: number }[] {
  const density = (x: number) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  const curve = new Array<number>(numberOfStages + 2).fill(0);
  const durations = new Array<number>(numberOfStages + 2).fill(Math.ceil(durationSeconds / 6));
  for (let index = 0; index <= numberOfStages; index++) {
    curve[index] = density(-2 + (4 * index) / numberOfStages);
  }
  const peak = Math.max(...curve);
  for (let index = 1; index <= numberOfStages; index++) {
    durations[index] = Math.ceil((4 * durationSeconds) / (6 * numberOfStages));
  }
  return curve.map((value, index) => ({
    duration: `${durations[index]}s`,
    target: Math.round((value * maxVus) / peak),
  }));
}

const UNITS_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1m30s` in ms. */
export function parseDuration(text: string): number {
  if (text === undefined || text === null || text.length < 1) throw new Error('str is empty');
  let sum = 0;
  // What comes before the first number is passed over, and a number at the end is one of milliseconds.
  for (const [, amount, unit = 'ms'] of String(text).matchAll(/(\d+(?:\.\d+)?)(ms|[^\d.])?/g)) {
    const unitMs = UNITS_MS[unit];
    if (unitMs === undefined) throw new Error(`${unit} is an unsupported time unit`);
    sum += Number(amount) * unitMs;
  }
  return typeof text === 'string' ? sum : 0;
}

function currentScenario(): Required<Pick<StagedScenario, 'stages'>> & StagedScenario {
  const scenario = exec.test.options.scenarios[exec.scenario.name];
  if (scenario === undefined) {
    throw new Error(
      `the exec.test.options object doesn't contain the current scenario ${exec.scenario.name}`,
    );
  }
  const { stages } = scenario;
  if (stages === undefined || stages === null) {
    throw new Error(
      'only ramping-vus or ramping-arravial-rate supports stages, it is not possible to get a stage index on other executors.',
    );
  }
  if (stages.length < 1) {
    throw new Error(`the current scenario ${exec.scenario.name} doesn't contain any stage`);
  }
  return { ...scenario, stages };
}

/** Which stage the scenario is in, from 0. */
export function getCurrentStageIndex(): number {
  const { stages } = currentScenario();
  const elapsedMs = Date.now() - exec.scenario.startTime;
  let endMs = 0;
  for (let index = 0; index < stages.length; index++) {
    endMs += parseDuration(stages[index]!.duration);
    if (elapsedMs < endMs) return index;
  }
  return stages.length - 1;
}

/** Tags all that follows with `stage`. */
export function tagWithCurrentStageIndex(): void {
  exec.vu.metrics.tags.stage = getCurrentStageIndex();
}

/** Tags all that follows with `stage_profile`: `ramp-up`, `steady` or `ramp-down`. */
export function tagWithCurrentStageProfile(): void {
  const { stages, startVUs, startRate } = currentScenario();
  const index = getCurrentStageIndex();
  const before = index === 0 ? (startVUs ?? startRate ?? 0) : stages[index - 1]!.target;
  const { target } = stages[index]!;
  exec.vu.metrics.tags.stage_profile = target > before ? 'ramp-up' : target < before ? 'ramp-down' : 'steady';
}

/** k6's `check`, which here also takes asynchronous predicates: then it is a promise. */
export function check(value: unknown, sets: Readonly<Record<string, unknown>>, tags?: object): unknown {
  const results: Record<string, unknown> = {};
  const pending: Promise<void>[] = [];
  for (const name of Object.keys(sets)) {
    const predicate = sets[name];
    const result: unknown = typeof predicate === 'function' ? predicate(value) : predicate;
    results[name] = result;
    if (typeof (result as { then?: unknown } | null)?.then === 'function') {
      pending.push(
        (result as Promise<unknown>).then((settled) => {
          results[name] = settled;
        }),
      );
    }
  }
  if (pending.length === 0) return builtInCheck(value, results, tags);
  return Promise.all(pending).then(() => builtInCheck(value, results, tags));
}
