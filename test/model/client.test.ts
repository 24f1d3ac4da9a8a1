import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../src/kernel/loop.js';
import type { ClientCpu } from '../../src/model/client-cpu.js';
import { Admission, type Exchange, Failure } from '../../src/model/exchange.js';
import { createDistribution } from '../../src/random/catalogue.js';
import { type LoadWorldOptions, loadWorld } from './load-fixture.js';

const MS = 1e6;
const S = 1e9;
const constant = (value: number) => createDistribution({ kind: 'constant', options: { value } });

/** `iterations` iterations of one user. */
function once(iteration: unknown, options: Partial<LoadWorldOptions> = {}, iterations = 1) {
  const world = loadWorld({
    scenarios: [{ executor: 'per-vu-iterations', iterations, gracefulStop: '200s', iteration }],
    latencyNs: MS,
    ...options,
  });
  return world;
}

function ran(world: ReturnType<typeof loadWorld>) {
  world.simulation.run();
  return world;
}

describe('timings', () => {
  it('count connecting as blocked and leave it out of the duration', () => {
    const { sink } = ran(once([{ get: '/' }, { get: '/' }], { behave: () => 10 * MS }));
    const [first, second] = sink.samples;
    // Out, back (handshake), out, 10 ms of work, back.
    expect(first).toMatchObject({
      endNs: 14 * MS,
      blockedNs: 2 * MS,
      connectingNs: 2 * MS,
      waitingNs: 12 * MS,
    });
    expect(second).toMatchObject({ endNs: 26 * MS, blockedNs: 0, connectingNs: 0, waitingNs: 12 * MS });
    expect(first).toMatchObject({ status: 200, errorCode: 0, failed: false, method: 'GET', name: '/' });
  });

  it('are 0 for a refused connection', () => {
    const world = once([{ get: '/' }]);
    world.station.admission = Admission.refused;
    const { sink } = ran(world);
    expect(sink.samples[0]).toMatchObject({
      endNs: 2 * MS,
      blockedNs: 0,
      waitingNs: 0,
      errorCode: 1212,
      status: 0,
    });
    expect(sink.samples[0]!.failed).toBe(true);
    expect(sink.sentBytes).toBe(0);
  });

  it('are the timeout minus connecting for a request that times out', () => {
    const { sink, station } = ran(
      once([{ get: '/', timeout: '1s' }, { sleep: '1s' }], { behave: () => 5 * S }),
    );
    expect(sink.samples[0]).toMatchObject({
      endNs: 1 * S,
      waitingNs: 998 * MS,
      blockedNs: 2 * MS,
      errorCode: 1050,
    });
    expect(station.abandonedAtNs).toEqual([1001 * MS]);
  });

  it('are 0 where the connection never stood: 1211 after 30 s, 1050 if the timeout is shorter', () => {
    const dial = once([{ get: '/' }]);
    dial.station.admission = Admission.dropped;
    expect(ran(dial).sink.samples[0]).toMatchObject({
      endNs: 30 * S,
      errorCode: 1211,
      waitingNs: 0,
      blockedNs: 0,
    });
    const short = once([{ get: '/', timeout: '5s' }]);
    short.station.admission = Admission.dropped;
    expect(ran(short).sink.samples[0]).toMatchObject({
      endNs: 5 * S,
      errorCode: 1050,
      waitingNs: 0,
      blockedNs: 0,
    });
  });

  it('tell a standing connection from none also where the network takes no time', () => {
    const behave = () => 100 * S;
    const { sink } = ran(once([{ get: '/', timeout: '40s' }], { behave, latencyNs: 0 }));
    expect(sink.samples[0]).toMatchObject({ endNs: 40 * S, errorCode: 1050, waitingNs: 40 * S });
  });
});

describe('failures', () => {
  it.each([
    [Failure.reset, 1220],
    [Failure.closed, 1000],
  ])('%i on a fresh connection is %i, and not sent again', (failure, errorCode) => {
    const { sink, station } = ran(
      once([{ get: '/' }], { behave: () => (e: Exchange) => e.breakOff(failure) }),
    );
    expect(sink.samples).toHaveLength(1);
    expect(sink.samples[0]).toMatchObject({ status: 0, errorCode, failed: true, waitingNs: 2 * MS });
    expect(station.accepted).toHaveLength(1);
  });

  it('has 1000 + status for 400 and above, and judges by expect', () => {
    const behave = () => (e: Exchange) => e.answer(404, 150);
    const { sink } = ran(once([{ get: '/' }, { get: '/', expect: [200, 404] }], { behave }));
    expect(sink.samples.map(({ errorCode, failed }) => [errorCode, failed])).toEqual([
      [1404, true],
      [1404, false],
    ]);
  });
});

describe('connections', () => {
  const three = [{ get: '/' }, { get: '/' }, { sleep: '10s' }, { get: '/' }];

  it('are kept for the life of the user', () => {
    expect(ran(once(three, {}, 2)).station.connectCount).toBe(1);
  });

  it('are opened for each request with noConnectionReuse, whose header is counted', () => {
    const world = ran(once(three, { client: { noConnectionReuse: true } }));
    expect(world.station.connectCount).toBe(3);
    expect(world.sink.sentBytes).toBe(3 * (71 + 'Connection: close\r\n'.length));
  });

  it('end with the iteration with noVUConnectionReuse', () => {
    expect(ran(once(three, { client: { noVUConnectionReuse: true } }, 2)).station.connectCount).toBe(2);
  });

  it('are opened again after an error, a timeout, or when the server closes them', () => {
    const behave = (_e: Exchange, index: number) => {
      if (index === 0) return (e: Exchange) => e.breakOff(Failure.reset);
      if (index === 1) return 3 * S;
      return index === 2
        ? (e: Exchange) => {
            e.closesConnection = true;
            e.answer(200, 10);
          }
        : 0;
    };
    const four = [1, 2, 3, 4].map(() => ({ get: '/', timeout: '1s' }));
    expect(ran(once(four, { behave })).station.connectCount).toBe(4);
  });

  it('are opened again when they were idle for longer than the server keeps them, or are known as closed', () => {
    const idle = once(three, { keepaliveTimeoutNs: 5 * S, latencyNs: 0 });
    expect(ran(idle).station.connectCount).toBe(2);
    const closed = once([{ get: '/' }, { get: '/' }], {
      behave: () => (e: Exchange) => {
        e.connection = { open: false };
        e.answer(200, 10);
      },
    });
    expect(ran(closed).station.connectCount).toBe(2);
  });

  it('when stale cost a replayable request one silent retry, under the timeout of the whole call', () => {
    const behave = (_e: Exchange, index: number) => {
      if (index === 0) return 0;
      return index === 1 ? (e: Exchange) => e.breakOff(Failure.closed) : 5 * S;
    };
    const { sink, station } = ran(
      once([{ get: '/' }, { sleep: '1s' }, { get: '/', timeout: '2s' }], { behave }),
    );
    expect(sink.samples).toHaveLength(2);
    expect(station.connectCount).toBe(2);
    const [first, second] = sink.samples;
    expect(second).toMatchObject({ errorCode: 1050, endNs: first!.endNs + 3 * S, blockedNs: 2 * MS });
  });
});

describe('bytes', () => {
  it('are reported once per iteration, complete or interrupted', () => {
    const { sink } = ran(once([{ get: '/' }, { post: '/', bytes: 500 }], {}, 3));
    expect(sink.sentBytes).toBe(3 * (71 + 72 + 'Content-Length: 500\r\n'.length + 500));
    expect(sink.receivedBytes).toBe(3 * 2 * 1000);
  });
});

describe('interruption', () => {
  it('leaves no http sample, but the bytes that were sent, and tells the server', () => {
    const world = loadWorld({
      scenarios: [
        {
          executor: 'constant-vus',
          duration: '1s',
          gracefulStop: '1s',
          iteration: [{ get: '/' }, { get: '/' }],
        },
      ],
      behave: (_e, index) => (index === 0 ? 100 * MS : 60 * S),
    });
    const { sink, station, load } = ran(world);
    expect(sink.samples).toHaveLength(1);
    expect(sink.iterations).toHaveLength(0);
    expect(sink.interrupted).toBe(1);
    expect(sink.sentBytes).toBe(2 * 71);
    expect(sink.receivedBytes).toBe(1000);
    expect(station.abandonedAtNs).toEqual([2 * S]);
    expect(load.endNs).toBe(2 * S);
  });
});

describe('CPU of the load generator', () => {
  it('delays the request without being measured, and the answer while being measured', () => {
    const cpu = (simulation: Simulation): ClientCpu => ({
      processor: {
        run: (demandNs, handler, kind, payload) => simulation.after(demandNs, handler, kind, payload),
      },
      beforeSend: constant(2 * MS),
      afterReceive: constant(3 * MS),
    });
    const { sink, station } = ran(once([{ get: '/' }], { cpu, behave: () => 10 * MS, latencyNs: 0 }, 2));
    expect(station.accepted.map(({ atNs }) => atNs)).toEqual([2 * MS, 17 * MS]);
    expect(sink.samples.map(({ endNs, waitingNs }) => [endNs, waitingNs])).toEqual([
      [15 * MS, 13 * MS],
      [30 * MS, 13 * MS],
    ]);
  });
});
