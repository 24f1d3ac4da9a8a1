import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letter } from './haproxy-scenario.js';

/** Found on the path. */
const PROGRAM = 'haproxy';

/** True where HAProxy 2.6 can be run. */
export function hasHaproxy(): boolean {
  try {
    return /version 2\.6\./.test(execFileSync(PROGRAM, ['-v'], { encoding: 'utf8' }));
  } catch {
    return false; // not installed: the recorded arm still runs
  }
}

/** A server that answers when it is told. */
export class LiveHost {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  /** @param arrived called for every request. */
  constructor(
    readonly port: number,
    private readonly arrived: (call: IncomingMessage, response: ServerResponse) => void,
  ) {}

  start(): Promise<void> {
    if (this.server !== undefined) return Promise.resolve();
    this.server = createServer(this.arrived);
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    return new Promise((resolve) => this.server!.listen({ port: this.port, host: '127.0.0.1' }, resolve));
  }

  /** Nobody listens any more, then all connections break. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** The runtime API over one connection; one command at a time. */
class Cli {
  private text = '';
  private answered: ((text: string) => void) | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      this.text += data;
      // The prompt stands at the beginning of a line, behind an empty one.
      if (!/(^|\n)> $/.test(this.text)) return;
      const { text } = this;
      this.text = '';
      this.answered?.(text.slice(0, -2));
    });
  }

  send(command: string): Promise<string> {
    const answer = this.last.then(
      () =>
        new Promise<string>((resolve) => {
          this.answered = resolve;
          this.socket.write(`${command}\n`);
        }),
    );
    this.last = answer;
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** What `show stat` says of a server. */
export interface ServerStat {
  /** Requests that wait for it. */
  readonly queued: number;
  /** Its connections with a request. */
  readonly sessions: number;
  /** Connections tried so far. */
  readonly connects: number;
  /** `UP`, `DOWN`, `no check`, ... */
  readonly status: string;
  readonly weight: number;
}

/** One request's answer. */
export interface LiveAnswer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
}

/** Real HAProxy, one thread, with one proxy `api`. */
export class LiveHaproxy {
  private readonly folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  private process: ChildProcess | undefined;
  private cli: Cli | undefined;

  /**
   * @param port of the proxy; host a has the next, and so on.
   * @param defaults lines of `defaults` and of the proxy.
   * @param servers parameters of each `server` line.
   */
  constructor(
    private readonly port: number,
    private readonly lines: readonly string[],
    private readonly servers: readonly string[],
  ) {}

  async start(): Promise<void> {
    const file = join(this.folder, 'haproxy.cfg');
    const socket = join(this.folder, 'socket');
    writeFileSync(
      file,
      [
        'global',
        '  nbthread 1',
        `  stats socket ${socket} level admin`,
        '  stats timeout 1h',
        'defaults',
        '  mode http',
        'listen api',
        `  bind 127.0.0.1:${this.port}`,
        ...this.lines.map((line) => `  ${line}`),
        ...this.servers.map(
          (words, host) => `  server ${letter(host)} 127.0.0.1:${this.port + 1 + host} ${words}`,
        ),
        '',
      ].join('\n'),
    );
    let errors = '';
    const child = spawn(PROGRAM, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (data) => {
      errors += String(data);
    });
    this.process = child;
    while (!(await canConnect(socket))) {
      if (child.exitCode !== null) throw new Error(errors);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const connection = connect(socket);
    await new Promise((resolve) => connection.once('connect', resolve));
    this.cli = new Cli(connection);
    await this.command('prompt');
  }

  async stop(): Promise<void> {
    this.cli?.close();
    const child = this.process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  command(text: string): Promise<string> {
    return this.cli!.send(text);
  }

  /** Per server, and the requests that wait for any of them; `sessions` of all: requests in the backend. */
  async stat(): Promise<{ servers: ServerStat[]; queued: number; sessions: number }> {
    const lines = (await this.command('show stat api 6 -1')).trim().split('\n');
    const names = lines[0]!.replace(/^# /, '').split(',');
    const column = (name: string) => names.indexOf(name);
    const [queued, sessions, connects, status, weight] = ['qcur', 'scur', 'connect', 'status', 'weight'].map(
      column,
    );
    const rows = lines.slice(1).map((line) => line.split(','));
    const servers = rows
      .filter((row) => row[1] !== 'BACKEND')
      .map((row) => ({
        queued: Number(row[queued!]),
        sessions: Number(row[sessions!]),
        connects: Number(row[connects!]),
        status: row[status!]!,
        weight: Number(row[weight!]),
      }));
    const all = rows.find((row) => row[1] === 'BACKEND')!;
    return { servers, queued: Number(all[queued!]), sessions: Number(all[sessions!]) };
  }

  /** Sends one request to its end, on a connection of its own. */
  send(path: string, headers: Record<string, string>, localAddress: string): Promise<LiveAnswer> {
    return new Promise((resolve) => {
      const target = {
        port: this.port,
        host: '127.0.0.1',
        path,
        headers,
        localAddress,
        agent: false,
      } as const;
      const call = request(target, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode! }));
        response.on('error', () => resolve({ status: 0 }));
      });
      call.on('error', () => resolve({ status: 0 }));
      call.end();
    });
  }
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
