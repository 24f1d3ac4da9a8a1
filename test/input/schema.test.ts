import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { experimentSchema, modelSchema } from '../../src/input/schema.js';
import { EXPERIMENT, edit, MODEL } from './fixture.js';

type Schema = Readonly<Record<string, unknown>>;

const experiment = experimentSchema();
const model = modelSchema();

/** The part of JSON Schema that our schemas use; returns where `value` does not fit. */
function misfits(schema: Schema, value: unknown, root: Schema, path = ''): string[] {
  if (typeof schema.$ref === 'string') {
    const target = schema.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((node, key) => (node as Schema)[key], root);
    return misfits(target as Schema, value, root, path);
  }
  const wrong: string[] = [];
  const types = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean' } as Record<
    string,
    string
  >;
  const { type, enum: words, anyOf, properties = {}, required = [], additionalProperties, items } = schema;
  if (typeof type === 'string' && types[type] !== undefined && typeof value !== types[type]) wrong.push(path);
  if (type === 'array' && !Array.isArray(value)) wrong.push(path);
  if (type === 'object' && !isMapping(value)) wrong.push(path);
  if (Array.isArray(words) && !words.includes(value)) wrong.push(path);
  if ('const' in schema && schema.const !== value) wrong.push(path);
  if (
    Array.isArray(anyOf) &&
    !anyOf.some((form) => misfits(form as Schema, value, root, path).length === 0)
  ) {
    wrong.push(path);
  }
  if (Array.isArray(value) && items !== undefined) {
    wrong.push(...value.flatMap((item, index) => misfits(items as Schema, item, root, `${path}/${index}`)));
  }
  if (!isMapping(value)) return wrong;
  for (const key of required as string[]) if (!(key in value)) wrong.push(`${path}/${key}`);
  for (const [key, part] of Object.entries(value)) {
    const own = (properties as Record<string, Schema>)[key];
    if (own !== undefined) wrong.push(...misfits(own, part, root, `${path}/${key}`));
    else if (additionalProperties === false) wrong.push(`${path}/${key}`);
    else if (isMapping(additionalProperties))
      wrong.push(...misfits(additionalProperties, part, root, `${path}/${key}`));
  }
  return wrong;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

describe('the JSON Schema', () => {
  it('takes right files', () => {
    expect(misfits(experiment, parse(EXPERIMENT), experiment)).toEqual([]);
    expect(misfits(model, parse(MODEL), model)).toEqual([]);
  });

  it.each(readdirSync('experiments').filter((name) => name.endsWith('.yaml')))(
    'takes experiments/%s',
    (name) => {
      expect(misfits(experiment, parse(readFileSync(`experiments/${name}`, 'utf8')), experiment)).toEqual([]);
    },
  );

  const models = readdirSync('models').filter((name) => /(?<!-uncalibrated)\.yaml$/.test(name));
  it.each(models)('takes models/%s', (name) => {
    expect(misfits(model, parse(readFileSync(`models/${name}`, 'utf8'), { merge: true }), model)).toEqual([]);
  });

  it.each([
    ['cores: 4', 'coers: 4', '/hosts/laptop/cores'],
    ['product: nginx', 'product: ngnix', '/balancer'],
    ['replicas: 2', 'replicas: two', '/services/api'],
    ['kind: uvicorn', 'kind: uvicron', '/services/api'],
  ])('refuses %s as %s', (from, to, at) => {
    expect(misfits(model, parse(edit(MODEL, from, to)), model)).toContain(at);
  });

  it('says of every key of a file what it means', () => {
    for (const schema of [experiment, model]) {
      for (const [key, part] of Object.entries(schema.properties as Record<string, Schema>)) {
        expect(part.description, key).toMatch(/\w/);
      }
    }
  });
});
