/**
 * The whole model on system 1's ramp, through `runExperiment` as every command runs it: YAML, client, balancer, uvicorn,
 * recorder, statistics. One line per replication, the first of which includes compiling; exit code 1 where a bound of
 * `limits` is missed by the fastest.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { built } from './report.mjs';

const { loadExperiment } = await built('input/load.js');
const { runExperiment } = await built('experiment/run.js');
const { diskFiles } = await built('cli/files.js');

const limits = { requestsPerSecondMin: 300_000, secondsMax: 1, rssMbMax: 200 };
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const loaded = loadExperiment(fileURLToPath(new URL('whole.yaml', import.meta.url)), diskFiles);
/** CPU seconds by replication, split where the next one begins. */
const seconds = [];
/** Wall-clock seconds of the same. */
const walls = [];
let begun = performance.now();
let current = 0;
let mark = process.cpuUsage();
const account = () => {
  const { user, system } = process.cpuUsage(mark);
  mark = process.cpuUsage();
  seconds.push((user + system) / 1e6);
  walls.push((performance.now() - begun) / 1000);
  begun = performance.now();
};
const pause = ({ replicationIndex }) => {
  if (replicationIndex === current) return;
  account();
  current = replicationIndex;
};
const options = { version, replayCommand: 'npm run bench', pause };
const result = await runExperiment(loaded, options);
account();

const rssMb = process.resourceUsage().maxRSS / 1024;
const [pool, uvicorn] = result.variants.map(({ label, runs }, variantIndex) => {
  const rates = runs.map((run, index) => {
    const place = variantIndex * runs.length + index;
    const requests = run.metrics.http_reqs.count;
    const rate = requests / seconds[place];
    const line = {
      events: run.events,
      fingerprint: run.fingerprint,
      requests,
      cpuSeconds: seconds[place],
      wallSeconds: walls[place],
    };
    console.log(JSON.stringify({ ...line, requestsPerSecond: Math.round(rate) }));
    return rate;
  });
  return { label, best: Math.max(...rates) };
});
const slowest = Math.max(...walls);
console.log(
  `whole model: ${Math.round(pool.best)} requests per second of CPU with a thread pool (at least ${limits.requestsPerSecondMin}), ` +
    `${Math.round(uvicorn.best)} with uvicorn; ${slowest.toFixed(2)} s for the slowest replication, compiling included ` +
    `(at most ${limits.secondsMax}); ${Math.round(rssMb)} MB (at most ${limits.rssMbMax})`,
);
const kept =
  pool.best >= limits.requestsPerSecondMin && slowest <= limits.secondsMax && rssMb <= limits.rssMbMax;
process.exitCode = kept ? 0 : 1;
