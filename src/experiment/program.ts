import type { RouteSpec, ServiceSpec } from '../input/model-file.js';
import type { Simulation } from '../kernel/loop.js';
import { type AnswerSpec, AnswerTemplate, mergeHeaders } from '../model/answer.js';
import { Demand } from '../model/demand.js';
import type { EndpointTable } from '../model/endpoint.js';
import type { Link } from '../model/network.js';
import type { Route, Step } from '../model/route.js';
import { type RoutePattern, splitPath } from '../model/service.js';
import type { CallTarget, Nested, StepContext, StepPlug, StepSpec } from '../model/step.js';
import { steps as stepPlugs } from '../model/steps/index.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import type { DistributionSpec } from '../random/distribution.js';

/** What the head of a call between services looks like (httpx 0.28). */
const CALLER_HEAD = { host: 'service:8000', userAgent: 'python-httpx/0.28.1' };

/** What routes are compiled against. */
export interface ProgramContext {
  readonly simulation: Simulation;
  readonly serviceName: string;
  readonly service: ServiceSpec;
  readonly endpoints: EndpointTable;
  /** The links to the instances of another service; asked for when the first call is made. */
  linksTo(service: string): readonly Link[];
}

/** Compiles a service's routes to flat programs. */
export function compileRoutes(context: ProgramContext): RoutePattern[] {
  return Object.entries(context.service.routes).map(([name, spec]) => ({
    method: spec.method,
    segments: splitPath(spec.path),
    route: compileRoute(context, name, spec),
  }));
}

function compileRoute(context: ProgramContext, name: string, spec: RouteSpec): Route {
  const compiler = new RouteCompiler(context, spec, `${context.serviceName}/${name}`);
  compiler.compile(spec.steps);
  return { name, runsOnLoop: spec.runsOnLoop, steps: compiler.program };
}

/** Emits one route's steps. Demands are named after the step's place in the file, so that they do not depend on others. */
class RouteCompiler implements StepContext {
  readonly simulation: Simulation;
  readonly program: Step[] = [];
  private readonly poolNames: readonly string[];
  private readonly cacheNames: readonly string[];
  private path: string;

  constructor(
    private readonly context: ProgramContext,
    private readonly route: RouteSpec,
    routePath: string,
  ) {
    this.simulation = context.simulation;
    this.path = routePath;
    this.poolNames = Object.keys(context.service.pools);
    this.cacheNames = Object.keys(context.service.caches);
  }

  get nextPosition(): number {
    return this.program.length;
  }

  compile(steps: readonly StepSpec[]): void {
    const outerPath = this.path;
    steps.forEach((spec, index) => {
      this.path = `${outerPath}/${index}`;
      const plug = stepPlugs.find((candidate) => candidate.name === spec.kind) as StepPlug;
      plug.compile(spec.options as Checked<AnyField>, this, nestedSteps(plug, spec.options));
    });
    this.path = outerPath;
  }

  emit(step: Step): number {
    return this.program.push(step) - 1;
  }

  demand(spec: DistributionSpec, purpose: string): Demand {
    return new Demand(createDistribution(spec), `${this.path}/${purpose}`);
  }

  poolIndex(name: string): number {
    return this.poolNames.indexOf(name);
  }

  cache(name: string): { index: number; keys: Demand } {
    const spec = this.context.service.caches[name]!;
    // Keys belong to the cache, not to the step: two routes that look in one cache ask for the same key.
    const keys = new Demand(createDistribution(spec.keys), `${this.context.serviceName}/cache/${name}/keys`);
    return { index: this.cacheNames.indexOf(name), keys };
  }

  answer(spec: AnswerSpec): AnswerTemplate {
    const headers = mergeHeaders(this.context.service.headers ?? {}, spec.headers);
    return new AnswerTemplate({ ...spec, headers }, this.route.path);
  }

  target(service: string): CallTarget {
    return new TakingTurns(() => this.context.linksTo(service));
  }

  endpoint(method: string, path: string) {
    return this.context.endpoints.intern({ method, path }, CALLER_HEAD);
  }
}

function nestedSteps(plug: StepPlug, options: unknown): Nested {
  const all = options as Readonly<Record<string, readonly StepSpec[]>>;
  return Object.fromEntries((plug.nested ?? []).map((key) => [key, all[key] ?? []]));
}

/** Calls go to the instances in turn, as a name that resolves to several addresses is used. */
class TakingTurns implements CallTarget {
  private links: readonly Link[] | undefined = undefined;
  private next = 0;

  constructor(private readonly find: () => readonly Link[]) {}

  nextLink(): Link {
    this.links ??= this.find();
    const link = this.links[this.next % this.links.length]!;
    this.next += 1;
    return link;
  }
}
