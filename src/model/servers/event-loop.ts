import { count, duration, record } from '../../options/fields.js';
import { LoopServer } from '../loop-server.js';
import { overheadField } from '../overhead.js';
import type { ServerPlug } from '../server.js';

const options = record({
  workers: count({ min: 1, max: 1024 })
    .default(1)
    .describe('processes, each with its own event loop, pools and caches'),
  backlog: count({ min: 1 })
    .default(511)
    .describe('connections the kernel holds until the loop accepts them (Node.js: 511)'),
  keepalive_timeout: duration()
    .prefault('5s')
    .describe('how long an idle connection is kept (Node.js `keepAliveTimeout`: 5 s)'),
  overhead: overheadField,
});

/** Node.js and its like. */
export const eventLoop: ServerPlug<typeof options> = {
  name: 'event-loop',
  summary:
    'one event loop per process: every handler’s CPU runs on it, one after the other; waits take no thread',
  source: 'Node.js net.Server (backlog 511) and cluster',
  options,
  example: 'server: { kind: event-loop, workers: 2 }',
  create: (checked, context) => new LoopServer(checked, context),
};
