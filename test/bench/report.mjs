import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module of the build under test: its directory is the first argument, `dist` if there is none. */
export function built(path) {
  return import(pathToFileURL(join(process.argv[2] ?? 'dist', path)).href);
}

/**
 * One line of JSON, as the programs in C print it. The time is CPU time of the whole process from the first event to the
 * last (other load on the machine does not count; compiling and collecting garbage on other threads does).
 */
export function report(simulation, { requests, sumNs }, began) {
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const fingerprint = simulation.fingerprint.digest();
  const rssMb = process.resourceUsage().maxRSS / 1024;
  const line = {
    events: simulation.eventCount,
    fingerprint,
    requests,
    meanNs: sumNs / requests,
    seconds,
    rssMb,
  };
  console.log(JSON.stringify(line));
}
