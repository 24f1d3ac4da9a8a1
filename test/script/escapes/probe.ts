import { ScriptError } from '../../../src/script/compile/script-error.js';
import { ScriptStopped } from '../../../src/script/script-run.js';
import { scriptWorld } from '../script-world.js';

/** What is found must belong to the realm: its prototypes end in the realm's own `Object.prototype`, or nowhere. */
const PROBE = `
  const ours = new Set([Object.prototype, null]);
  function probe(value, depth) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    let top = value;
    for (let i = 0; i < 50 && top !== null && !ours.has(top); i++) top = Object.getPrototypeOf(top);
    if (!ours.has(top)) console.log('FOREIGN');
    try { value.constructor.constructor('return globalThis')().witness.touched = true; } catch (e) { if (e !== null && typeof e === 'object' && !(e instanceof Error)) console.log('FOREIGN error'); }
    try { if (typeof value.versions.node === 'string' && typeof value.pid === 'number') console.log('FOREIGN process'); } catch {}
    if (depth < 2) for (const key of Reflect.ownKeys(value)) { try { probe(value[key], depth + 1); } catch {} }
  }`;

/** Runs an attempt and probes what it found; what the script logged. */
export function attempt(body: string): string[] {
  const logs: string[] = [];
  try {
    const world = scriptWorld({
      script: `
        import http from 'k6/http';
        import { check, group, sleep, fail } from 'k6';
        ${PROBE}
        export default function () {
          const found = [];
          const module = undefined, require = undefined;
          const act = () => { ${body} };
          try { probe(act(), 0); } catch (e) { probe(e, 0); }
          for (let i = 0; i < found.length && i < 300; i++) probe(found[i], 0);
          console.log('ran');
        }`,
      behave: () => 1e6,
      loopTurnsMax: 100_000,
    });
    logs.push(...world.logs);
    world.simulation.run();
    logs.push(...world.logs);
  } catch (error) {
    if (!(error instanceof ScriptError) && !(error instanceof ScriptStopped)) throw error;
    logs.push('refused');
  }
  return logs;
}
