import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasNginx, LiveNginx } from './nginx-live.js';
import { playModel, type RetryAction, type RetryScenario, retryScenarios } from './nginx-retries.js';

describe.runIf(hasNginx())('the model retries and answers as nginx on this machine does', () => {
  it('in every scenario', async () => {
    const recorded: Record<string, string[]> = {};
    const differences: string[] = [];
    for (const scenario of retryScenarios()) {
      const shown = await playLive(scenario);
      recorded[scenario.name] = shown;
      const model = playModel(scenario);
      const first = shown.findIndex((text, index) => text !== model[index]);
      if (first >= 0)
        differences.push(`${scenario.name} at ${first}: nginx ${shown[first]}, model ${model[first]}`);
    }
    if (process.env.RECORD === '1') {
      writeFileSync(
        new URL('./nginx-retries.json', import.meta.url),
        `${JSON.stringify(recorded, null, 1)}\n`,
      );
    }
    expect(differences).toEqual([]);
  });
});

async function playLive(scenario: RetryScenario): Promise<string[]> {
  const letters = Array.from({ length: scenario.hostCount }, (_, index) => String.fromCharCode(97 + index));
  const parameters = { max_fails: scenario.maxFails, fail_timeout: '60s' };
  const nginx = new LiveNginx({
    port: 20200, // not those of the picks, which may run at the same time
    servers: Object.fromEntries(letters.map((host) => [host, parameters])),
    upstream: '',
    location: `proxy_next_upstream ${scenario.nextUpstream}; proxy_next_upstream_tries ${scenario.tries};`,
  });
  const shown: string[] = [];
  try {
    await nginx.start();
    for (const action of scenario.actions) shown.push(await act(nginx, action));
  } finally {
    await nginx.stop();
  }
  return shown;
}

async function act(nginx: LiveNginx, action: RetryAction): Promise<string> {
  if ('send' in action) {
    const { status, tried } = await nginx.send('/', action.send);
    return `${status} ${tried}`;
  }
  const host = Object.values(nginx.hosts)[action.host]!;
  host.status = action.status;
  if (action.status === 0) await host.stop();
  else await host.start();
  return '';
}
