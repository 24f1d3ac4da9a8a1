import { describe, expect, it } from 'vitest';
import { EndpointTable, K6_USER_AGENT, requestHeadBytes } from '../../src/model/endpoint.js';

const head = { host: '127.0.0.1:21002', userAgent: K6_USER_AGENT };

describe('requestHeadBytes', () => {
  it('is what k6 v1.8.1 was seen to send', () => {
    expect(requestHeadBytes({ method: 'GET', path: '/d' }, head)).toBe(72);
  });

  it('counts Content-Length where Go sends it', () => {
    const post = requestHeadBytes({ method: 'POST', path: '/d' }, head);
    expect(post).toBe(72 + 1 + 'Content-Length: 0\r\n'.length);
    expect(requestHeadBytes({ method: 'DELETE', path: '/d' }, head)).toBe(72 + 3);
    const withBody = requestHeadBytes({ method: 'DELETE', path: '/d', bodyBytes: 10 }, head);
    expect(withBody).toBe(72 + 3 + 'Content-Length: 10\r\n'.length);
  });

  it('lets own headers replace the usual ones, and counts UTF-8', () => {
    const own = requestHeadBytes({ method: 'GET', path: '/d', headers: { 'user-agent': 'x' } }, head);
    expect(own).toBe(72 - K6_USER_AGENT.length + 1);
    expect(requestHeadBytes({ method: 'GET', path: '/é' }, head)).toBe(73);
  });
});

describe('EndpointTable', () => {
  it('gives one object for one description, and dense indices', () => {
    const table = new EndpointTable();
    const a = table.intern({ method: 'GET', path: '/a', headers: { x: '1', y: '2' } }, head);
    const again = table.intern({ method: 'GET', path: '/a', headers: { y: '2', x: '1' } }, head);
    const named = table.intern({ method: 'GET', path: '/a', name: 'b' }, head);
    const body = table.intern({ method: 'GET', path: '/a', bodyBytes: 5 }, head);
    expect(again).toBe(a);
    expect(table.all).toEqual([a, named, body]);
    expect(table.all.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(a.name).toBe('/a');
  });
});
