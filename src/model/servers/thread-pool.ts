import { count, duration, flag, record } from '../../options/fields.js';
import { overheadField } from '../overhead.js';
import type { ServerPlug } from '../server.js';
import { WorkerServer } from '../worker-server.js';

const options = record({
  threads: count({ min: 1 }).default(200).describe('requests served at once (Tomcat `maxThreads`: 200)'),
  backlog: count({ min: 1 })
    .default(100)
    .describe('connections that wait for a thread (Tomcat `acceptCount`: 100)'),
  interpreter_lock: flag().default(false).describe('true where the language has one, as CPython'),
  keepalive_timeout: duration()
    .prefault('60s')
    .describe('how long an idle connection is kept (Tomcat `keepAliveTimeout`: 60 s); 0: not at all'),
  overhead: overheadField,
});

/** One process, a thread per request: Tomcat, Puma, gunicorn's gthread. */
export const threadPool: ServerPlug<typeof options> = {
  name: 'thread-pool',
  summary: 'one process with a thread per request; what finds no thread waits in the listen backlog',
  source: 'Apache Tomcat 10 HTTP connector (maxThreads, acceptCount)',
  options,
  example: 'server: { kind: thread-pool, threads: 200 }',
  create: (checked, context) =>
    new WorkerServer(
      {
        processes: 1,
        threadsPerProcess: checked.threads,
        backlog: checked.backlog,
        interpreterLock: checked.interpreter_lock,
        keepaliveNs: checked.keepalive_timeout,
        overhead: checked.overhead,
      },
      context,
    ),
};
