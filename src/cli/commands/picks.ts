import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { runPicks } from '../../experiment/picks.js';
import { runTimeline } from '../../experiment/picks-timeline.js';
import { type PicksPlan, planPicks } from '../../input/picks-plan.js';
import { planTimeline } from '../../input/timeline.js';
import type { PicksResult } from '../../metrics/picks.js';
import { canonicalJson } from '../../report/canonical.js';
import { picksSpec } from '../../report/charts/picks.js';
import {
  keyLines,
  picksJson,
  picksLines,
  picksTable,
  timelineJson,
  timelineTable,
} from '../../report/picks-text.js';
import { renderSvg, svgToPng } from '../../report/render.js';
import { consoleTable } from '../../report/table.js';
import type { CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { diskFiles } from '../files.js';
import { parseSeed } from '../load-options.js';
import { checkWritable, writeFiles } from '../results.js';

interface PicksOptions {
  readonly product?: string;
  readonly model?: string;
  readonly algorithm?: string;
  readonly weights?: string;
  readonly hosts?: string;
  readonly set?: readonly string[];
  readonly keys?: string;
  readonly count?: number;
  readonly held?: true;
  readonly seed?: string;
  readonly timeline?: string;
  /** `true`: a file of the usual name. */
  readonly plot?: string | true;
  readonly json?: true;
}

const COUNT_MAX = 1_000_000;

const HELP = `
Every request goes through the balancer that the model runs, so what is listed is what an experiment would do:
one request after the other, each over a connection of its own, in front of hosts that answer at once.

Examples:
  sim picks --product nginx --weights 5,1,1               a a b a c a a, smooth weighted round robin
  sim picks --product nginx --algorithm least_conn --held -n 8
  sim picks --product nginx --algorithm 'hash $arg_k consistent' --keys keys.txt --weights 2,1,1
  printf 'x\\ny\\n' | sim picks --product nginx --algorithm 'hash consistent' --hosts api-1:8000,api-2:8000 --keys -
  sim picks --product nginx --set upstream.api.max_conns=2 --held -n 7   a host that is full is passed by; then none: -
  sim picks --product nginx --set worker_processes=2       two workers, each with a sequence of its own
  sim picks --model models/api-loadbalanced.yaml --algorithm random --seed 7

--algorithm takes what the product's own configuration has (\`random two least_conn\`, \`hdr(X-User)\`), or YAML
({ hash: { key: $arg_k } }). --set takes any other option of the product, by its path in a model; the hosts are the replicas
of the service "api" unless a model names it: --set upstream.api.max_fails=3, --set upstream.api.servers.b.down=true.
\`sim list PRODUCT\` shows a product's options, \`sim list algorithms\` its algorithms.

--keys FILE has a hash key (or, where addresses are hashed, a client's address) on each line; an empty line is an empty key.
The key is all that is hashed, whatever the algorithm's own options would look at.

--timeline FILE plays a story, and tells where each request was tried and how it ended (models/timelines/nginx-max-fails.yaml):
  balancer: { product: nginx, upstream: { api: { max_fails: 1 } } }    # as in a model; or --product, --set, ...
  hosts: [a, b]                          # names or addresses: [a=127.0.0.1:8001, 127.0.0.1:8002]
  answer_after: 1ms                      # how long a host takes; default 1ms
  timeline:
    - { at: 0s, request: r1, key: user1 }     # also method: POST, path: /x, client: 10.0.0.1
    - { at: 0.2s, end: r1 }              # it stays open until then
    - { at: 1s, refuse: a }              # its process ends: connections are refused, requests there reset
    - { at: 2s, hang: b }                # takes requests, answers none; drop: b answers no SYN; reset: b breaks them off
    - { at: 3s, status: { a: 500 } }     # answers so; answer_after: { a: 2s } takes so long
    - { at: 5s, recover: [a, b] }
    - { at: 6s, requests: 10, every: 100ms }
    - { at: 7s, change: a, weight: 3 }   # the product's server parameters; remove: a takes it away
Health checks ask the same hosts. At one time, the order of the file holds. A client waits 60 s for its answer.

--json prints {"picks": ["a", ...], "share": {"a": 0.714}, ...}: fractions of all requests; null where no host took one.
Of a timeline: {"requests": [{"name": "r1", "at": 0, "tries": ["a", "b"], "status": 200, "ended": 0.2}, ...]}; status 0 without
an answer, then "failure" says why.`;

/** `sim picks` */
export function addPicks(program: Command, context: CommandContext): void {
  program
    .command('picks')
    .description('list which hosts a balancer picks, and how fair that is')
    .option('--product <name>', 'balancer: nginx, ... (sim list balancers)')
    .option('--model <file>', 'take balancer and hosts from a model')
    .option('--algorithm <text>', 'how it picks (default: the product’s, or the model’s)')
    .option('--weights <list>', 'weights of the hosts: 5,1,1')
    .option(
      '--hosts <list>',
      'names or addresses of the hosts: a,b or 127.0.0.1:8001,127.0.0.1:8002 or a=127.0.0.1:8001',
    )
    .addOption(
      new Option('--set <key=value>', 'another option of the product; may be repeated').argParser(collect),
    )
    .option('--keys <file>', 'a hash key or client address per line; - for standard input')
    .addOption(
      new Option(
        '-n, --count <number>',
        'requests (default: one per key, or whole periods, at least 20)',
      ).argParser(parseCount),
    )
    .option('--held', 'requests stay open')
    .addOption(
      new Option('--timeline <file>', 'requests, failures and recoveries with their times').conflicts([
        'keys',
        'count',
        'held',
        'plot',
      ]),
    )
    .addOption(
      new Option(
        '--plot [file]',
        'draw the picks, and each share beside the fair one, as .svg or .png',
      ).preset(true),
    )
    .addOption(new Option('--seed <seed>', 'for what is drawn (default: 1)').argParser(parseSeed))
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', HELP)
    .action(async (options: PicksOptions) => {
      if (options.timeline !== undefined) {
        playTimeline(options.timeline, options, context);
        return;
      }
      const result = runPicks(planOf(options));
      const picture = options.plot === undefined ? undefined : await plotPicks(result, options.plot);
      if (options.json) context.console.out(canonicalJson(picksJson(result)).trimEnd());
      else printPicks(result, picture, context);
    });
}

function planOf(options: PicksOptions): PicksPlan {
  const { keys, held, json: _, plot: __, ...words } = options;
  const mode = held ? 'held' : 'sequential';
  return planPicks({ ...words, keys: keys === undefined ? undefined : readKeys(keys), mode }, diskFiles);
}

/** The tries and the end of every request of a timeline file. */
function playTimeline(file: string, options: PicksOptions, { console }: CommandContext): void {
  const result = runTimeline(planTimeline(file, options, diskFiles));
  if (options.json) {
    console.out(canonicalJson(timelineJson(result)).trimEnd());
    return;
  }
  console.out(console.colours.bold(`${result.title} (${result.product} ${result.algorithm})`));
  console.out(consoleTable(timelineTable(result), console.style));
}

/** Lines of a file or of standard input; the line end at the end begins no key. */
function readKeys(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the keys cannot be read from ${file}: ${code ?? String(error)}`);
  }
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function printPicks(result: PicksResult, picture: string | undefined, { console }: CommandContext): void {
  const { bold } = console.colours;
  console.out(bold(titleOf(result)));
  const lines = result.keys === undefined ? picksLines(result, console.width) : keyLines(result);
  for (const line of lines) console.out(line);
  console.out('');
  console.out(consoleTable(picksTable(result), console.style));
  if (picture !== undefined) console.out(console.colours.dim(`written to ${picture}`));
}

/** Draws the picks; returns the file. */
async function plotPicks(result: PicksResult, given: string | true): Promise<string> {
  const { product, algorithm } = result;
  const file = given === true ? path.join('results', 'picks', `${product}-${algorithm}.svg`) : given;
  const extension = path.extname(file);
  if (extension !== '.svg' && extension !== '.png') {
    throw new UsageError(`cannot draw ${file}`, 'the name of a picture ends in .svg or .png');
  }
  const directory = path.dirname(file);
  checkWritable(directory);
  const svg = `${await renderSvg(picksSpec(result))}\n`;
  const content = extension === '.svg' ? svg : await svgToPng(svg);
  writeFiles(directory, [{ name: path.basename(file), content }]);
  return file;
}

/** `nginx round_robin, 14 requests one after another` */
function titleOf({ product, algorithm, picks, mode, seed }: PicksResult): string {
  const count = picks.length === 1 ? '1 request' : `${picks.length} requests`;
  const how = mode === 'held' ? 'all open at once' : 'one after another';
  return `${product} ${algorithm}, ${count} ${how}, seed ${seed}`;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > COUNT_MAX) {
    throw new InvalidArgumentError(`It is a whole number from 1 to ${COUNT_MAX}.`);
  }
  return count;
}
