/**
 * Time of a pick of every algorithm in the catalogue, with 10 to 10,000 hosts, idle and with requests in flight: each
 * pick with its `begin` and `finish`, on the product's deciding part alone, with the options of the plug's own example or
 * none. The exponent is the slope between the last two sizes: 0 does not grow, 1 grows with the number of hosts.
 *
 *     npm run bench -- picks           (or: node test/bench/picks.mjs [DIRECTORY OF A BUILD] [PART OF A NAME])
 */
import { built } from './report.mjs';

const { balancers } = await built('model/balancers/index.js');
const { products } = await built('model/products/index.js');
const { check } = await built('options/fields.js');
const { RandomSource } = await built('random/stream.js');
const { plainSubject, TryResult } = await built('model/balancer.js');

const SIZES = [10, 100, 1_000, 10_000];
/** Each size is measured so often, each time for so much CPU time; the least counts, the first warms up. */
const ROUNDS = 4;
const MEASURED_MS = 40;
/** Requests in flight per host in the busy case. */
const BUSY_PER_HOST = 3;
const GAP_NS = 50_000;

const wanted = process.argv[3] ?? '';
console.log(`${'ns per pick'.padEnd(36)}${SIZES.map((size) => String(size).padStart(9)).join('')}  exponent`);
for (const plug of balancers.filter(({ name }) => name.includes(wanted))) {
  for (const state of ['idle', 'busy']) console.log(lineOf(plug, state));
}

function lineOf(plug, state) {
  const times = SIZES.map((size) => measure(plug, size, state));
  const cells = times.map((time) => (time === undefined ? '-' : time.toFixed(0)).padStart(9)).join('');
  const [before, last] = times.slice(-2);
  const exponent = Math.log(last / before) / Math.log(SIZES.at(-1) / SIZES.at(-2));
  return `${`${plug.name} ${state}`.padEnd(36)}${cells}  ${exponent.toFixed(2).padStart(8)}`;
}

/** Nanoseconds of one request that is begun, sent and ended; `undefined` where the plug's options cannot be guessed. */
function measure(plug, size, state) {
  const selector = createSelector(plug, size);
  if (selector === undefined) return undefined;
  const driver = { selector, nowNs: 0, number: 0, held: [], stream: new RandomSource('430').stream('ends') };
  if (state === 'busy') while (driver.held.length < BUSY_PER_HOST * size) send(driver);
  const turn = state === 'busy' ? replaceOne : sendAndEnd;
  return Math.min(...Array.from({ length: ROUNDS }, () => repeat(driver, turn, MEASURED_MS)));
}

function repeat(driver, turn, forMs) {
  const began = process.cpuUsage();
  let turns = 0;
  for (;;) {
    for (let count = 0; count < 50; count += 1) turn(driver);
    turns += 50;
    const { user, system } = process.cpuUsage(began);
    const ns = (user + system) * 1e3;
    if (ns > forMs * 1e6) return ns / turns;
  }
}

function sendAndEnd(driver) {
  const request = send(driver);
  driver.held.length = 0;
  end(driver, request);
}

/** One request ends, drawn from those in flight, and another one comes. */
function replaceOne(driver) {
  const index = Math.floor(driver.stream.next() * driver.held.length);
  const request = driver.held[index];
  driver.held[index] = driver.held.at(-1);
  driver.held.pop();
  end(driver, request);
  send(driver);
}

function send(driver) {
  driver.nowNs += GAP_NS;
  driver.number += 1;
  const number = driver.number;
  const subject = plainSubject({
    clientAddress: `10.${number & 255}.${(number >> 8) & 255}.${(number >> 16) & 255}`,
    path: `/${number}?key=${number}`,
    headers: { 'x-key': String(number) },
  });
  const passage = driver.selector.begin(subject);
  const host = driver.selector.pick(passage, driver.nowNs);
  const request = { passage, host };
  driver.held.push(request);
  return request;
}

function end({ selector, nowNs }, { passage, host }) {
  if (host >= 0) selector.finish(passage, TryResult.success, nowNs);
}

function createSelector(plug, size) {
  const product = products.find(({ name }) => name === plug.product);
  const options = optionsOf(product, plug);
  if (options === undefined) return undefined;
  return product.createSelector(options, {
    hosts: Array.from({ length: size }, (_, index) => ({
      name: `api-${index + 1}`,
      service: 'api',
      address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:8000`,
    })),
    stream: new RandomSource('430').stream('picks'),
    assigned: () => {},
  });
}

/** The bare word, or the word with the options that keyed algorithms are shown with. */
function optionsOf(product, { word, keyed }) {
  const forms = [word, { [word]: keyed?.options ?? {} }];
  for (const algorithm of forms) {
    const checked = check(product.options, { algorithm });
    if (checked.ok) return checked.value;
  }
  return undefined;
}
