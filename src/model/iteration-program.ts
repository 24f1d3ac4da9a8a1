import { invariant } from '../kernel/invariant.js';
import { createDistribution } from '../random/catalogue.js';
import type { Distribution } from '../random/distribution.js';
import type { Call, RequestPlan } from './call.js';
import type { ClientManners } from './client-manners.js';
import type { EndpointTable, HeadSpec } from './endpoint.js';
import type { Branch, CheckSpecs, IterationSpec, IterationStep, RequestStep } from './iteration.js';
import { statusSet } from './status-set.js';
import type { Behaviour, VirtualUser } from './virtual-user.js';

/** What an iteration is compiled against. */
export interface IterationContext {
  readonly endpoints: EndpointTable;
  /** What the head of each request says besides its own headers. */
  readonly head: HeadSpec;
  /** Of the load generator that runs it; k6's if absent. */
  readonly manners?: ClientManners | undefined;
}

/** Compiles a checked iteration to a flat program that virtual users run. */
export function compileIteration(spec: IterationSpec, context: IterationContext): Behaviour {
  const compiler = new Compiler(context);
  compiler.steps(spec, '', 0);
  return new Program(compiler.instructions, compiler.depthMax);
}

/** What a step's request is sent and judged by. */
export function planOf({ method, path, options }: RequestStep, context: IterationContext): RequestPlan {
  const { timeout, headers, name, expect, bytes } = options;
  const { endpoints, head, manners } = context;
  return {
    endpoint: endpoints.intern({ method, path, name, headers, bodyBytes: bytes }, head),
    target: 0,
    timeoutNs: manners?.timeoutNs ?? timeout,
    expected: statusSet(expect),
    manners,
  };
}

const Operation = { request: 0, sleep: 1, choose: 2, jump: 3, loop: 4, again: 5, check: 6 } as const;
type Operation = (typeof Operation)[keyof typeof Operation];

/** One instruction; which fields count depends on the operation. All have the same shape, to keep the loop monomorphic. */
class Instruction {
  plan: RequestPlan | undefined = undefined;
  checks: readonly CompiledCheck[] = [];
  duration: Distribution | undefined = undefined;
  /** choose: sums of weights up to and including each branch. */
  weightSums: readonly number[] = [];
  /** choose: where each branch starts. */
  starts: number[] = [];
  /** jump, again: where to; loop: where to if there is nothing to repeat. */
  target = 0;
  times = 0;
  /** loop, again: which counter. */
  depth = 0;

  constructor(
    readonly operation: Operation,
    /** k6's group tag of what happens here. */
    readonly group: string,
  ) {}
}

interface CompiledCheck {
  readonly name: string;
  readonly statuses: Uint8Array | undefined;
  readonly durationNsMax: number;
  readonly bytesMin: number;
}

class Compiler {
  readonly instructions: Instruction[] = [];
  depthMax = 0;

  constructor(private readonly context: IterationContext) {}

  steps(steps: IterationSpec, group: string, depth: number): void {
    this.depthMax = Math.max(this.depthMax, depth);
    for (const step of steps) this.step(step, group, depth);
  }

  private step(step: IterationStep, group: string, depth: number): void {
    if (step.kind === 'request') this.request(step, group);
    else if (step.kind === 'sleep')
      this.emit(Operation.sleep, group).duration = createDistribution(step.duration);
    else if (step.kind === 'choose') this.choose(step.branches, group, depth);
    else if (step.kind === 'repeat') this.repeat(step, group, depth);
    else if (step.kind === 'group') this.steps(step.steps, `${group}::${step.name}`, depth);
    else this.check(step.checks, group);
  }

  private request(step: RequestStep, group: string): void {
    this.emit(Operation.request, group).plan = planOf(step, this.context);
    const { check } = step.options;
    if (check !== undefined) this.check(check, group);
  }

  private choose(branches: readonly Branch[], group: string, depth: number): void {
    const choice = this.emit(Operation.choose, group);
    const exits: Instruction[] = [];
    let sum = 0;
    choice.weightSums = branches.map((branch) => {
      sum += branch.weight;
      return sum;
    });
    for (const branch of branches) {
      choice.starts.push(this.instructions.length);
      this.steps(branch.steps, group, depth);
      exits.push(this.emit(Operation.jump, group));
    }
    for (const exit of exits) exit.target = this.instructions.length;
  }

  private repeat(step: { times: number; steps: IterationSpec }, group: string, depth: number): void {
    const loop = this.emit(Operation.loop, group);
    loop.times = step.times;
    loop.depth = depth;
    const start = this.instructions.length;
    this.steps(step.steps, group, depth + 1);
    const again = this.emit(Operation.again, group);
    again.target = start;
    again.depth = depth;
    loop.target = this.instructions.length;
  }

  private check(checks: CheckSpecs, group: string): void {
    this.emit(Operation.check, group).checks = Object.entries(checks).map(([name, spec]) => ({
      name,
      statuses: spec.status === undefined ? undefined : statusSet(spec.status),
      durationNsMax: spec.max_duration ?? Number.POSITIVE_INFINITY,
      bytesMin: spec.min_bytes ?? 0,
    }));
  }

  private emit(operation: Operation, group: string): Instruction {
    const instruction = new Instruction(operation, group);
    this.instructions.push(instruction);
    return instruction;
  }
}

/** Where a virtual user stands in its program. */
class Position {
  next = 0;
  /** What is left of each enclosing `repeat`. */
  readonly counters: number[];

  constructor(depthMax: number) {
    this.counters = new Array<number>(depthMax).fill(0);
  }
}

class Program implements Behaviour {
  constructor(
    private readonly instructions: readonly Instruction[],
    private readonly depthMax: number,
  ) {}

  begin(vu: VirtualUser): void {
    if (vu.state === undefined) vu.state = new Position(this.depthMax);
    (vu.state as Position).next = 0;
  }

  advance(vu: VirtualUser): boolean {
    const position = vu.state as Position;
    const { instructions } = this;
    while (position.next < instructions.length) {
      const instruction = instructions[position.next]!;
      position.next += 1;
      const { operation } = instruction;
      if (operation === Operation.request) {
        vu.group = instruction.group;
        if (!vu.request(instruction.plan!)) return false;
      } else if (operation === Operation.sleep) {
        if (!vu.sleep(sleepNs(vu, instruction.duration!))) return false;
      } else {
        control(vu, position, instruction);
      }
    }
    return true;
  }

  cut(): boolean {
    return false;
  }
}

/** Everything that takes no time. */
function control(vu: VirtualUser, position: Position, instruction: Instruction): void {
  const { counters } = position;
  const { depth } = instruction;
  switch (instruction.operation) {
    case Operation.choose:
      position.next = instruction.starts[branchOf(vu, instruction.weightSums)]!;
      break;
    case Operation.jump:
      position.next = instruction.target;
      break;
    case Operation.loop:
      counters[depth] = instruction.times;
      if (instruction.times === 0) position.next = instruction.target;
      break;
    case Operation.again:
      counters[depth]! -= 1;
      if (counters[depth]! > 0) position.next = instruction.target;
      break;
    default:
      vu.group = instruction.group;
      for (const check of instruction.checks) vu.check(check.name, passes(check, vu.response));
  }
}

/** The draw is counted also where it is not needed: a variant with a constant think time makes the same choices. */
function sleepNs(vu: VirtualUser, duration: Distribution): number {
  if (duration.constant !== undefined) {
    vu.skipDraw();
    return Math.round(duration.constant);
  }
  return Math.round(duration.sample(vu.nextDraw()));
}

function branchOf(vu: VirtualUser, weightSums: readonly number[]): number {
  const last = weightSums.length - 1;
  invariant(last >= 0, 'a choice without branches');
  const drawn = vu.nextDraw().next() * weightSums[last]!;
  let branch = 0;
  while (branch < last && drawn >= weightSums[branch]!) branch += 1;
  return branch;
}

/** Without an answer, nothing passes. */
function passes(check: CompiledCheck, response: Call | undefined): boolean {
  if (response === undefined || response.status === 0) return false;
  if (check.statuses !== undefined && check.statuses[response.status] !== 1) return false;
  return response.durationNs <= check.durationNsMax && response.responseBytes >= check.bytesMin;
}
