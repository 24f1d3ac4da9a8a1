import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { hasHaproxy, LiveHaproxy, LiveHost } from './haproxy-live.js';
import {
  LOOK_MS,
  playModel,
  type TimedAction,
  type TimedEvent,
  type TimedStory,
  timedStories,
} from './haproxy-timed.js';

const PORT = 21_400;
const PORTS_PER_STORY = 10;
/** What a busy machine may delay an event by, ms; actions keep twice as far from everything else. */
const MARGIN_MS = 190;

const seed = process.env.DIFFERENTIAL_SEED ?? String(Math.floor(Math.random() * 1e9));

describe.runIf(hasHaproxy())('the model waits, checks and recovers when HAProxy on this machine does', () => {
  it.concurrent.each(timedStories(seed).map((story, index) => [story.name, story, index] as const))(
    `%s (DIFFERENTIAL_SEED=${seed})`,
    async (_name, story, index) => {
      const live = await playLive(story, PORT + index * PORTS_PER_STORY);
      const model = playModel(story);
      const text = JSON.stringify({ seed, live, model });
      expect(sortedTexts(live), text).toEqual(sortedTexts(model));
      for (const { what, atMs } of model) {
        // A host may go down and up again: the events of one text come in one order.
        const others = (events: TimedEvent[]) => events.filter((event) => event.what === what);
        const position = others(model).findIndex((event) => event.atMs === atMs);
        expect(Math.abs(others(live)[position]!.atMs - atMs), text).toBeLessThan(MARGIN_MS);
      }
    },
  );

  it('raises the weight of a server that comes back in steps of seconds', async () => {
    const haproxy = new LiveHaproxy(PORT + 90, ['timeout connect 1s'], ['weight 16 slowstart 4s', '']);
    try {
      await haproxy.start();
      await haproxy.command('set server api/a health down');
      // In the middle of a second, so that no step falls near its end.
      await sleep(((1300 - (Date.now() % 1000)) % 1000) + 1);
      await haproxy.command('set server api/a health up');
      const weights: number[] = [];
      while (weights.at(-1) !== 16) {
        const { weight } = (await haproxy.stat()).servers[0]!;
        if (weight !== weights.at(-1)) weights.push(weight);
        await sleep(LOOK_MS);
      }
      // Effective weights 16, 80, 144, 208, 256 of 16 times the weight; the model's are in its own tests.
      expect(weights).toEqual([1, 5, 9, 13, 16]);
    } finally {
      await haproxy.stop();
    }
  });
});

/** Same texts, whatever the order of what happens at almost the same time. */
function sortedTexts(events: readonly TimedEvent[]): string[] {
  return events.map(({ what }) => what).sort();
}

async function playLive(story: TimedStory, port: number): Promise<TimedEvent[]> {
  const statuses = Array.from({ length: story.hosts }, () => 200);
  const arrive = (host: number) => (_call: IncomingMessage, response: ServerResponse) => {
    response.statusCode = statuses[host]!;
    setTimeout(() => response.end('x'), story.delayMs);
  };
  const hosts = statuses.map((_, host) => new LiveHost(port + 1 + host, arrive(host)));
  const timeouts = ['timeout connect 5s', 'timeout client 1m', 'timeout server 1m'];
  const haproxy = new LiveHaproxy(
    port,
    [...timeouts, ...story.lines],
    statuses.map(() => story.server),
  );
  try {
    for (const host of hosts) await host.start();
    await haproxy.start();
    // First checks go out as soon as the process is ready. No host sees them: HAProxy leaves handshakes unfinished.
    const startMs = Date.now();
    return await record(story, startMs, { haproxy, hosts, statuses });
  } finally {
    await haproxy.stop();
    for (const host of hosts) await host.stop();
  }
}

interface Lab {
  readonly haproxy: LiveHaproxy;
  readonly hosts: readonly LiveHost[];
  readonly statuses: number[];
}

async function record(story: TimedStory, startMs: number, lab: Lab): Promise<TimedEvent[]> {
  const events: TimedEvent[] = [];
  const elapsedMs = () => Date.now() - startMs;
  const act = async (action: TimedAction) => {
    if ('request' in action) {
      const { status } = await lab.haproxy.send(`/${action.request}`, {}, '127.0.0.1');
      events.push({ atMs: elapsedMs(), what: `${action.request} ${status}` });
    } else if ('up' in action) {
      const host = lab.hosts[action.host]!;
      await (action.up ? host.start() : host.stop());
    } else {
      lab.statuses[action.host] = action.status;
    }
  };
  const pending = story.actions.map(async (action) => {
    await sleep(action.atMs - elapsedMs());
    await act(action);
  });
  const before = story.server.includes('check') ? lab.hosts.map(() => true) : [];
  while (elapsedMs() < story.untilMs) {
    const { servers } = await lab.haproxy.stat();
    for (const [host, wasUp] of before.entries()) {
      const isUp = servers[host]!.status.startsWith('UP');
      if (isUp === wasUp) continue;
      before[host] = isUp;
      events.push({ atMs: elapsedMs(), what: `${String.fromCharCode(97 + host)} ${isUp ? 'up' : 'down'}` });
    }
    await sleep(LOOK_MS);
  }
  await Promise.all(pending);
  return events;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
