import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Found on the path. */
const PROGRAM = 'nginx';

/** True where nginx can be run. */
export function hasNginx(): boolean {
  try {
    execFileSync(PROGRAM, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: the recorded arm still runs
  }
}

/** A server that answers at once, or when it is told. */
export class LiveHost {
  private server: Server | undefined;
  readonly held: ServerResponse[] = [];
  holds = false;
  /** Of its answers; -1: it closes the connection instead. */
  status = 200;
  arrived: (() => void) | undefined;

  constructor(readonly port: number) {}

  start(): Promise<void> {
    if (this.server !== undefined) return Promise.resolve();
    this.server = createServer((call, response) => {
      response.statusCode = Math.max(200, this.status);
      if (this.holds) this.held.push(response);
      else if (this.status < 0) call.socket.destroy();
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

/** What is written into nginx.conf. */
export interface LiveConfig {
  /** Of the proxy; host a has the next, and so on. Consistent hashes depend on it. */
  readonly port: number;
  /** Parameters of the servers, by letter. */
  readonly servers: Readonly<Record<string, Record<string, string | number | boolean>>>;
  /** In the `upstream` block. */
  readonly upstream: string;
  /** In the `location` block. */
  readonly location: string;
}

/** Real nginx in front of hosts a, b, c, ...; one worker. */
export class LiveNginx {
  readonly hosts: Record<string, LiveHost> = {};
  private readonly folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  private nginx: ChildProcess | undefined;

  constructor(private readonly config: LiveConfig) {
    for (const [index, host] of Object.keys(config.servers).entries()) {
      this.hosts[host] = new LiveHost(config.port + 1 + index);
    }
  }

  /** Sends one request to its end; the status and the hosts it was tried on. */
  send(path: string, method = 'GET'): Promise<{ status: number; tried: string }> {
    return new Promise((resolve, reject) => {
      const target = { port: this.config.port, host: '127.0.0.1', path, method, agent: false } as const;
      const call = request(target, (response) => {
        response.resume();
        response.on('end', () => {
          const tried = this.letters(String(response.headers['x-upstream'] ?? ''));
          resolve({ status: response.statusCode!, tried });
        });
      });
      call.on('error', reject);
      call.end();
    });
  }

  private letters(addresses: string): string {
    const names = Object.keys(this.hosts);
    return addresses
      .split(', ')
      .map((address) => names[Number(address.split(':')[1]) - this.config.port - 1] ?? '-')
      .join(',');
  }

  async start(): Promise<void> {
    for (const host of Object.values(this.hosts)) await host.start();
    const file = join(this.folder, 'nginx.conf');
    writeFileSync(file, this.text());
    this.nginx = spawn(PROGRAM, ['-p', this.folder, '-c', file], { stdio: 'ignore' });
    while (!(await canConnect(this.config.port))) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async stop(): Promise<void> {
    const nginx = this.nginx;
    if (nginx !== undefined) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await ended;
    }
    for (const host of Object.values(this.hosts)) await host.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private text(): string {
    const servers = Object.values(this.config.servers).map((parameters, index) => {
      const words = Object.entries(parameters).map(([key, value]) =>
        value === true ? key : `${key}=${value}`,
      );
      return `server ${['127.0.0.1:'.concat(String(this.config.port + 1 + index)), ...words].join(' ')};`;
    });
    return `daemon off; worker_processes 1; pid ${this.folder}/pid; error_log /dev/null;
events { worker_connections 256; }
http {
  access_log off;
  upstream api { ${this.config.upstream} ${servers.join(' ')} }
  server {
    listen 127.0.0.1:${this.config.port};
    location / { proxy_pass http://api; ${this.config.location} add_header X-Upstream $upstream_addr always; }
  }
}`;
  }
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
