import { describe, expect, it } from 'vitest';
import { written } from '../property/laboratory.js';

const MODEL = {
  hosts: { laptop: { cores: 2 } },
  balancer: { product: 'nginx' },
  services: { api: { cpus: 0.5, routes: { 'GET /': [{ cpu: '3ms' }] } } },
};
const LOAD = { executor: 'constant-vus', vus: 1, duration: '1s', iteration: [{ get: '/' }] };
const CPU = 'services.api.routes."GET /"[0].cpu';

function modelWith(amounts: Readonly<Record<string, number>>, vary: Readonly<Record<string, unknown>> = {}) {
  return written({ load: LOAD, vary }, MODEL, { amounts }).variants[0]!.experiment.model;
}

describe('amounts put into a model', () => {
  it('are what the file could have said', () => {
    const direct = { ...MODEL, hosts: { laptop: { cores: 2, speed: 0.9 } } };
    direct.services = { api: { cpus: 0.4, routes: { 'GET /': [{ cpu: '2.5ms' }] } } };
    const byHand = written({ load: LOAD }, direct).variants[0]!.experiment.model;
    const amounts = { [CPU]: 2_500_000, 'hosts.laptop.speed': 0.9, 'services.api.cpus': 0.4 };
    expect(modelWith(amounts)).toEqual(byHand);
  });

  it('leave alone what the experiment asks about', () => {
    const varied = modelWith({ 'services.api.cpus': 0.4 }, { 'services.api.cpus': [0.25] });
    expect(varied.services.api!.cpus).toBe(0.25);
    // A whole list of steps is set: nothing below it is moved.
    const route = modelWith({ [CPU]: 9_000_000 }, { 'services.api.routes."GET /"': [[{ cpu: '1ms' }]] });
    expect(route).toEqual(modelWith({}, { 'services.api.routes."GET /"': [[{ cpu: '1ms' }]] }));
  });
});
