/** M/M/1, first in first out, load 0.8, 4 million events on the kernel: arrivals are events, the departure is a timer. */
import { built, report } from './report.mjs';

const { Simulation } = await built('kernel/loop.js');
const { log } = await built('random/math.js');
const { RandomSource } = await built('random/stream.js');

const EVENTS = 4_000_000;
const GAP_NS = 1_250_000;
const SERVICE_NS = 1_000_000;
/** Customers whose arrival times are kept: far more than ever wait at load 0.8. */
const RING = 1 << 16;

const ARRIVE = 0;
const DEPART = 1;

class Station {
  constructor(simulation, source) {
    this.simulation = simulation;
    this.gaps = source.stream('arrivals');
    this.services = source.stream('services');
    this.arrivedAtNs = new Float64Array(RING);
    this.head = 0;
    this.tail = 0;
    this.requests = 0;
    this.sumNs = 0;
    this.departure = simulation.createTimer(this, DEPART);
  }

  start() {
    this.simulation.after(exponential(this.gaps, GAP_NS), this, ARRIVE);
  }

  handle(kind) {
    if (kind === ARRIVE) this.arrive();
    else this.depart();
    if (this.simulation.eventCount === EVENTS) this.simulation.stop();
  }

  arrive() {
    const simulation = this.simulation;
    simulation.after(exponential(this.gaps, GAP_NS), this, ARRIVE);
    if (this.head === this.tail) this.serve();
    this.arrivedAtNs[this.tail++ & (RING - 1)] = simulation.nowNs;
  }

  depart() {
    this.sumNs += this.simulation.nowNs - this.arrivedAtNs[this.head++ & (RING - 1)];
    this.requests += 1;
    if (this.head !== this.tail) this.serve();
  }

  serve() {
    const simulation = this.simulation;
    simulation.armTimer(this.departure, simulation.nowNs + exponential(this.services, SERVICE_NS));
  }
}

function exponential(stream, meanNs) {
  return Math.round(-meanNs * log(1 - stream.next()));
}

const simulation = new Simulation();
const station = new Station(simulation, new RandomSource('1'));
const began = process.cpuUsage();
station.start();
simulation.run();
report(simulation, station, began);
