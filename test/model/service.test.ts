import { describe, expect, it } from 'vitest';
import { splitPath } from '../../src/model/service.js';
import { apiModel, World } from './world.js';

const threads = { server: { kind: 'thread-pool', interpreter_lock: false } };

describe('a service', () => {
  it('has one route per request line; literal segments win over variables, and nothing fits a 404', () => {
    const answer = (status: number) => [{ respond: { status } }];
    const routes = {
      'GET /items/{id}': answer(201),
      'GET /items/best': answer(202),
      'GET /items/{id}/parts/{part}': answer(203),
      'POST /items/best': answer(204),
      'GET /': answer(205),
    };
    const world = new World(apiModel({ ...threads, routes }));
    const paths = [
      '/items/7',
      '/items/best',
      '/items/best?page=2',
      '/items/7/parts/8',
      '/items',
      '/',
      '/items/7/parts',
    ];
    for (const path of paths) world.send(0, path, { path });
    expect(world.run()).toEqual([
      '0 /items/7 201',
      '0 /items/best 202',
      '0 /items/best?page=2 202',
      '0 /items/7/parts/8 203',
      '0 /items 404',
      '0 / 205',
      '0 /items/7/parts 404',
    ]);
  });

  it('gives each replica its own instance, processes and pools', () => {
    const world = new World(
      apiModel(
        {
          ...threads,
          replicas: 2,
          pools: { db: { to: 'postgres' } },
          routes: { 'GET /': [{ query: 'db' }] },
        },
        { postgres: {} },
      ),
    );
    expect(world.builder.instances.map(({ name, index }) => [name, index])).toEqual([
      ['api-1', 0],
      ['api-2', 1],
    ]);
    world.send(0, 'a', { to: 'api-1' }).send(0, 'b', { to: 'api-2' }).run();
    expect(world.builder.databases.get('postgres')!.connectionCount).toBe(2);
  });
});

it('a path is split at its slashes, without its query', () => {
  expect(splitPath('/api/produits/7?page=2&sort=/x')).toEqual(['api', 'produits', '7']);
  expect(splitPath('/')).toEqual(['']);
});
