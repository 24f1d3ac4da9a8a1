/**
 * Linux's EEVDF scheduler on one core, against what `wake.c` measured: of the threads that have had no more than their share the one
 * with the earliest deadline computes. One sleeper wakes beside `hogs` threads that compute without end.
 *
 *   node eevdf.mjs
 *
 * `parity`: a thread that has been picked keeps the core until its request is over (RUN_TO_PARITY, the kernel's default), or not.
 * All times in ms. A thread asks for `SLICE` at a time (base_slice_ns, 1.4 ms on two CPUs); requests end at ticks and wake-ups.
 */
const SLICE = 1.4;
const TICK = 4;
const WAKES = 6000;

function waits({ hogs, every, burn, parity }) {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  // Thread 0 sleeps and wakes; `delayed`: it sleeps in debt, and counts until the others have caught up.
  const had = new Array(hogs + 1).fill(0);
  const deadline = had.map((_, index) => (SLICE * index) / hogs);
  const present = had.map((_, index) => index > 0);
  let delayed = false;
  let lag = 0;
  let rest = SLICE;
  let now = 0;
  let tick = TICK * random();
  let wake = 2 * random();
  let current = 1;
  let keptUntil = deadline[1];
  let left = 0;
  let asked = null;
  const found = [];
  const counts = (index) => present[index] || (index === 0 && delayed);
  const mean = () => {
    const own = had.filter((_, index) => counts(index));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  const best = () => {
    const limit = mean() + 1e-9;
    let found = -1;
    for (const index of had.keys()) {
      if (!counts(index) || had[index] > limit) continue;
      if (found < 0 || deadline[index] < deadline[found]) found = index;
    }
    return found;
  };
  const run = (index) => {
    current = index;
    keptUntil = parity ? deadline[index] : Number.NEGATIVE_INFINITY;
  };
  const reschedule = () => {
    let next = best();
    if (next === 0 && delayed) {
      delayed = false;
      lag = 0;
      next = best();
    }
    run(next);
  };
  while (found.length < WAKES) {
    const end = current === 0 ? now + left : Number.POSITIVE_INFINITY;
    const sleeping = asked === null && current !== 0;
    const next = Math.min(tick, end, sleeping ? wake : Number.POSITIVE_INFINITY);
    had[current] += next - now;
    if (current === 0) left -= next - now;
    now = next;
    const isOver = had[current] >= deadline[current] - 1e-12;
    if (isOver) deadline[current] = had[current] + SLICE;
    if (next === end) {
      rest = deadline[0] - had[0];
      const owed = mean() - had[0];
      delayed = owed < 0;
      lag = delayed ? 0 : Math.min(owed, TICK);
      present[0] = false;
      wake = now + every * (0.2 + 1.6 * random());
      reschedule();
    } else if (sleeping && next === wake) {
      asked = now;
      left = burn;
      if (!delayed) {
        had[0] = mean() - (lag * (hogs + 1)) / hogs;
        deadline[0] = had[0] + (rest > 0 ? rest : SLICE);
      }
      delayed = false;
      present[0] = true;
      const isKept = !isOver && had[current] < keptUntil;
      if (!isKept && (isOver || best() === 0)) reschedule();
    } else {
      tick += TICK;
      if (isOver) reschedule();
    }
    if (current === 0 && asked !== null) {
      found.push(now - asked);
      asked = null;
    }
  }
  const late = found.filter((ms) => ms > 0.2).length / found.length;
  return `${Math.round(100 * late)} %, ${(found.reduce((sum, ms) => sum + ms, 0) / found.length).toFixed(2)} ms`;
}

/** hogs, wakes every (ms), computes for (ms), measured: part of wake-ups that wait for more than 0.2 ms, mean wait. */
const MEASURED = [
  [1, 1, 0.05, '1 %, 0.04 ms'],
  [1, 1, 0.6, '8 %, 0.24 ms'],
  [2, 1, 0.05, '5 %, 0.16 ms'],
  [2, 1, 0.2, '12 %, 0.46 ms'],
  [2, 1, 0.6, '31 %, 1.15 ms'],
  [3, 1, 0.2, '18 %, 0.67 ms'],
  [3, 1, 0.6, '45 %, 1.81 ms'],
  [6, 2, 0.1, '22 %, 0.72 ms'],
  [12, 2, 0.1, '40 %, 1.29 ms'],
];
for (const [hogs, every, burn, measured] of MEASURED) {
  const simulated = [true, false].map((parity) => waits({ hogs, every, burn, parity }));
  console.log(`${hogs} beside it, ${burn} ms every ${every} ms: measured ${measured}; with parity ${simulated[0]}; without ${simulated[1]}`);
}
