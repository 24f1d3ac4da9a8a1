import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  type Agent,
  type ClientRequest,
  createServer,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
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

/** True where the runs of a fixed seed are to be recorded: RECORD=1. */
export const isRecording = process.env.RECORD === '1';

/** Seed of the stories: fixed where they are recorded, else DIFFERENTIAL_SEED, else a fresh one. It is in the name of every test. */
export const seed: string = isRecording
  ? '430'
  : (process.env.DIFFERENTIAL_SEED ?? String(Math.floor(Math.random() * 1e6)));

/** Longer than any request of a story may take, held or not. */
const ANSWER_MS_MAX = 120_000;

/** What a host does with requests. */
export type HostBehaviour =
  /** Answers with this status. */
  | number
  /** Nobody listens. */
  | 'refuses'
  /** Closes the connection when a request has come. */
  | 'breaks'
  /** Never answers. */
  | 'hangs';

/** A server that does as it is told. */
export class LiveHost {
  /** Requests that are held, in the order in which they came. */
  readonly held: ServerResponse[] = [];
  /** True: requests are held instead of being answered. */
  holds = false;
  /** Called for every request that has come. */
  arrived: ((response: ServerResponse) => void) | undefined;
  /** Until the answer, ms. */
  delayMs: () => number = () => 0;
  private behaviour: HostBehaviour = 200;
  private server: Server | undefined;

  constructor(readonly port: number) {}

  /** From now on. */
  async behave(behaviour: HostBehaviour): Promise<void> {
    this.behaviour = behaviour;
    if (behaviour === 'refuses') await this.stop();
    else await this.start();
  }

  start(): Promise<void> {
    if (this.server !== undefined) return Promise.resolve();
    this.server = createServer((call, response) => {
      const { behaviour } = this;
      if (typeof behaviour === 'number') response.statusCode = behaviour;
      if (this.holds) this.held.push(response);
      else if (behaviour === 'breaks') call.socket.destroy();
      else if (typeof behaviour === 'number') this.answer(response);
      this.arrived?.(response);
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

  private answer(response: ServerResponse): void {
    const delayMs = this.delayMs();
    if (delayMs === 0) response.end('x');
    else setTimeout(() => response.end('x'), delayMs);
  }
}

/** Parameters of a server as nginx.conf has them. */
export type Words = Readonly<Record<string, string | number | boolean>>;

/** What is written into nginx.conf. */
export interface LiveConfig {
  /** Of the proxy; host a has the next, and so on. Consistent hashes depend on it. */
  readonly port: number;
  /** Parameters of the servers, by letter. */
  readonly servers: Readonly<Record<string, Words>>;
  /** In the `http` block. */
  readonly http?: string;
  /** In the `upstream` block. */
  readonly upstream?: string;
  /** In the `location` block. */
  readonly location?: string;
  readonly workers?: number;
  readonly workerConnections?: number;
  /** Lines of this level go to {@link LiveNginx.log}. */
  readonly logLevel?: string;
}

/** A request to nginx. */
export interface LiveRequest {
  readonly path: string;
  readonly method?: string | undefined;
  /** 127.x.y.z */
  readonly address?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Keeps its connection; a new one that is closed afterwards if absent. */
  readonly agent?: Agent | undefined;
}

/** How it ended: with a status and the hosts it was tried on (letters, `-` for none), or without an answer: status 0. */
export interface LiveEnding {
  readonly status: number;
  readonly tried: string;
  readonly body: string;
}

/** Real nginx in front of hosts a, b, c, ... */
export class LiveNginx {
  readonly hosts: Readonly<Record<string, LiveHost>>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  private servers: Record<string, Words>;
  private nginx: ChildProcess | undefined;

  constructor(private readonly config: LiveConfig) {
    this.servers = { ...config.servers };
    this.hosts = Object.fromEntries(
      Object.keys(config.servers).map((host, index) => [host, new LiveHost(config.port + 1 + index)]),
    );
  }

  /** Sends one request. */
  send(wanted: LiveRequest): { readonly ended: Promise<LiveEnding>; readonly call: ClientRequest } {
    const { path, method = 'GET', address = '127.0.0.1', headers = {}, agent = false } = wanted;
    const target = { port: this.config.port, host: '127.0.0.1', agent } as const;
    const call = request({ ...target, path, method, headers, localAddress: address });
    const ended = new Promise<LiveEnding>((resolve, reject) => {
      const tooLong = setTimeout(() => {
        reject(new Error(`no answer within ${ANSWER_MS_MAX} ms: ${JSON.stringify(wanted)}`));
        call.destroy();
      }, ANSWER_MS_MAX);
      call.on('close', () => clearTimeout(tooLong));
      call.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => {
          const tried = this.letters(String(response.headers['x-upstream'] ?? ''));
          resolve({ status: response.statusCode!, tried, body });
        });
      });
      call.on('error', () => resolve({ status: 0, tried: '', body: '' }));
    });
    call.end();
    return { ended, call };
  }

  /** The letters of the hosts in `$upstream_addr`. */
  letters(addresses: string): string {
    const names = Object.keys(this.hosts);
    return addresses
      .split(', ')
      .map((address) => names[Number(address.split(':')[1]) - this.config.port - 1] ?? '-')
      .join('');
  }

  async start(): Promise<void> {
    for (const host of Object.values(this.hosts)) await host.start();
    this.configure();
    this.nginx = spawn(PROGRAM, ['-p', this.folder, '-c', this.file('nginx.conf')], { stdio: 'ignore' });
    // The master listens before it has workers.
    while (!(await canConnect(this.config.port)) || this.workerPids().length < (this.config.workers ?? 1)) {
      if (this.nginx.exitCode !== null) throw new Error('nginx does not start: is its port taken?');
      await moment();
    }
    if (this.nginx.exitCode !== null) throw new Error(`port ${this.config.port} is another one’s`);
  }

  /** Other parameters for a server, and a reload; ends when only new workers are left. */
  async reload(host: string, words: Words): Promise<void> {
    this.servers[host] = { ...this.servers[host], ...words };
    this.configure();
    const before = this.workerPids();
    this.nginx!.kill('SIGHUP');
    for (;;) {
      const now = this.workerPids();
      if (now.length === before.length && !now.some((pid) => before.includes(pid))) return;
      await moment();
    }
  }

  async stop(): Promise<void> {
    const nginx = this.nginx;
    if (nginx !== undefined && nginx.exitCode === null) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await ended;
    }
    for (const host of Object.values(this.hosts)) await host.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What nginx has logged so far. */
  log(): string {
    return readFileSync(this.file('error.log'), 'utf8');
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  /** Of the workers, in no particular order. */
  workerPids(): string[] {
    const { pid } = this.nginx!;
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return pids === '' ? [] : pids.split(' ');
  }

  private configure(): void {
    const { config } = this;
    const servers = Object.entries(this.servers).map(([host, parameters]) => {
      const words = Object.entries(parameters)
        .filter(([, value]) => value !== false)
        .map(([key, value]) => (value === true ? key : `${key}=${value}`));
      return `server ${[`127.0.0.1:${this.hosts[host]!.port}`, ...words].join(' ')};`;
    });
    const log = config.logLevel === undefined ? '/dev/null' : `${this.file('error.log')} ${config.logLevel}`;
    writeFileSync(
      this.file('nginx.conf'),
      `daemon off; worker_processes ${config.workers ?? 1}; pid ${this.file('pid')}; error_log ${log};
events { worker_connections ${config.workerConnections ?? 256}; }
http {
  access_log off; ${config.http ?? ''}
  upstream api { ${config.upstream ?? ''} ${servers.join(' ')} }
  server {
    listen 127.0.0.1:${config.port};
    location = /status { stub_status; }
    location = /pid { return 200 $pid; }
    location / { proxy_pass http://api; ${config.location ?? ''} add_header X-Upstream $upstream_addr always; }
  }
}`,
    );
  }
}

/** For what nginx does not tell by an event. */
export function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
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

/** Runs `work` on every item, so many at a time; to the end of all, even where one fails. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atATime }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
