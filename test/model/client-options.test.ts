import { describe, expect, it } from 'vitest';
import { clientField, maybeAddresses } from '../../src/model/client-options.js';
import { check } from '../../src/options/fields.js';
import { checked } from './load-fixture.js';

describe('maybeAddresses', () => {
  it('reads addresses, ranges and blocks as k6 does', () => {
    expect(maybeAddresses('10.0.0.7')).toEqual(['10.0.0.7']);
    expect(maybeAddresses('10.0.0.254-10.0.1.1')).toEqual([
      '10.0.0.254',
      '10.0.0.255',
      '10.0.1.0',
      '10.0.1.1',
    ]);
    expect(maybeAddresses('192.168.1.9/30')).toEqual(['192.168.1.9', '192.168.1.10']);
    expect(maybeAddresses('192.168.1.9/31')).toEqual(['192.168.1.8', '192.168.1.9']);
    expect(maybeAddresses('255.255.255.255/32')).toEqual(['255.255.255.255']);
    expect(maybeAddresses('10.0.0.0/24')).toHaveLength(254);
  });

  it.each(['', 'x', '10.0.0', '10.0.0.256', '10.0.0.9-10.0.0.1', '10.0.0.0/33', '10.0.0.0/8', '1.2.3.4-'])(
    'refuses %j',
    (block) => {
      expect(maybeAddresses(block)).toBeUndefined();
    },
  );
});

describe('clientField', () => {
  it('has defaults for everything', () => {
    expect(checked(clientField, {})).toEqual({
      noConnectionReuse: false,
      noVUConnectionReuse: false,
      timers: 'exact',
      minIterationDuration: 0,
      localIPs: [],
      userAgent: 'Grafana k6/1.8.1',
      host: '127.0.0.1:8080',
    });
  });

  it('takes addresses as text or as a list', () => {
    const both = { localIPs: '10.0.0.1, 10.0.0.3-10.0.0.4' };
    expect(checked(clientField, both).localIPs).toEqual(['10.0.0.1', '10.0.0.3', '10.0.0.4']);
    expect(checked(clientField, { localIPs: ['10.0.0.1', '10.0.0.2'] }).localIPs).toHaveLength(2);
    expect(check(clientField, { localIPs: ['10.0.0.1', 'nowhere'] }).ok).toBe(false);
  });
});
