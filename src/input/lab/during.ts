/** An event as an experiment's timeline has it. */
export type LabEvent = Readonly<Record<string, string>>;

/** What was done during a run. */
export interface During {
  readonly events: readonly LabEvent[];
  /** Instances that were started again, from 1. */
  readonly restarted: readonly number[];
  /** Commands that are not understood. */
  readonly unknown: readonly string[];
}

/**
 * Reads the commands that ran beside the load, such as `sleep 20; lab.sh stop api2; sleep 15; lab.sh one 2 30000`: sleeps move the
 * clock, the lab's own commands are events. Everything else is listed, and so is a start under another quota than the run's.
 *
 * @param quotas of the instances, µs per 100 ms.
 * @param lateSeconds how long after these commands began the load did: the events' times are the load's.
 */
export function readDuring(text: string, quotas: readonly number[], lateSeconds: number): During {
  const events: LabEvent[] = [];
  const restarted: number[] = [];
  const unknown: string[] = [];
  let seconds = 0;
  const at = () => `${Math.max(0, Math.round((seconds - lateSeconds) * 1000))}ms`;
  for (const command of text.split(/;|&&|\n/).map((part) => part.trim())) {
    const words = command.split(/\s+/).filter((word) => word !== '');
    const isLab = /(^|\/)lab\.sh$/.test(words[0] ?? '');
    const [verb, what = '', quota] = isLab ? words.slice(1) : words;
    const instance = Number(/^(?:api-?)?(\d+)$/.exec(what)?.[1]);
    if (command === '' || verb === 'true' || verb === 'echo' || verb === 'date') continue;
    if (!isLab && verb === 'sleep' && Number(what) >= 0) seconds += Number(what);
    else if (isLab && verb === 'stop' && what === 'nginx') events.push({ at: at(), stop: 'balancer' });
    else if (isLab && verb === 'stop' && quotas[instance - 1] !== undefined) {
      events.push({ at: at(), stop: `api-${instance}` });
    } else if (isLab && verb === 'one' && quotas[instance - 1] === Number(quota)) {
      events.push({ at: at(), start: `api-${instance}` });
      restarted.push(instance);
    } else unknown.push(`during: ${command}`);
  }
  return { events, restarted, unknown };
}
