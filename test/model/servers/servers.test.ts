import { describe, expect, it } from 'vitest';
import { apiModel, World } from '../world.js';

const NAMES = ['a', 'b', 'c'];

function play(server: object, steps: object, cores = 8): string[] {
  const world = new World(apiModel({ server, routes: { 'GET /': steps } }, { cores }));
  for (const name of NAMES) world.send(0, name);
  return world.run();
}

describe('thread-pool', () => {
  it('serves as many requests at once as it has threads', () => {
    expect(play({ kind: 'thread-pool', threads: 2 }, [{ wait: '10ms' }])).toEqual([
      '10 a 200',
      '10 b 200',
      '20 c 200',
    ]);
  });

  it('computes on as many cores as there are', () => {
    expect(play({ kind: 'thread-pool' }, [{ cpu: '10ms' }])).toEqual(['10 a 200', '10 b 200', '10 c 200']);
    expect(play({ kind: 'thread-pool' }, [{ cpu: '10ms' }], 1)).toEqual(['30 a 200', '30 b 200', '30 c 200']);
  });

  it('spends its overhead on the request’s thread', () => {
    const overhead = { request: '1ms', response: '2ms' };
    expect(play({ kind: 'thread-pool', threads: 1, overhead }, [{ wait: '10ms' }])).toEqual([
      '13 a 200',
      '26 b 200',
      '39 c 200',
    ]);
  });
});

describe('worker-processes', () => {
  it('take one request each, whoever is free', () => {
    const lines = play({ kind: 'worker-processes', workers: 2 }, [{ cpu: '10ms' }]);
    expect(lines).toEqual(['10 a 200', '10 b 200', '20 c 200']);
  });

  it('with threads share an interpreter lock per process', () => {
    const lines = play({ kind: 'worker-processes', workers: 1, threads: 3 }, [
      { cpu: '1ms' },
      { wait: '10ms' },
    ]);
    expect(lines.map((line) => Number(line.split(' ')[0])).sort((a, b) => a - b)).toEqual([11, 12, 13]);
  });
});

describe('event-loop', () => {
  it('computes one thing after the other, and waits for any number at once', () => {
    const lines = play({ kind: 'event-loop' }, [{ cpu: '2ms' }, { wait: '10ms' }]);
    expect(lines).toEqual(['12 a 200', '14 b 200', '16 c 200']);
  });
});

describe('uvicorn', () => {
  /** Without the loop's own tick, ten times a second. */
  const uvicorn = { kind: 'uvicorn', tick: '0ms' };
  const coroutine = (steps: object[]) => ({ async: true, steps });

  it('runs coroutines on the loop: one computes, all wait', () => {
    const lines = play({ ...uvicorn }, coroutine([{ cpu: '2ms' }, { wait: '10ms' }]));
    expect(lines).toEqual(['12 a 200', '14 b 200', '16 c 200']);
  });

  it('runs other handlers on its threads, as many as there are', () => {
    const lines = play({ ...uvicorn, threads: 2 }, [{ wait: '10ms' }]);
    expect(lines).toEqual(['10 a 200', '10 b 200', '20 c 200']);
  });

  it('computes under one interpreter lock: three handlers of 1 ms on eight cores take 3 ms', () => {
    const ends = play({ ...uvicorn }, [{ cpu: '1ms' }]).map((line) => Number(line.split(' ')[0]));
    expect(Math.max(...ends)).toBe(3);
  });

  it('blocks everybody while a coroutine computes: the loop cannot even accept', () => {
    const world = new World(
      apiModel({
        server: { ...uvicorn, overhead: { request: '1ms', response: '1ms' } },
        routes: {
          'GET /': { async: true, steps: [] },
          'GET /blocks': { async: true, steps: [{ cpu: '100ms' }] },
        },
      }),
    );
    world.send(0, 'blocks', { path: '/blocks' }).send(10, 'waits');
    // 1 + 100 + 1 ms; the answer of `blocks` was queued behind what had arrived meanwhile.
    expect(world.run()).toEqual(['103 blocks 200', '104 waits 200']);
  });
});

describe.each(['thread-pool', 'worker-processes', 'event-loop', 'uvicorn'])('%s', (kind) => {
  it('answers every request once, and is idle afterwards', () => {
    const world = new World(
      apiModel({ server: kind, routes: { 'GET /': [{ cpu: { exponential: '3ms' } }, { wait: '5ms' }] } }),
    );
    for (let index = 0; index < 200; index += 1) world.send(index * 2, `${index}`);
    const names = world.run().map((line) => Number(line.split(' ')[1]));
    expect(names.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const { server, inFlight } = world.instance('api-1');
    expect([server.busyCount, server.queueLength, server.backlogLength, inFlight]).toEqual([0, 0, 0, 0]);
  });

  it('may die and live again in the middle of it', () => {
    const world = new World(
      apiModel({
        server: kind,
        restart: 'always',
        start_time: '0ms',
        routes: { 'GET /': [{ cpu: '3ms' }, { wait: '5ms' }] },
      }),
    );
    const instance = world.instance('api-1');
    for (let index = 0; index < 100; index += 1) world.send(index * 2, `${index}`);
    world.at(51, () => instance.kill());
    world.send(1000, 'after');
    const lines = world.run();
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('1008 after 200');
    const { server, inFlight } = instance;
    expect([server.busyCount, server.queueLength, server.backlogLength, inFlight]).toEqual([0, 0, 0, 0]);
  });
});
