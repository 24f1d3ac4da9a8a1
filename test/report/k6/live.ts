import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { K6Summary } from '../../../src/metrics/k6-summary.js';
import { type K6Case, scriptOf } from './scripts.js';

/** The real k6: in `K6`, or on the path. */
const PROGRAM = process.env.K6 ?? 'k6';
const VERSION = 'v1.8.1';

/** True where k6 of the version that is compared with can be run. */
export function hasK6(): boolean {
  try {
    return execFileSync(PROGRAM, ['version'], { encoding: 'utf8' }).includes(VERSION);
  } catch {
    return false; // not installed: the recorded arm still runs
  }
}

/** True where a terminal can be made for k6. */
export function hasTerminal(): boolean {
  return existsSync('/usr/bin/script');
}

/** What one run of k6 left. */
export interface K6Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** What handleSummary was given; `undefined` where it was not called. */
  readonly data: K6Summary | undefined;
  /** Contents of the files of `--out json`, `--out csv` and `--summary-export`. */
  readonly points: string;
  readonly csv: string;
  readonly exported: string;
}

/** Answers after `ms`, with the status `code`. */
export class LiveServer {
  private readonly server: Server = createServer((call, response) => {
    const query = new URL(call.url!, 'http://x').searchParams;
    call.resume();
    setTimeout(
      () => {
        response.writeHead(Number(query.get('code') ?? 200), { 'Content-Type': 'text/plain' });
        response.end('hello');
      },
      Number(query.get('ms') ?? 0),
    );
  });

  constructor(readonly port: number) {}

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Runs one case with the real k6, for half a minute at most. */
export async function runCase(item: K6Case, base: string): Promise<K6Run> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-'));
  try {
    writeFileSync(join(folder, 'script.js'), scriptOf(item));
    const outputs = [
      '--out',
      'json=points.json',
      '--out',
      'csv=points.csv',
      '--summary-export',
      'export.json',
    ];
    const args = ['run', '--quiet', '--address', '', '--no-usage-report', '-e', `BASE=${base}`, ...outputs];
    args.push('--summary-mode', item.mode, ...(item.args ?? []), 'script.js');
    const ended = await execute(args, folder, item.terminal === true);
    const data = dataOf(item.terminal === true ? ended.stdout : ended.stderr);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return {
      ...ended,
      data,
      points: read('points.json'),
      csv: read('points.csv'),
      exported: read('export.json'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dataOf(log: string): K6Summary | undefined {
  const quoted = /msg="summary-data (.*)" source=console/.exec(log)?.[1];
  if (quoted !== undefined) return JSON.parse(JSON.parse(`"${quoted}"`) as string) as K6Summary;
  const coloured = /summary-data (\{.*\})/.exec(log)?.[1];
  return coloured === undefined ? undefined : (JSON.parse(coloured) as K6Summary);
}

function execute(args: readonly string[], cwd: string, terminal: boolean) {
  const quoted = [PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  const child = terminal
    ? spawn('script', ['-qec', quoted, '/dev/null'], {
        cwd,
        timeout: 30_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    : spawn(PROGRAM, args, { cwd, timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise<{ stdout: string; stderr: string; exitCode: number }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString().replaceAll('\r\n', '\n');
      resolve({ stdout: text(out), stderr: text(err), exitCode: code ?? -1 });
    });
  });
}
