import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MeasuredSettings } from '../../../src/input/measured.js';
import { readMeasured } from '../../../src/input/read-measured.js';

/** Files of 1 GB, made as they are read: what the process grows by meanwhile. */

const FILE_BYTES = 1e9;
const CHUNK_LENGTH = 65_536;
/** The bound of the task. A run that was read in one go would take more than 1 GB. */
const GROWTH_BYTES_MAX = 200e6;

const PATHS = ['/cpu', '/shop', '/api/produits', '/api/ventes/rapport'];
const METRICS = [
  'http_reqs',
  'http_req_duration',
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
  'http_req_failed',
];

const HEADER =
  'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n';

/** 0 to below 100 with three decimals; no two neighbours alike. */
function milliseconds(index: number): string {
  return (((Math.imul(index, 0x9e3779b1) >>> 0) % 100_000) / 1000).toFixed(3);
}

function k6Csv(index: number): string {
  const url = `http://127.0.0.1:8081${PATHS[index % 4]}`;
  const tail = `,,,,true,,GET,${url},HTTP/1.1,default,,200,,,${url},instance=api-${index % 3},\n`;
  const rows = METRICS.map((metric, at) => {
    const value =
      metric === 'http_reqs' ? '1' : metric === 'http_req_failed' ? '0' : milliseconds(9 * index + at);
    return `${metric},${1_795_207_519_478_107 + index * 997},${value}${tail}`;
  });
  return rows.join('');
}

function k6Json(index: number): string {
  const time = new Date(1_795_207_519_478 + index).toISOString();
  const url = `http://127.0.0.1:8081${PATHS[index % 4]}`;
  const tags = `{"expected_response":"true","group":"","method":"GET","name":"${url}","scenario":"default","status":"200"}`;
  const rows = METRICS.map((metric, at) => {
    const value =
      metric === 'http_reqs' ? '1' : metric === 'http_req_failed' ? '0' : milliseconds(9 * index + at);
    return `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":${tags}}}\n`;
  });
  return rows.join('');
}

function accessLine(index: number): string {
  const time = (1_795_689_993_671 + index) / 1000;
  const seconds = (index % 977) / 1000;
  const request = `GET ${PATHS[index % 4]}?id=${index} HTTP/1.1`;
  return `127.0.0.1 - ${time.toFixed(3)} "${request}" 200 ${seconds.toFixed(3)} 127.0.0.1:800${1 + (index % 3)} ${seconds.toFixed(3)}\n`;
}

const LOG_FORMAT =
  '$remote_addr - $msec "$request" $status $request_time $upstream_addr $upstream_response_time';

/** Before the first of them: what one keeps counts for the next; what it only has not cleared away yet does not. */
const before = process.memoryUsage().rss;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
beforeEach(collectGarbage);

async function* stream(head: string, row: (index: number) => string, made: { requests: number }) {
  const encoder = new TextEncoder();
  let text = head;
  for (let total = 0; total < FILE_BYTES; ) {
    while (text.length < CHUNK_LENGTH) {
      text += row(made.requests);
      made.requests += 1;
    }
    total += text.length;
    yield encoder.encode(text);
    text = '';
  }
}

describe('a file of 1 GB', () => {
  it.each([
    ['k6-csv', HEADER, k6Csv, {}],
    ['k6-json', '', k6Json, {}],
    ['access-log', '', accessLine, { logFormat: LOG_FORMAT }],
  ] as const)(
    'of the format %s takes less than 200 MB',
    async (format, head, row, settings: MeasuredSettings) => {
      let peak = process.memoryUsage().rss;
      const timer = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 10);
      const made = { requests: 0 };
      const start = process.cpuUsage();
      const run = await readMeasured('points', stream(head, row, made), settings);
      const { user, system } = process.cpuUsage(start);
      clearInterval(timer);
      peak = Math.max(peak, process.memoryUsage().rss);
      const growth = ((peak - before) / 1e6).toFixed(0);
      console.info(
        `${format}: ${made.requests} requests, ${run.samples!.endMs.length} kept one by one, ${growth} MB more, ${((user + system) / 1e6).toFixed(1)} s of CPU`,
      );
      expect(run.format).toBe(format);
      expect(run.metrics.http_reqs?.count).toBe(made.requests);
      // All but what of the last ones does not make a group.
      const every = run.samples!.every ?? 1;
      expect(Math.abs(run.samples!.endMs.length * every - made.requests)).toBeLessThan(every);
      if (format !== 'access-log') expect(run.samples!.endMs.length).toBe(made.requests);
      expect(peak - before).toBeLessThan(GROWTH_BYTES_MAX);
    },
  );
});
