import type { ClientRequest, ServerResponse } from 'node:http';
import { type HostBehaviour, LiveNginx, type LiveRequest, type Words } from './nginx-live.js';
import { type Driver, type Ending, type Held, play, type Shown, type Story } from './nginx-story.js';

interface LiveHeld extends Held {
  readonly response: ServerResponse;
  readonly call: ClientRequest;
  readonly ending: Promise<Ending>;
}

/** Plays a story to the real nginx. */
export async function playLive(story: Story): Promise<Shown> {
  const nginx = new LiveNginx({
    port: story.port,
    servers: story.servers,
    upstream: story.directive,
    location: [
      `proxy_next_upstream ${story.nextUpstream};`,
      `proxy_next_upstream_tries ${story.tries};`,
      `proxy_read_timeout ${story.readTimeoutMs}ms;`,
    ].join(' '),
  });
  try {
    await nginx.start();
    return await play(story, new LiveDriver(nginx));
  } finally {
    await nginx.stop();
  }
}

class LiveDriver implements Driver {
  private firstSecond: number | undefined;

  constructor(private readonly nginx: LiveNginx) {}

  send(request: LiveRequest): Promise<Ending> {
    return this.nginx.send(request).ended;
  }

  async hold(request: LiveRequest): Promise<Held | Ending> {
    const hosts = Object.entries(this.nginx.hosts);
    for (const [, host] of hosts) host.holds = true;
    const { ended, call } = this.nginx.send(request);
    const arrived = new Promise<Held>((resolve) => {
      for (const [letter, host] of hosts) {
        host.arrived = (response) => {
          const held: LiveHeld = { host: letter, response, call, ending: ended };
          resolve(held);
        };
      }
    });
    const first = await Promise.race([ended, arrived]);
    for (const [, host] of hosts) {
      host.holds = false;
      host.arrived = undefined;
    }
    return first;
  }

  release(held: Held): Promise<Ending> {
    const { response, ending } = held as LiveHeld;
    response.end('x');
    return ending;
  }

  /** nginx has seen it when it has closed its connection to the host. */
  async abort(held: Held): Promise<Ending> {
    const { response, call, ending } = held as LiveHeld;
    const closed = new Promise((resolve) => response.once('close', resolve));
    call.destroy();
    await closed;
    return ending;
  }

  ended(held: Held): Promise<Ending> {
    return (held as LiveHeld).ending;
  }

  behave(host: string, behaviour: HostBehaviour): Promise<void> {
    return this.nginx.hosts[host]!.behave(behaviour);
  }

  change(host: string, words: Words): Promise<void> {
    return this.nginx.reload(host, words);
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }

  /** Waits for the middle half of a second, so that the action surely falls into the second it is booked in. */
  async second(): Promise<number> {
    const phaseMs = Date.now() % 1000;
    const waitMs = phaseMs < 200 ? 200 - phaseMs : phaseMs > 700 ? 1200 - phaseMs : 0;
    if (waitMs > 0) await this.sleep(waitMs / 1000);
    const second = Math.floor(Date.now() / 1000);
    this.firstSecond ??= second;
    return second - this.firstSecond;
  }
}
