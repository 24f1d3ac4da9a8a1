#!/usr/bin/env node
/**
 * `npm run bench [-- mm1 | ramp | whole | picks]`: builds the sources into a directory of its own, compiles the programs in C, and
 * runs ours and theirs by turns (C, ours, C, ours, ...), each in a process of its own, on one core where `taskset` is
 * there. Both report CPU time from the first event to the last, so that neither start-up nor other load on the machine
 * counts; in ours, compiling to machine code does. Both must print one event count and one fingerprint: only then was it
 * the same work. What is compared is the median of the ratios. Exit code 1 where a bound is missed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');
/** Below `node_modules`, so that what is built finds its packages and git does not see it. */
const work = path.join(root, 'node_modules', '.cache', 'clustersim-bench');

const ROUNDS = 7;
/** Largest ratio of our time to that of the program in C. */
const ratioMax = { mm1: 3.5, ramp: 4 };

const wanted = process.argv.slice(2);
/** What is ours alone: nothing in C stands beside it. */
const alone = ['whole', 'picks'];
const chosen = wanted.length > 0 ? wanted : [...Object.keys(ratioMax), ...alone];
const pin = available('taskset') ? ['taskset', '-c', '0'] : [];
const withC = available('cc');

build();
if (!withC) console.log('there is no C compiler (cc): only ours is run, and nothing is compared');
for (const name of chosen) if (!alone.includes(name)) compare(name);
for (const name of chosen) {
  if (alone.includes(name) && ours(name, 'inherit').status !== 0) process.exitCode = 1;
}

function available(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function build() {
  mkdirSync(work, { recursive: true });
  writeFileSync(path.join(work, 'package.json'), '{ "type": "module" }\n');
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '-p',
    path.join(root, 'src'),
    '--outDir',
    work,
    '--declaration',
    'false',
    '--sourceMap',
    'false',
  ];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' });
  // It writes what it can even where types are wrong.
  if (status !== 0) console.log(`types are wrong somewhere; what was built is run all the same\n${stdout}`);
}

function compare(name) {
  if (withC) {
    const flags = [
      '-O2',
      '-ffp-contract=off',
      '-o',
      path.join(work, name),
      path.join(here, `${name}.c`),
      '-lm',
    ];
    execFileSync('cc', flags);
  }
  const ratios = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = withC ? JSON.parse(run([path.join(work, name)]).stdout) : undefined;
    const own = JSON.parse(ours(name).stdout);
    if (round === 0) show(name, theirs, own);
    if (theirs !== undefined) ratios.push(ratioOf(theirs, own));
  }
  if (withC) judge(name, ratios);
}

function ratioOf(theirs, own) {
  if (theirs.events !== own.events || theirs.fingerprint !== own.fingerprint) {
    throw new Error('the two programs did different work');
  }
  return own.seconds / theirs.seconds;
}

function judge(name, ratios) {
  ratios.sort((a, b) => a - b);
  const [min, median, max] = [ratios[0], ratios[ratios.length >> 1], ratios.at(-1)].map((ratio) =>
    ratio.toFixed(2),
  );
  const bound = ratioMax[name];
  console.log(`${name}: ${median} times C's time (${min} to ${max} in ${ROUNDS} pairs; at most ${bound})`);
  if (Number(median) > bound) process.exitCode = 1;
}

function show(name, theirs, own) {
  for (const [program, line] of [
    ['C', theirs],
    ['ours', own],
  ]) {
    if (line === undefined) continue;
    const { events, fingerprint, requests, seconds } = line;
    const rate = Math.round(requests / seconds);
    console.log(
      `${name} ${program}: ${events} events, ${fingerprint}, ${seconds.toFixed(3)} s, ${rate} requests/s`,
    );
  }
}

function ours(name, stdio = 'pipe') {
  return run([process.execPath, path.join(here, `${name}.mjs`), work], stdio);
}

function run(command, stdio = 'pipe') {
  const [program, ...rest] = [...pin, ...command];
  const result = spawnSync(program, rest, { encoding: 'utf8', stdio: ['ignore', stdio, 'inherit'] });
  if (result.status !== 0 && stdio === 'pipe') throw new Error(`${command.join(' ')} failed`);
  return result;
}
