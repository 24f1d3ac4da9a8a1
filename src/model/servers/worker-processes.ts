import { count, duration, flag, record } from '../../options/fields.js';
import { overheadField } from '../overhead.js';
import type { ServerPlug } from '../server.js';
import { WorkerServer } from '../worker-server.js';

const options = record({
  workers: count({ min: 1, max: 1024 }).default(1).describe('processes (gunicorn `--workers`)'),
  threads: count({ min: 1 })
    .default(1)
    .describe('requests that one process serves at once (gunicorn `--threads`)'),
  backlog: count({ min: 1 })
    .default(2048)
    .describe('connections that wait for a worker (gunicorn `--backlog`)'),
  interpreter_lock: flag().default(true).describe('true where the language has one, as CPython'),
  keepalive: duration()
    .prefault('0s')
    .describe(
      'how long an idle connection is kept (gunicorn’s sync workers: not at all; others `--keep-alive` 2 s)',
    ),
  overhead: overheadField,
});

/** Pre-forked processes that each take one request at a time: gunicorn's sync workers, PHP-FPM. */
export const workerProcesses: ServerPlug<typeof options> = {
  name: 'worker-processes',
  summary:
    'pre-forked processes, each with its own pools and caches, that take requests from one listen backlog',
  source: 'gunicorn (sync and gthread workers, backlog 2048)',
  options,
  example: 'server: { kind: worker-processes, workers: 4 }',
  create: (checked, context) =>
    new WorkerServer(
      {
        processes: checked.workers,
        threadsPerProcess: checked.threads,
        backlog: checked.backlog,
        interpreterLock: checked.interpreter_lock,
        keepaliveNs: checked.keepalive,
        overhead: checked.overhead,
      },
      context,
    ),
};
