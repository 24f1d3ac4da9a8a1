import { describe, expect, it } from 'vitest';
import { apiModel, World } from '../world.js';

const threads = { kind: 'thread-pool', interpreter_lock: false };

/** A service with one route, on threads with a core each. */
function routeWorld(steps: object[], rest: object = {}): World {
  return new World(apiModel({ server: threads, routes: { 'GET /': steps }, ...rest }, { cores: 4 }));
}

describe('steps', () => {
  it('run one after the other: cpu, wait, cpu', () => {
    expect(
      routeWorld([{ cpu: '3ms' }, { wait: '4ms' }, { cpu: '5ms' }])
        .send(0, 'a')
        .run(),
    ).toEqual(['12 a 200']);
  });

  it('answer 200 with nothing when nobody says otherwise', () => {
    expect(routeWorld([]).send(0, 'a').run()).toEqual(['0 a 200']);
  });

  it('respond says status and cost, and the handler goes on', () => {
    const world = routeWorld([{ respond: { status: 201, bytes: 10, cpu: '2ms' } }, { wait: '5ms' }]);
    expect(world.send(0, 'a').run()).toEqual(['7 a 201']);
  });

  it('take less CPU on a faster host, except where a thread counts its own', () => {
    const service = { server: threads, routes: { 'GET /': [{ cpu: '6ms' }, { burn: '5ms' }] } };
    expect(new World(apiModel(service, { speed: 2 })).send(0, 'a').run()).toEqual(['8 a 200']);
    expect(new World(apiModel(service, { speed: 0.5 })).send(0, 'a').run()).toEqual(['17 a 200']);
  });

  it('draw by the request’s key, not by the order of arrival', () => {
    const steps = [{ cpu: { exponential: '3ms' } }];
    const forwards = routeWorld(steps).send(0, 'a', { key: 11 }).send(100, 'b', { key: 12 }).run();
    const backwards = routeWorld(steps).send(0, 'b', { key: 12 }).send(100, 'a', { key: 11 }).run();
    const times = (lines: string[], name: string) =>
      lines.filter((line) => line.includes(` ${name} `)).map((line) => Number(line.split(' ')[0]) % 100);
    expect(times(forwards, 'a')[0]).toBeCloseTo(times(backwards, 'a')[0]!, 6);
    expect(times(forwards, 'b')[0]).toBeCloseTo(times(backwards, 'b')[0]!, 6);
  });
});

describe('a call to another service', () => {
  function callWorld(call: object, inner: object[]): World {
    return new World(
      apiModel(
        {
          server: threads,
          routes: { 'GET /': [{ call: 'inventory', path: '/stock', ...call }, { wait: '1ms' }] },
        },
        {
          cores: 4,
          services: { inventory: { server: threads, routes: { 'GET /stock': inner } } },
          latency: { 'api-inventory': '2ms' },
        },
      ),
    );
  }

  it('waits for the answer, on a connection of its own', () => {
    // A handshake of 4 ms, the request 2, the work 10, the answer 2; then the next step.
    expect(
      callWorld({}, [{ wait: '10ms' }])
        .send(0, 'a', { to: 'api-1' })
        .run(),
    ).toEqual(['19 a 200']);
  });

  it('fails with on_error when the answer is an error', () => {
    const world = callWorld({ on_error: 502 }, [{ respond: { status: 404 } }]).send(0, 'a', { to: 'api-1' });
    expect(world.run()).toEqual(['8 a 502']);
  });

  it('fails with on_error when there is no answer in time, and drops the one that comes late', () => {
    const world = callWorld({ timeout: '50ms', on_error: 504 }, [{ wait: '1s' }]).send(0, 'a', {
      to: 'api-1',
    });
    expect(world.run()).toEqual(['50 a 504']);
  });

  it('fails when nobody listens', () => {
    const world = callWorld({}, []).at(0, () => world.instance('inventory-1').kill());
    expect(world.send(1, 'a', { to: 'api-1' }).run()).toEqual(['5 a 500']);
  });

  it('is made again as often as retries says, after retry_wait', () => {
    const failing = callWorld({ retries: 2, retry_wait: '20ms' }, [{ respond: { status: 500 } }]);
    // Three tries of 8 ms each, two pauses of 20.
    expect(failing.send(0, 'a', { to: 'api-1' }).run()).toEqual(['64 a 500']);
    expect(failing.sink.servedLines.filter((line) => line.startsWith('1 '))).toHaveLength(3);
    const late = callWorld({ retries: 1, timeout: '30ms', on_error: 504 }, [{ wait: '1s' }]);
    expect(late.send(0, 'a', { to: 'api-1' }).run()).toEqual(['60 a 504']);
  });

  it('goes on where a retry succeeds, with demands drawn anew', () => {
    const cost = { wait: { empirical: { values: ['1ms', '1s'], weights: [1, 1] } } };
    const world = callWorld({ retries: 30, timeout: '20ms' }, [cost]);
    for (let key = 1; key <= 20; key += 1) world.send(key * 10_000, `a${key}`, { to: 'api-1', key });
    const statuses = world.run().map((line) => line.split(' ')[2]);
    expect(statuses).toEqual(new Array(20).fill('200'));
  });

  it('takes the instances in turn', () => {
    const world = new World(
      apiModel(
        { server: threads, routes: { 'GET /': [{ call: 'inventory', path: '/' }] } },
        { services: { inventory: { replicas: 3, server: threads, routes: { 'GET /': [] } } } },
      ),
    );
    for (let index = 0; index < 6; index += 1) world.send(index, 'a', { to: 'api-1' });
    world.run();
    const served = ['api-1', 'inventory-1', 'inventory-2', 'inventory-3'].map((name) => {
      const { index } = world.instance(name);
      return world.sink.servedLines.filter((line) => line.startsWith(`${index} `)).length;
    });
    expect(served).toEqual([6, 2, 2, 2]);
  });
});
