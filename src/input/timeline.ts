import { plainSubject, type Subject } from '../model/balancer.js';
import { check } from '../options/fields.js';
import { sortKeys } from './canonical.js';
import { InputError, type Mistake, nameHint } from './error.js';
import { findingsOf } from './issues.js';
import { mappingOf } from './mapping.js';
import { BALANCER_KEYS } from './model-fields.js';
import { type Finding, mistakeOf, type Origin } from './origin.js';
import type { Path } from './path.js';
import {
  type BalancerSetting,
  type BalancerWords,
  type PicksBalancer,
  readBalancer,
} from './picks-balancer.js';
import { namedHosts, readHosts } from './picks-hosts.js';
import { type BalancerBase, baseOfModel } from './picks-model.js';
import { type Files, readSource } from './source.js';
import {
  entryField,
  HOST_ACTS,
  type HostAct,
  timelineField,
  type WrittenRequest,
  type WrittenRequests,
} from './timeline-fields.js';
import { parseYaml } from './yaml.js';

/** Something that happens, checked. */
export type TimelineStep = { readonly atNs: number } & (
  | { readonly kind: 'request'; readonly name: string; readonly subject: Subject }
  | { readonly kind: 'end'; readonly name: string }
  | { readonly kind: HostAct; readonly hosts: readonly string[] }
  | { readonly kind: 'status'; readonly byHost: Readonly<Record<string, number>> }
  | { readonly kind: 'answer_after'; readonly byHost: Readonly<Record<string, number>> }
  | { readonly kind: 'change'; readonly host: string; readonly parameters: unknown }
);

/** A timeline file, checked, with its balancer and hosts. */
export interface TimelinePlan extends PicksBalancer {
  readonly title: string;
  /** How long a host takes to answer a request that no entry ends, ns. */
  readonly answerAfterNs: number;
  /** In the order of their time, then of the file. */
  readonly steps: readonly TimelineStep[];
}

/** An entry as it is checked by itself. */
interface Entry {
  readonly path: Path;
  readonly atNs: number;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads a timeline file, over the balancer that it or the command line describes.
 * @throws InputError with all mistakes.
 */
export function planTimeline(file: string, words: BalancerWords, files: Files): TimelinePlan {
  const yaml = parseYaml(readSource(files, file));
  const origin: Origin = { yaml, base: [], overlays: [] };
  const mistakes: Mistake[] = [];
  const report = (finding: Finding) => mistakes.push(mistakeOf(origin, finding));
  const value = sortKeys(yaml.value);
  const frame = check(timelineField, value);
  if (!frame.ok) for (const finding of findingsOf(frame.issues)) report(finding);
  const entries = readEntries(mappingOf(value).timeline, report);
  const hasKeys = entries.some(({ options }) => options.key !== undefined);
  const base = baseOf(file, value, words, { files, origin, report });
  const balancer = tryBalancer(words, { files, base, keys: hasKeys ? 'given' : 'none' }, mistakes);
  const steps = new StepReader(balancer ?? { hosts: base.hosts }, report).read(entries);
  if (balancer === undefined) throw new InputError(mistakes);
  if (mistakes.length > 0 || !frame.ok) throw new InputError(mistakes);
  return { ...balancer, title: frame.value.title, answerAfterNs: frame.value.answer_after, steps };
}

type Report = (finding: Finding) => void;

/** The balancer; where it is wrong that is told, and the rest is checked without it. */
function tryBalancer(
  words: BalancerWords,
  { files, ...setting }: BalancerSetting & { readonly files: Files },
  mistakes: Mistake[],
): PicksBalancer | undefined {
  try {
    return readBalancer(words, files, setting);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  }
}

/** What entries are checked against; of a wrong balancer, only its hosts, if these are known. */
type Known = Pick<PicksBalancer, 'hosts'> & Partial<PicksBalancer>;

function readEntries(timeline: unknown, report: Report): Entry[] {
  if (!Array.isArray(timeline)) return [];
  return timeline.flatMap((item: unknown, index): Entry[] => {
    const path = ['timeline', index];
    const result = check(entryField, item);
    if (result.ok) {
      const { own, plug } = result.value;
      return [{ path, atNs: own.at, kind: plug.kind, options: mappingOf(plug.options) }];
    }
    for (const finding of findingsOf(result.issues)) {
      const isMissing = finding.path[0] === 'at' && finding.got === 'nothing';
      const expected = isMissing ? 'a duration from the start of the timeline' : finding.expected;
      report({ ...finding, expected, path: [...path, ...finding.path] });
    }
    return [];
  });
}

interface Desk {
  readonly files: Files;
  readonly origin: Origin;
  readonly report: Report;
}

/** The balancer and hosts to start from: the file's own, or those of a model. */
function baseOf(
  file: string,
  value: unknown,
  words: BalancerWords,
  { files, origin, report }: Desk,
): BalancerBase {
  const { balancer, hosts } = mappingOf(value);
  const model = words.model === undefined ? undefined : baseOfModel(words.model, files);
  if (model !== undefined && balancer !== undefined) {
    report({
      path: [],
      aboutKey: 'balancer',
      got: '"balancer"',
      expected: `none beside --model ${words.model}`,
    });
  }
  const told: Mistake[] = [];
  const given = readHosts(hostList(hosts), told);
  for (const { got, expected } of told) report({ path: ['hosts'], got, expected });
  const known = given.length > 0 ? namedHosts(given, [], []) : (model?.hosts ?? []);
  if (model !== undefined) return { ...model, hosts: known };
  const { product, ...others } = mappingOf(balancer);
  const options = Object.entries(others).filter(([key]) => !BALANCER_KEYS.includes(key));
  return {
    kind: 'timeline',
    file,
    product: typeof product === 'string' ? product : undefined,
    options: Object.fromEntries(options),
    hosts: known,
    cores: undefined,
    locate: (finding) => mistakeOf(origin, { ...finding, path: ['balancer', ...finding.path] }),
  };
}

/** Hosts of a file in the form of the command line. */
function hostList(hosts: unknown): string | undefined {
  if (Array.isArray(hosts) && hosts.length > 0) return hosts.join(',');
  const entries = Object.entries(mappingOf(hosts));
  return entries.length === 0 ? undefined : entries.map(([name, address]) => `${name}=${address}`).join(',');
}

/** Turns entries into steps; the last place where their names are looked up. */
class StepReader {
  private readonly requests = new Map<string, number>();
  private unnamed = 0;

  constructor(
    private readonly known: Known,
    private readonly report: Report,
  ) {}

  read(entries: readonly Entry[]): TimelineStep[] {
    // Stable: at one instant, the order of the file.
    const inTime = [...entries].sort((a, b) => a.atNs - b.atNs);
    const steps = inTime.flatMap((entry) => this.stepsOf(entry));
    return steps.sort((a, b) => a.atNs - b.atNs);
  }

  private stepsOf(entry: Entry): TimelineStep[] {
    const { atNs, kind, options, path } = entry;
    if (kind === 'request') return this.request(entry, options as unknown as WrittenRequest);
    if (kind === 'requests') return this.several(entry, options as unknown as WrittenRequests);
    if (kind === 'end') {
      const name = String(options.end);
      if (this.requests.has(name)) return [{ atNs, kind, name }];
      const hint = nameHint(name, [...this.requests.keys()]);
      this.report({
        path: [...path, kind],
        got: JSON.stringify(name),
        expected: 'a request that was sent before',
        hint,
      });
      return [];
    }
    if (kind === 'change') return this.change(entry);
    if (kind === 'status' || kind === 'answer_after') {
      const byHost = options[kind] as Record<string, number>;
      for (const host of Object.keys(byHost)) this.checkHost(host, { path: [...path, kind], aboutKey: host });
      return [{ atNs, kind, byHost }];
    }
    const act = HOST_ACTS.find((candidate) => candidate === kind)!;
    const hosts = options[act] as string[];
    for (const host of hosts) this.checkHost(host, { path: [...path, act] });
    return [{ atNs, kind: act, hosts }];
  }

  private request({ atNs, path }: Entry, written: WrittenRequest): TimelineStep[] {
    const { request: name } = written;
    if (this.requests.has(name)) {
      const got = `the request ${JSON.stringify(name)} a second time`;
      this.report({ path: [...path, 'request'], got, expected: 'each name once' });
    }
    this.requests.set(name, atNs);
    return [{ atNs, kind: 'request', name, subject: this.subject(path, written) }];
  }

  /** Requests without names are numbered through the file. */
  private several({ atNs, path }: Entry, written: WrittenRequests): TimelineStep[] {
    const subject = this.subject(path, written);
    return Array.from({ length: written.requests }, (_, index) => {
      this.unnamed += 1;
      return { atNs: atNs + index * written.every, kind: 'request', name: String(this.unnamed), subject };
    });
  }

  private subject(path: Path, written: WrittenRequest | WrittenRequests): Subject {
    const { key, method, path: target, client } = written;
    const { algorithm } = this.known;
    const plain = plainSubject({ clientAddress: client, path: target });
    if (key !== undefined && algorithm !== undefined && algorithm.keyed === undefined) {
      const expected = `none: ${algorithm.word} looks at no key`;
      this.report({ path: [...path, 'key'], got: JSON.stringify(key), expected });
    }
    const keyed = key === undefined ? undefined : algorithm?.keyed?.subject(key);
    const { clientAddress, endpoint } = keyed ?? plain;
    return { clientAddress, endpoint: { ...endpoint, method } };
  }

  private change({ atNs, path, options }: Entry): TimelineStep[] {
    const { change: host, ...parameters } = options;
    this.checkHost(String(host), { path: [...path, 'change'] });
    const { product } = this.known;
    if (product === undefined) return [];
    const result = check(product.serverParameters, parameters);
    if (result.ok) return [{ atNs, kind: 'change', host: String(host), parameters: result.value }];
    for (const finding of findingsOf(result.issues))
      this.report({ ...finding, path: [...path, ...finding.path] });
    return [];
  }

  private checkHost(host: string, at: { readonly path: Path; readonly aboutKey?: string }): void {
    const names = this.known.hosts.map(({ name }) => name);
    if (names.includes(host) || names.length === 0) return;
    this.report({ ...at, got: JSON.stringify(host), expected: 'a host', hint: nameHint(host, names) });
  }
}
