import { measured } from '../input/measured/index.js';
import { balancers } from '../model/balancers/index.js';
import { failures } from '../model/failures/index.js';
import { policies } from '../model/policies/index.js';
import { products } from '../model/products/index.js';
import { servers } from '../model/servers/index.js';
import { steps } from '../model/steps/index.js';
import { workloads } from '../model/workloads/index.js';
import type { PlugDescription } from '../options/plug.js';
import { distributions } from '../random/distributions/index.js';
import { formats } from '../report/formats/index.js';

/** The kinds of plugs that `sim list` shows, by the word it takes. */
export const PLUG_KINDS: Readonly<
  Record<string, { readonly title: string; readonly plugs: readonly PlugDescription[] }>
> = {
  executors: { title: 'executors: how load comes', plugs: workloads },
  balancers: { title: 'balancers: products', plugs: products },
  algorithms: { title: 'algorithms: how a balancer picks', plugs: balancers },
  policies: { title: 'policies: what a gateway does before it picks', plugs: policies },
  servers: { title: 'servers: what turns connections into work', plugs: servers },
  steps: { title: 'steps: what a handler does', plugs: steps },
  distributions: { title: 'distributions: values that vary', plugs: distributions },
  events: { title: 'events: failures and changes on the clock', plugs: failures },
  formats: { title: 'formats: how a result is written', plugs: formats },
  measured: { title: 'measured: formats of real runs', plugs: measured },
};
