/**
 * What queueing theory says. `servers` is c, `offered` the load in erlangs (arrival rate times mean demand), `load` the
 * utilisation offered / servers; times are in units of the mean demand.
 */

/** Probability that a customer of M/G/c/c is lost (Erlang B), by the recursion of Jagerman. */
export function erlangB(servers: number, offered: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1)
    blocked = (offered * blocked) / (count + offered * blocked);
  return blocked;
}

/** Probability that a customer of M/M/c has to wait (Erlang C). */
export function erlangC(servers: number, offered: number): number {
  const blocked = erlangB(servers, offered);
  const load = offered / servers;
  return blocked / (1 - load * (1 - blocked));
}

/** Mean time in M/M/c, waiting included; c = 1 gives 1 / (1 - load). */
export function meanTimeMMc(servers: number, load: number): number {
  return 1 + erlangC(servers, servers * load) / (servers * (1 - load));
}

/** Mean time in M/D/1 (Pollaczek and Khinchine with variance 0). */
export function meanTimeMD1(load: number): number {
  return 1 + load / (2 * (1 - load));
}

/** Mean time in M/G/1, first in first out (Pollaczek and Khinchine); `cv` is standard deviation / mean of the demand. */
export function meanTimeMG1(load: number, cv: number): number {
  return 1 + (load * (1 + cv * cv)) / (2 * (1 - load));
}

/** Probability of loss, and mean time of those who are not lost, in M/M/c/K (`places` = K, servers included). */
export function finiteQueue(
  servers: number,
  places: number,
  offered: number,
): { loss: number; meanTime: number } {
  const weights = [1];
  for (let count = 1; count <= places; count += 1) {
    weights.push((weights[count - 1]! * offered) / Math.min(count, servers));
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const loss = weights[places]! / total;
  const meanNumber = weights.reduce((sum, weight, count) => sum + count * weight, 0) / total;
  return { loss, meanTime: meanNumber / (offered * (1 - loss)) };
}

/**
 * Throughput and response time of `users` who think for `think` (mean; any distribution) and then visit one station, by
 * mean value analysis (Reiser and Lavenberg 1980): exact for one server, shared (any demand) or in turn (exponential).
 */
export function machineRepairman(users: number, think: number): { throughput: number; responseTime: number } {
  let queue = 0;
  let throughput = 0;
  let responseTime = 1;
  for (let count = 1; count <= users; count += 1) {
    responseTime = 1 + queue;
    throughput = count / (think + responseTime);
    queue = throughput * responseTime;
  }
  return { throughput, responseTime };
}

/**
 * Mean time at a server of exponential demands that gets every `servers`-th of Poisson arrivals (E_N/M/1; Kleinrock 1975,
 * 6.4): 1 / (1 - sigma), sigma the root below 1 of sigma = (N load / (N load + 1 - sigma))^N, found by iteration from 0,
 * which rises to it.
 */
export function meanTimeCyclic(servers: number, load: number): number {
  let sigma = 0;
  for (let round = 0; round < 10_000; round += 1) {
    sigma = ((servers * load) / (servers * load + 1 - sigma)) ** servers;
  }
  return 1 / (1 - sigma);
}

/** Share of the servers with at least `length` customers under the power of two choices, infinitely many servers (Mitzenmacher 2001). */
export function twoChoicesTail(load: number, length: number): number {
  return load ** (2 ** length - 1);
}

/** Mean time under the power of two choices, infinitely many servers: by Little's law the tails' sum over the load. */
export function meanTimeTwoChoices(load: number): number {
  let sum = 0;
  for (let length = 1; length < 30; length += 1) sum += twoChoicesTail(load, length);
  return sum / load;
}
