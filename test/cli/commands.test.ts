import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryWith, SMALL_EXPERIMENT, SMALL_MODEL, sim } from './sim.js';

let directory: ReturnType<typeof directoryWith>;
let file: string;
let out: string;

beforeEach(() => {
  directory = directoryWith({ 'small.yaml': SMALL_EXPERIMENT, 'model.yaml': SMALL_MODEL });
  file = directory.at('small.yaml');
  out = directory.at('out');
});
afterEach(() => directory.remove());

describe('sim', () => {
  it('tells its version, and shows help', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await sim(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
    const help = await sim(['help']);
    expect(help.code).toBe(0);
    for (const command of ['run', 'check', 'compare', 'picks', 'plot', 'replay', 'list', 'schema']) {
      expect(help.out).toContain(`  ${command} `);
    }
  });

  it('ends with 104 and a suggestion where the command line is wrong', async () => {
    expect(await sim(['chek'])).toMatchObject({
      code: 104,
      error: expect.stringContaining('Did you mean check?'),
    });
    expect(await sim(['run', file, '--relpications', '3'])).toMatchObject({ code: 104 });
    expect(await sim(['run', file, '--replications', '0'])).toMatchObject({ code: 104 });
    expect(await sim(['run', file, '--only', 'nothing', '-o', out])).toMatchObject({ code: 104, out: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('runs nothing where results cannot be written', async () => {
    for (const place of [file, `${file}/deeper/down`]) {
      const ran = await sim(['run', file, '-o', place]);
      expect(ran).toMatchObject({ code: 104, out: '' });
      expect(ran.error).toContain(`${file} is not a directory`);
    }
  });
});

describe('sim check', () => {
  it('says what right files are', async () => {
    const ran = await sim(['check', file, directory.at('model.yaml')]);
    expect(ran).toEqual({
      code: 0,
      out: `${file}: ok, an experiment with 2 variants of 2 replications\n${directory.at('model.yaml')}: ok, a model of api\n`,
      error: '',
    });
  });

  it('knows a model that is given as an experiment', async () => {
    const ran = await sim(['run', directory.at('model.yaml')]);
    expect(ran).toMatchObject({ code: 104, out: '' });
    expect(ran.error).toContain('hint: this is a model; an experiment is a file of its own');
  });

  it('tells the mistakes of all files on stderr without a stack trace, and ends with 104', async () => {
    writeFileSync(directory.at('model.yaml'), SMALL_MODEL.replace('cores: 2', 'cores: two'));
    writeFileSync(directory.at('other.yaml'), SMALL_EXPERIMENT.replace('seed: 7', 'sede: 7'));
    const ran = await sim(['check', file, directory.at('other.yaml')]);
    expect(ran.code).toBe(104);
    expect(ran.out).toBe('');
    expect(ran.error).toContain('model.yaml:2:27: hosts.laptop.cores');
    expect(ran.error).toContain('other.yaml:3:1: sede');
    expect(ran.error).toContain('hint: did you mean "seed"?');
    expect(ran.error).not.toContain('    at ');
  });

  it('prints one object with --json', async () => {
    writeFileSync(directory.at('model.yaml'), SMALL_MODEL.replace('cores: 2', 'cores: two'));
    const ran = await sim(['check', file, '--json']);
    expect(ran.code).toBe(104);
    expect(JSON.parse(ran.out)).toEqual({
      files: [
        {
          file,
          ok: false,
          mistakes: [
            {
              file: directory.at('model.yaml'),
              line: 2,
              column: 27,
              path: 'hosts.laptop.cores',
              got: '"two"',
              expected: 'a number',
            },
          ],
        },
      ],
    });
  });
});

describe('sim run', () => {
  it('writes results, prints a table, and ends with 0', async () => {
    const ran = await sim(['run', file, '-o', out, '--no-plots']);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out).toContain('Does it answer?');
    expect(ran.out).toContain('server=uvicorn');
    expect(readdirSync(out).sort()).toEqual(['report.md', 'result.json', 'run.json', 'series.csv']);
  });

  it('writes the same bytes again, whatever stood there', async () => {
    await sim(['run', file, '-o', out, '--no-plots', '-q']);
    const first = readFileSync(`${out}/result.json`, 'utf8');
    writeFileSync(`${out}/result.json`, 'broken');
    expect(await sim(['run', file, '-o', out, '--no-plots', '-q'])).toEqual({ code: 0, out: '', error: '' });
    expect(readFileSync(`${out}/result.json`, 'utf8')).toBe(first);
  });

  it('prints one object and nothing else with --json', async () => {
    const ran = await sim([
      'run',
      file,
      '-o',
      out,
      '--no-plots',
      '--json',
      '--seed',
      '9',
      '--replications',
      '1',
    ]);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(JSON.parse(ran.out)).toMatchObject({
      experiment: 'small',
      seed: 9,
      variants: [{ replications: 1, thresholds: { http_req_duration: { 'p(95)<500': { ok: true } } } }, {}],
    });
    expect(await sim(['run', file, file, '--json'])).toMatchObject({ code: 104, out: '' });
  });

  it('ends with 99 where a threshold is crossed', async () => {
    writeFileSync(file, SMALL_EXPERIMENT.replace('p(95)<500', 'p(95)<0.1'));
    expect(await sim(['run', file, '-o', out, '--no-plots', '-q'])).toMatchObject({ code: 99 });
  });

  it('runs nothing and writes nothing where one of several files is wrong', async () => {
    const ran = await sim(['run', file, directory.at('missing.yaml'), '-o', out]);
    expect(ran).toMatchObject({ code: 104, out: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('tells the system’s words where it cannot write', async () => {
    mkdirSync(`${out}/result.json`, { recursive: true });
    const ran = await sim(['run', file, '-o', out, '--no-plots']);
    expect(ran).toMatchObject({ code: 255, error: expect.stringMatching(/^error: .*\n$/) });
  });

  it('has colours, borders and a bar only on a terminal without NO_COLOR and CI', async () => {
    const words = ['run', file, '-o', out, '--no-plots'];
    const colour = '\u001b[';
    const onTerminal = await sim(words, { output: 'terminal' });
    expect(onTerminal.out).toContain(colour);
    for (const name of ['NO_COLOR', 'CI']) {
      const env = { [name]: '1' };
      expect((await sim(words, { output: 'terminal', env })).out).not.toContain(colour);
    }
    expect((await sim(words)).out + (await sim(words)).error).not.toContain(colour);
  });
});

describe('sim run, interrupted', () => {
  // Long enough to be met while it runs: the second variant alone has some seconds of work.
  const LONG = SMALL_EXPERIMENT.replace('vus: 5', 'vus: 300')
    .replace('duration: 2s', 'duration: 200s')
    .replace('p(95)<500', 'p(95)<50000');

  it('keeps what is finished, says how to go on, and goes on to the same result', async () => {
    writeFileSync(file, LONG);
    const words = ['run', file, '-o', out, '--no-plots', '-q', '--replications', '1'];
    const whole = directory.at('whole');
    await sim(['run', file, '-o', whole, '--no-plots', '-q', '--replications', '1']);
    const shown = ['run', file, '-o', out, '--no-plots', '--replications', '1'];
    const ran = await sim(shown, { output: 'terminal', interruptAt: /\(2\/2\)/ });
    expect(ran.code).toBe(105);
    expect(ran.error).toContain('1 of 2 variants were finished');
    expect(ran.error).toContain(`to go on: sim run ${file} --replications 1 --out ${out} --resume`);
    expect(readdirSync(out)).toContain('resume.json');
    expect(await sim([...words, '--resume'])).toMatchObject({ code: 0, error: '' });
    expect(readdirSync(out)).not.toContain('resume.json');
    expect(readFileSync(`${out}/result.json`, 'utf8')).toBe(readFileSync(`${whole}/result.json`, 'utf8'));
  });

  it('does not go on with the results of other inputs', async () => {
    writeFileSync(file, LONG);
    const words = ['run', file, '-o', out, '--no-plots', '--replications', '1'];
    await sim(words, { output: 'terminal', interruptAt: /\(2\/2\)/ });
    expect(await sim([...words, '--seed', '8', '--resume'])).toMatchObject({
      code: 104,
      error: expect.stringContaining('was made with other inputs'),
    });
  });
});

describe('sim replay', () => {
  it('finds the same fingerprints, also of a run with changes from the command line', async () => {
    await sim(['run', file, '-o', out, '--no-plots', '-q', '--seed', 'x', '--replications', '1']);
    const ran = await sim(['replay', `${out}/result.json`]);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out.match(/: same, [0-9a-f]{16}\n/g)).toHaveLength(2);
  });

  it('ends with 255 where they differ, with 104 where the inputs do', async () => {
    await sim(['run', file, '-o', out, '--no-plots', '-q']);
    const result = readFileSync(`${out}/result.json`, 'utf8');
    writeFileSync(
      `${out}/result.json`,
      result
        .replace(/"fingerprint":"."/, '"fingerprint":"z')
        .replaceAll(/"fingerprint":"[0-9a-f]/g, '"fingerprint":"z'),
    );
    expect(await sim(['replay', out])).toMatchObject({ code: 255, out: expect.stringContaining('differs') });
    writeFileSync(directory.at('model.yaml'), SMALL_MODEL.replace('2ms', '3ms'));
    expect(await sim(['replay', out])).toMatchObject({
      code: 104,
      error: expect.stringContaining('has changed'),
    });
    expect(await sim(['replay', directory.at('model.yaml')])).toMatchObject({ code: 104 });
  });
});

describe('sim plot', () => {
  it('draws a result again in the chosen form', async () => {
    await sim(['run', file, '-o', out, '--no-plots', '-q']);
    const ran = await sim(['plot', out, '--chart', 'latency', '-o', directory.at('pictures')]);
    expect(ran).toEqual({ code: 0, out: `${directory.at('pictures/latency.svg')}\n`, error: '' });
    expect(await sim(['plot', out, '--chart', 'latensy'])).toMatchObject({
      code: 104,
      error: expect.stringContaining('did you mean "latency"?'),
    });
    expect(await sim(['plot', directory.at('nothing')])).toMatchObject({ code: 104 });
  });
});

describe('sim list and sim schema', () => {
  it('lists every kind, and one name with its options', async () => {
    const all = await sim(['list']);
    expect(all.code).toBe(0);
    for (const name of ['ramping-vus', 'nginx', 'lognormal', 'uvicorn', 'kill', 'k6-csv']) {
      expect(all.out).toContain(`  ${name} `);
    }
    const one = await sim(['list', 'ramping-vus']);
    expect(one.out).toMatch(/gracefulRampDown +duration/);
    expect(await sim(['list', 'rampingvus'])).toMatchObject({
      code: 104,
      error: expect.stringContaining('did you mean "ramping-vus"?'),
    });
    expect(JSON.parse((await sim(['list', 'steps', '--json'])).out)).toHaveProperty('steps');
  });

  it.each(['experiment', 'model'])('prints the JSON Schema of an %s file', async (kind) => {
    const schema = JSON.parse((await sim(['schema', kind])).out) as { properties: Record<string, unknown> };
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
    expect(Object.keys(schema.properties)).toContain(kind === 'model' ? 'services' : 'load');
  });
});
