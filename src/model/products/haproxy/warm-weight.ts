import { type HaproxyServer, WEIGHT_SCALE } from './server.js';

/** `server_recalc_eweight` of the algorithms that can change weights: from a sixteenth of the weight to all of it, in steps of seconds. */
export function warmWeight(server: HaproxyServer, elapsed: number | undefined): number {
  const { weight, slowstartSeconds } = server;
  if (elapsed === undefined) return weight * WEIGHT_SCALE;
  return weight * Math.floor((WEIGHT_SCALE * elapsed + slowstartSeconds) / slowstartSeconds);
}
