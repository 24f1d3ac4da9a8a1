import { LiveNginx } from './nginx-live.js';
import type { Action, Scenario, Shown } from './nginx-scenario.js';

/** Plays a scenario to the real nginx. */
export class LiveStory {
  private readonly nginx: LiveNginx;
  private readonly open: Promise<unknown>[] = [];

  constructor(private readonly scenario: Scenario) {
    this.nginx = new LiveNginx({
      port: 20100,
      servers: scenario.servers,
      upstream: scenario.directive,
      location: '',
    });
  }

  /** What each action showed, and the second of the clock it was done in. */
  async run(): Promise<Shown> {
    const shown: string[] = [];
    const seconds: number[] = [];
    try {
      await this.nginx.start();
      for (const action of this.scenario.actions) {
        if (this.scenario.timed) await settleInSecond();
        seconds.push(Math.floor(Date.now() / 1000));
        shown.push(await this.act(action));
      }
      return { shown, seconds: seconds.map((second) => second - seconds[0]!) };
    } finally {
      await this.nginx.stop();
    }
  }

  private async act(action: Action): Promise<string> {
    const { hosts } = this.nginx;
    if ('send' in action) return (await this.nginx.send(action.send)).tried;
    if ('hold' in action) return this.hold();
    if ('kill' in action) await hosts[action.kill]!.stop();
    if ('start' in action) await hosts[action.start]!.start();
    if ('sleep' in action) await new Promise((resolve) => setTimeout(resolve, action.sleep * 1000));
    if ('release' in action) await this.release();
    return '';
  }

  /** Starts a request that stays with its host; shows what was tried if it found none. */
  private async hold(): Promise<string> {
    const hosts = Object.values(this.nginx.hosts);
    for (const host of hosts) host.holds = true;
    const before = hosts.map((host) => host.held.length);
    const ended = this.nginx.send('/');
    const arrived = new Promise<undefined>((resolve) => {
      for (const host of hosts) host.arrived = () => resolve(undefined);
    });
    const early = await Promise.race([ended, arrived]);
    for (const host of hosts) host.holds = false;
    if (early !== undefined) return early.tried;
    this.open.push(ended);
    return Object.keys(this.nginx.hosts)[
      hosts.findIndex((host, index) => host.held.length > before[index]!)
    ]!;
  }

  private async release(): Promise<void> {
    for (const host of Object.values(this.nginx.hosts)) {
      for (const response of host.held.splice(0)) response.end('x');
    }
    await Promise.all(this.open.splice(0));
  }
}

/** Waits for the middle half of a second, so that an action surely falls into the second it is booked in. */
async function settleInSecond(): Promise<void> {
  const phaseMs = Date.now() % 1000;
  const waitMs = phaseMs < 200 ? 200 - phaseMs : phaseMs > 700 ? 1200 - phaseMs : 0;
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
