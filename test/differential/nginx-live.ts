import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action, Scenario } from './nginx-scenario.js';

/** Port of host a; b has the next, and so on. Consistent hashes depend on it. */
const HOST_PORT = 20101;
const PROXY_PORT = 20100;

/** True where nginx can be run. */
export function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: the recorded arm still runs
  }
}

/** A server that answers at once, or when it is told. */
class LiveHost {
  private server: Server | undefined;
  readonly held: ServerResponse[] = [];
  holds = false;
  arrived: (() => void) | undefined;

  constructor(readonly port: number) {}

  start(): Promise<void> {
    this.server = createServer((_request, response) => {
      if (this.holds) this.held.push(response);
      else response.end('x');
      this.arrived?.();
    });
    return new Promise((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (server === undefined) return Promise.resolve();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

/** Real nginx in front of hosts a, b, c, ...; one worker. */
export class LiveNginx {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  private readonly hosts: Record<string, LiveHost> = {};
  private nginx: ChildProcess | undefined;
  private readonly open: Promise<string>[] = [];

  constructor(private readonly scenario: Scenario) {
    for (const [index, host] of Object.keys(scenario.servers).entries()) {
      this.hosts[host] = new LiveHost(HOST_PORT + index);
    }
  }

  /** Runs the scenario; what each action showed, and the second of the clock it was done in. */
  async run(): Promise<{ shown: string[]; seconds: number[] }> {
    const shown: string[] = [];
    const seconds: number[] = [];
    try {
      await this.start();
      for (const action of this.scenario.actions) {
        if (this.scenario.timed) await settleInSecond();
        seconds.push(Math.floor(Date.now() / 1000));
        shown.push(await this.act(action));
      }
      return { shown, seconds: seconds.map((second) => second - seconds[0]!) };
    } finally {
      await this.stop();
    }
  }

  private async act(action: Action): Promise<string> {
    if ('send' in action) return this.send(action.send);
    if ('hold' in action) return this.hold();
    if ('kill' in action) return this.hosts[action.kill]!.stop().then(() => '');
    if ('start' in action) return this.hosts[action.start]!.start().then(() => '');
    if ('sleep' in action) {
      await new Promise((resolve) => setTimeout(resolve, action.sleep * 1000));
      return '';
    }
    return this.release();
  }

  /** Sends one request to its end; the hosts it was tried on. */
  private send(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request({ port: PROXY_PORT, host: '127.0.0.1', path, agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(this.letters(String(response.headers['x-upstream'] ?? ''))));
      });
      call.on('error', reject);
      call.end();
    });
  }

  /** Starts a request that stays with its host; `-` if it found none. */
  private async hold(): Promise<string> {
    for (const host of Object.values(this.hosts)) host.holds = true;
    const before = this.heldCounts();
    const ended = this.send('/');
    const arrived = new Promise<string>((resolve) => {
      for (const host of Object.values(this.hosts)) host.arrived = () => resolve('');
    });
    const early = await Promise.race([ended, arrived]);
    for (const host of Object.values(this.hosts)) host.holds = false;
    if (early !== '') return early;
    this.open.push(ended);
    const after = this.heldCounts();
    return Object.keys(this.hosts).find((_, index) => after[index]! > before[index]!)!;
  }

  private async release(): Promise<string> {
    for (const host of Object.values(this.hosts)) {
      for (const response of host.held.splice(0)) response.end('x');
    }
    await Promise.all(this.open.splice(0));
    return '';
  }

  private heldCounts(): number[] {
    return Object.values(this.hosts).map((host) => host.held.length);
  }

  private letters(addresses: string): string {
    const names = Object.keys(this.hosts);
    return addresses
      .split(', ')
      .map((address) => names[Number(address.split(':')[1]) - HOST_PORT] ?? '-')
      .join(',');
  }

  private async start(): Promise<void> {
    for (const host of Object.values(this.hosts)) await host.start();
    const file = join(this.folder, 'nginx.conf');
    writeFileSync(file, this.config());
    this.nginx = spawn('nginx', ['-p', this.folder, '-c', file], { stdio: 'ignore' });
    while (!(await canConnect(PROXY_PORT))) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private async stop(): Promise<void> {
    const nginx = this.nginx;
    if (nginx !== undefined) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await ended;
    }
    for (const host of Object.values(this.hosts)) await host.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private config(): string {
    const servers = Object.values(this.scenario.servers).map((parameters, index) => {
      const words = Object.entries(parameters).map(([key, value]) =>
        value === true ? key : `${key}=${value}`,
      );
      return `server ${['127.0.0.1:'.concat(String(HOST_PORT + index)), ...words].join(' ')};`;
    });
    return `daemon off; worker_processes 1; pid ${this.folder}/pid; error_log /dev/null;
events { worker_connections 256; }
http {
  access_log off;
  upstream api { ${this.scenario.directive} ${servers.join(' ')} }
  server {
    listen 127.0.0.1:${PROXY_PORT};
    location / { proxy_pass http://api; add_header X-Upstream $upstream_addr always; }
  }
}`;
  }
}

/** Waits for the middle half of a second, so that an action surely falls into the second it is booked in. */
async function settleInSecond(): Promise<void> {
  const phaseMs = Date.now() % 1000;
  const waitMs = phaseMs < 200 ? 200 - phaseMs : phaseMs > 700 ? 1200 - phaseMs : 0;
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
