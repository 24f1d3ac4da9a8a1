import { describe, expect, it } from 'vitest';
import { NginxWorld } from './nginx-world.js';

describe('a proxied request', () => {
  it('goes to the servers in turn and comes back with their answer', () => {
    const world = new NginxWorld({}, 2);
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 0, 1]);
    // Client: handshake 0.2 ms, request 0.1; upstream the same; 1 ms of work; twice 0.1 back.
    expect(world.endings.get(0)).toMatchObject({ atMs: 1.8, bytes: 1010 });
  });
});
