import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../src/cli/program.js';

/** What one command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export interface SimOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether stdout and stderr are terminals. */
  readonly output?: 'terminal' | 'pipe';
  /** Ctrl-C is pressed when so much was written to stderr. */
  readonly interruptAt?: RegExp;
}

/** Runs `sim` with these words, in this process. */
export async function sim(words: readonly string[], options: SimOptions = {}): Promise<Ran> {
  const written = { out: '', error: '' };
  const isTTY = options.output === 'terminal';
  let interrupt = () => {};
  const code = await runCommandLine(words, {
    stdout: { isTTY, columns: 120, write: (text) => (written.out += text) },
    stderr: {
      isTTY,
      columns: 120,
      write: (text) => {
        written.error += text;
        if (options.interruptAt?.test(written.error)) interrupt();
      },
    },
    env: options.env ?? {},
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => {
        interrupt = () => {};
      };
    },
  });
  return { code, ...written };
}

/** A directory with these files; `remove` takes it away. */
export function directoryWith(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(path.join(tmpdir(), 'sim-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return {
    at: (name: string) => path.join(root, name),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A model of one instance that answers in 2 ms. */
export const SMALL_MODEL = `title: one instance
hosts: { laptop: { cores: 2 } }
services:
  api:
    routes:
      GET /x:
        - cpu: { exponential: 2ms }
        - respond: { bytes: 100 }
`;

/** Two variants of two replications, each of two seconds. */
export const SMALL_EXPERIMENT = `title: Does it answer?
model: model.yaml
seed: 7
replications: 2
load:
  executor: constant-vus
  vus: 5
  duration: 2s
  iteration:
    - { get: /x }
    - { sleep: 50ms }
vary:
  services.api.server: [uvicorn, { kind: uvicorn, threads: 2 }]
thresholds:
  http_req_duration: ['p(95)<500']
`;
