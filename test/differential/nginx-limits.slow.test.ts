import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type LimitLog, type LimitStory, limitStories, readLimitLog, replayLimits } from './nginx-limits.js';
import { hasNginx, inParallel, isRecording, LiveNginx, seed } from './nginx-live.js';

describe.runIf(hasNginx())('nginx’s limits on this machine', () => {
  it(`delay and refuse as the model does, to the millisecond (seed ${seed})`, async () => {
    const stories = limitStories(seed);
    const logs = await inParallel(stories, 6, playLive);
    if (isRecording) {
      const recorded = logs.map((log) => log.join(' '));
      writeFileSync(
        new URL('./nginx-limits.json', import.meta.url),
        `${JSON.stringify(recorded, null, 1)}\n`,
      );
    }
    const differences = stories.flatMap((story, index) => {
      const log = logs[index]!;
      const model = replayLimits(story, log);
      const first = log.findIndex((entry, position) => entry !== model[position]);
      return first < 0 ? [] : [`story ${story.name}: nginx ${log[first]}, model ${model[first]}`];
    });
    expect(differences).toEqual([]);
    // Each kind of verdict was seen: the stories are not empty.
    const all = logs.flat();
    for (const kind of [/^r.*=0$/, /^r.*=[1-9]/, /^r.*=-503/, /^c.*=0$/, /^c.*=-503/, /^f/]) {
      expect(all.filter((entry) => kind.test(entry)).length).toBeGreaterThan(20);
    }
  }, 60_000);
});

async function playLive(story: LimitStory): Promise<LimitLog> {
  const directives = (name: 'limit_req_zone' | 'limit_req' | 'limit_conn_zone' | 'limit_conn') =>
    story[name].map((words) => `${name} ${words};`).join(' ');
  const nginx = new LiveNginx({
    port: 20_100 + 2 * Number(story.name),
    servers: { a: {} },
    http: `${directives('limit_req_zone')} ${directives('limit_conn_zone')}`,
    location: `${directives('limit_req')} ${directives('limit_conn')}`,
    logLevel: 'debug',
  });
  try {
    await nginx.start();
    const endings: Promise<unknown>[] = [];
    for (const [number, { afterMs, key, serverMs }] of story.requests.entries()) {
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      nginx.hosts.a!.delayMs = () => serverMs;
      endings.push(nginx.send({ path: `/?k=${key}&n=${number}` }).ended);
    }
    await Promise.all(endings);
    return readLimitLog(nginx.log());
  } finally {
    await nginx.stop();
  }
}
