/**
 * System 1's ramp on the kernel: 0 to 100, 300, 700, 1000 and back to 0 users in 6.5 minutes (k6's `ramping-vus`), who
 * think for 1 s; strict round robin over 2 instances, 0.2 ms away, that share their processor among all requests.
 */
import { built, report } from './report.mjs';

const { Simulation } = await built('kernel/loop.js');
const { SharingHeap } = await built('kernel/processor-sharing.js');
const { NEVER } = await built('kernel/time.js');
const { log } = await built('random/math.js');
const { RandomSource } = await built('random/stream.js');

const STAGES = [
  { seconds: 60, target: 100 },
  { seconds: 120, target: 300 },
  { seconds: 120, target: 700 },
  { seconds: 60, target: 1000 },
  { seconds: 30, target: 0 },
];
const USERS = 1000;
const INSTANCES = 2;
const THINK_NS = 1e9;
const NETWORK_NS = 2e5;
const DEMAND_NS = 3e6;

const START = 0;
const ARRIVE = 1;
const RETURN = 2;
const AWAKE = 3;
const DEPART = 4;

class User {
  constructor(index) {
    this.index = index;
    this.startAtNs = NEVER;
    this.stopAtNs = 0;
    this.sentAtNs = 0;
  }
}

/** The k-th user starts when the line reaches k, and starts no iteration once the line has dropped below k. */
function plan() {
  const users = Array.from({ length: USERS + 1 }, (_, index) => new User(index));
  let atNs = 0;
  let from = 0;
  for (const { seconds, target } of STAGES) {
    const lengthNs = seconds * 1e9;
    for (let user = from + 1; user <= target; user += 1) {
      users[user].startAtNs = atNs + Math.round(((user - from) * lengthNs) / (target - from));
    }
    for (let user = from; user > target; user -= 1) {
      users[user].stopAtNs = atNs + Math.round(((from - user) * lengthNs) / (from - target));
    }
    atNs += lengthNs;
    from = target;
  }
  return users;
}

class Instance {
  constructor(simulation, clients) {
    this.simulation = simulation;
    this.clients = clients;
    this.jobs = new SharingHeap();
    this.updatedNs = 0;
    this.departure = simulation.createTimer(this, DEPART);
  }

  arrive(user, demandNs) {
    this.synchronize();
    this.jobs.push(demandNs, this.clients, RETURN, user);
    this.rearm();
  }

  handle() {
    const { jobs, simulation } = this;
    this.synchronize();
    jobs.pop();
    this.rearm();
    simulation.after(NETWORK_NS, jobs.handler, jobs.kind, jobs.payload);
  }

  synchronize() {
    const nowNs = this.simulation.nowNs;
    if (this.jobs.size > 0) this.jobs.advance((nowNs - this.updatedNs) / this.jobs.size);
    this.updatedNs = nowNs;
  }

  rearm() {
    const { jobs, simulation } = this;
    if (jobs.size === 0) return;
    const nowNs = simulation.nowNs;
    const atNs = Math.ceil(nowNs + jobs.nextWorkNs() * jobs.size);
    simulation.armTimer(this.departure, Math.max(atNs, nowNs));
  }
}

class Clients {
  constructor(simulation, source) {
    this.simulation = simulation;
    this.demands = source.stream('demands');
    this.users = plan();
    this.instances = Array.from({ length: INSTANCES }, () => new Instance(simulation, this));
    this.next = 0;
    this.requests = 0;
    this.sumNs = 0;
  }

  start() {
    this.simulation.schedule(this.users[1].startAtNs, this, START, this.users[1]);
  }

  handle(kind, user) {
    const simulation = this.simulation;
    if (kind === ARRIVE) {
      const instance = this.instances[this.next];
      this.next = this.next + 1 === INSTANCES ? 0 : this.next + 1;
      instance.arrive(user, Math.round(-DEMAND_NS * log(1 - this.demands.next())));
    } else if (kind === RETURN) {
      this.sumNs += simulation.nowNs - user.sentAtNs;
      this.requests += 1;
      simulation.after(THINK_NS, this, AWAKE, user);
    } else if (kind === AWAKE) {
      if (simulation.nowNs < user.stopAtNs) this.send(user);
    } else {
      if (user.index < USERS) {
        const following = this.users[user.index + 1];
        simulation.schedule(following.startAtNs, this, START, following);
      }
      this.send(user);
    }
  }

  send(user) {
    user.sentAtNs = this.simulation.nowNs;
    this.simulation.after(NETWORK_NS, this, ARRIVE, user);
  }
}

const began = process.cpuUsage();
const simulation = new Simulation();
const clients = new Clients(simulation, new RandomSource('1'));
clients.start();
simulation.run();
report(simulation, clients, began);
