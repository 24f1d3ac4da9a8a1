import { expect } from 'vitest';
import { scriptWorld } from './script-world.js';

/** What the snippet returns, as JSON; or what it throws. */
export function native(body: string): string {
  const log: unknown[] = [];
  const io = (value: unknown): unknown => {
    log.push(value);
    return value;
  };
  const run = new Function('io', `'use strict'; ${body}`) as (io: unknown) => unknown;
  return JSON.stringify({ result: run(io), log });
}

/** The same from the compiled script, in which `io` waits. */
export function compiled(body: string): string {
  const world = scriptWorld({
    script: `
      import http from 'k6/http';
      const log = [];
      function io(value) {
        log.push(value);
        http.get('http://host/');
        return value;
      }
      function body() { ${body} }
      export default function () { console.log(JSON.stringify({ result: body(), log })); }`,
    behave: () => 1e6,
  });
  world.simulation.run();
  expect(world.logs).toHaveLength(1);
  return world.logs[0]!.replace('info console ', '');
}
