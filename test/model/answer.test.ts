import { describe, expect, it } from 'vitest';
import { products } from '../../src/model/products/index.js';
import { ProxyWorld } from './products/proxy-world.js';
import { apiModel, World } from './world.js';

const server = { kind: 'thread-pool', interpreter_lock: false };
/** uvicorn's five lines, the service's default. */
const HEAD_BYTES = 126;

/** What two instances answer to one request each. */
function answersOf(route: string, path: string, steps: object[], service: object = {}) {
  const world = new World(apiModel({ server, replicas: 2, routes: { [route]: steps }, ...service }));
  world.send(0, 'one', { path }).send(1, 'two', { path, to: 'api-2' }).run();
  return ['one', 'two'].map((name) => {
    const { status, responseHeaders, responseBody, responseBytes } = world.ended.get(name)!;
    return { status, headers: responseHeaders, body: responseBody, bytes: responseBytes };
  });
}

describe('what an instance answers', () => {
  it('is nothing but a status and a size where the model does not say more', () => {
    const bare = { status: 200, headers: undefined, body: undefined };
    expect(answersOf('GET /', '/', [])).toEqual([1, 2].map(() => ({ ...bare, bytes: HEAD_BYTES })));
    expect(answersOf('GET /', '/', [{ respond: { bytes: 2100 } }])[0]).toEqual({
      ...bare,
      bytes: HEAD_BYTES + 2100,
    });
  });

  it('is JSON with the instance’s name and the variables of the path, and is as large as it is', () => {
    const json = {
      instance: '{instance}',
      id: '{id}',
      note: 'é {other',
      list: ['{id}-{instance}', 7, true, null],
    };
    const [one, two] = answersOf('GET /items/{id}', '/items/a%20b?x=1', [{ respond: { json } }]);
    const body = '{"instance":"api-1","id":"a b","note":"é {other","list":["a b-api-1",7,true,null]}';
    expect(one).toEqual({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body,
      bytes: HEAD_BYTES + Buffer.byteLength(body),
    });
    expect(two!.body).toBe(body.replaceAll('api-1', 'api-2'));
  });

  it('is text of the size that the model says', () => {
    const respond = { text: 'hello from {instance}', bytes: 5000, status: 201 };
    expect(answersOf('GET /', '/', [{ respond }])[1]).toEqual({
      status: 201,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: 'hello from api-2',
      bytes: HEAD_BYTES + 5000,
    });
  });

  it('has the service’s headers on every answer, those of no route and of failures included', () => {
    const headers = { 'X-Instance-ID': '{instance}' };
    const line = 'X-Instance-ID: api-1\r\n'.length;
    for (const [path, status] of [
      ['/', 200],
      ['/none', 404],
    ] as const) {
      expect(answersOf('GET /', path, [], { headers })[0]).toEqual({
        status,
        headers: { 'X-Instance-ID': 'api-1' },
        body: undefined,
        bytes: HEAD_BYTES + line,
      });
    }
  });

  it('has a step’s headers over the service’s, in any case', () => {
    const steps = [{ respond: { status: 302, headers: { 'x-instance-id': 'me', Location: '/items/{id}' } } }];
    const [one] = answersOf('GET /go/{id}', '/go/7', steps, {
      headers: { 'X-Instance-ID': '{instance}', Via: 'x' },
    });
    expect(one!.headers).toEqual({ Via: 'x', 'x-instance-id': 'me', Location: '/items/7' });
  });
});

describe('what an instance answers reaches the client', () => {
  it.each(products.map((plug) => ({ name: plug.name, plug })))('through $name', ({ plug }) => {
    const world = new ProxyWorld(plug, {}, 1);
    const [host] = world.servers;
    const accept = host!.accept.bind(host);
    host!.accept = (exchange) => {
      exchange.responseHeaders = { 'X-Instance-ID': 'api-1' };
      exchange.responseBody = '{}';
      accept(exchange);
    };
    world.request(1, 0);
    world.run(1000);
    expect(world.bodyOf(1)).toBe('{}');
    expect(world.headersOf(1)).toMatchObject({ 'X-Instance-ID': 'api-1' });
    expect(world.endings.get(1)!.status).toBe(200);
  });
});
