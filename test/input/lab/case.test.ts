import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findLabRuns } from '../../../src/cli/accuracy/lab-runs.js';
import { diskFiles } from '../../../src/cli/files.js';
import { pgSleepMs } from '../../../src/input/lab/app-env.js';
import { type LabFiles, readLabCase } from '../../../src/input/lab/case.js';
import { readDuring } from '../../../src/input/lab/during.js';
import { nginxSettings, parseNginxConf } from '../../../src/input/lab/nginx-conf.js';
import { loadExperiment } from '../../../src/input/load.js';

const folder = 'results/measured';
const withExperiment = (run: string) =>
  [`experiments/measured-${run}.yaml`, `experiments/blind-${run.replace(/-blind$/, '')}.yaml`].find(
    existsSync,
  );

describe('every recorded run of the lab', async () => {
  const { runs, refused } = await findLabRuns([folder], 'models/shop.calibrated.yaml');

  it('is understood', () => {
    expect(refused).toEqual([]);
    const takes = runs.flatMap((run) => run.takes).length;
    expect(takes).toBe(
      readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/case.json`)).length,
    );
  });

  it.each(runs.filter(({ run }) => withExperiment(run) !== undefined))(
    '$run is the experiment that was written by hand',
    ({ run, predictable }) => {
      const own = predictable.loaded.variants[0]!.experiment;
      const byHand = loadExperiment(withExperiment(run)!, diskFiles).variants[0]!.experiment;
      expect(own.model).toEqual(byHand.model);
      expect(own.client).toEqual(byHand.client);
      expect(own.events).toEqual(byHand.events);
      const loadOf = ({ scenarios }: typeof own) =>
        scenarios.map(({ executor, options }) => ({ executor, options }));
      expect(loadOf(own)).toEqual(loadOf(byHand));
      expect(own.measured.map(({ file }) => file)).toEqual(byHand.measured.map(({ file }) => file));
    },
  );
});

const read = (name: string) => readFileSync(`${folder}/n1-shop-ramp-a/${name}`, 'utf8');
const files: LabFiles = {
  caseJson: read('case.json'),
  nginxConf: read('nginx.conf'),
  script: read('script.js'),
  scriptFile: 'script.js',
};
const MODEL = {
  balancer: { upstream: { api: { max_fails: 1 } } },
  services: {
    api: {
      routes: {
        'GET /shop': [{ burn: '2ms' }, { query: 'db', time: '9.05ms' }, { cpu: { burn: '1ms' } }],
        'GET /cpu': [{ cpu: '10.02ms' }],
      },
    },
  },
};

function caseWith(changes: Readonly<Record<string, unknown>>, nginxConf = files.nginxConf) {
  return readLabCase(
    { ...files, caseJson: JSON.stringify({ ...JSON.parse(files.caseJson), ...changes }), nginxConf },
    MODEL,
  );
}

describe('a case', () => {
  it('moves the amounts of the routes that are asked for', () => {
    const { vary, unknown } = caseWith({ app_env: 'SHOP_CPU_MS=6 DB_MS=20 CPU_MS=20 POOL_SIZE=2' });
    expect(unknown).toEqual([]);
    expect(vary).toMatchObject({
      'services.api.routes."GET /shop"[0].burn': ['4ms'],
      'services.api.routes."GET /shop"[1].time': ['20.1ms'],
      'services.api.routes."GET /shop"[2].cpu.burn': ['2ms'],
      'services.api.pools.db.pool_size': [2],
    });
    expect(Object.keys(vary).some((path) => path.includes('/cpu'))).toBe(false);
  });

  it('has a quota per instance, the last for all that follow', () => {
    const nginxConf = files.nginxConf.replace(
      'server 127.0.0.1:8001;',
      'server 127.0.0.1:8001; server 127.0.0.1:8002;',
    );
    expect(
      caseWith({ instances: 2, quota_us_per_100ms: '30000 10000' }, nginxConf).vary['services.api.cpus'],
    ).toEqual([[0.3, 0.1]]);
    expect(
      caseWith({ instances: 2, quota_us_per_100ms: '20000' }, nginxConf).vary['services.api.cpus'],
    ).toEqual([0.2]);
    expect(caseWith({ quota_us_per_100ms: '-1' }).vary['services.api.cpus']).toEqual([1]);
  });

  it('is refused with all that is not understood', () => {
    const nginxConf = files.nginxConf.replace(
      'access_log off;',
      'limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;',
    );
    const { unknown } = caseWith(
      { instances: 3, app_env: 'WORKERS=2', during: 'sleep 3; rm -rf x', cores: 4 },
      nginxConf,
    );
    expect(unknown).toEqual([
      'case.json: cores',
      'nginx.conf: limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s',
      'nginx.conf: servers on ports 8001 for 3 instances',
      'app_env: WORKERS=2',
      'during: rm -rf x',
    ]);
    expect(readLabCase({ ...files, caseJson: '{' }, MODEL).unknown).toContain('case.json: not JSON');
  });
});

describe('what was done during a run', () => {
  it('is a timeline, counted from the start of the load', () => {
    const { events, restarted, unknown } = readDuring(
      'sleep 20; ./lab.sh stop api2; sleep 15; /lab/lab.sh one 2 30000',
      [30_000, 30_000],
      0.25,
    );
    expect(events).toEqual([
      { at: '19750ms', stop: 'api-2' },
      { at: '34750ms', start: 'api-2' },
    ]);
    expect([restarted, unknown]).toEqual([[2], []]);
  });

  it('may be what no event is', () => {
    const quotas = [30_000];
    expect(readDuring('lab.sh one 1 20000; lab.sh stop api3; kill 17', quotas, 0).unknown).toEqual([
      'during: lab.sh one 1 20000',
      'during: lab.sh stop api3',
      'during: kill 17',
    ]);
  });

  it('makes a started instance wait until it listens', () => {
    const { vary, events } = caseWith({ during: 'sleep 5; lab.sh stop api1; sleep 5; lab.sh one 1 30000' });
    expect(events).toHaveLength(2);
    expect(vary['services.api.start_time']).toEqual(['2000ms']);
  });
});

describe('a configuration of nginx', () => {
  it('is read with weights, parameters and algorithms', () => {
    const { values, ports, servers, unknown } = nginxSettings(`
      worker_processes auto; # one per core
      events { worker_connections 64; }
      http {
        upstream api {
          hash $request_uri consistent;
          keepalive 16;
          server 127.0.0.1:8001 weight=3 max_fails=0;
          server 127.0.0.1:8002 fail_timeout=5 backup;
        }
        server {
          listen 8081 backlog=10;
          location = /status { stub_status; }
          location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream error timeout http_503; }
        }
      }`);
    expect(values).toEqual({
      worker_processes: 'auto',
      worker_connections: 64,
      algorithm: 'hash $request_uri consistent',
      keepalive: 16,
      backlog: 10,
      proxy_http_version: '1.1',
      proxy_set_header: { Connection: '' },
      proxy_next_upstream: 'error timeout http_503',
    });
    expect(ports).toEqual([8001, 8002]);
    expect(servers).toEqual([
      { weight: 3, max_fails: 0 },
      { fail_timeout: '5s', backup: true },
    ]);
    expect(unknown).toEqual([]);
  });

  it('that ends too early is refused', () => {
    expect(() => parseNginxConf('http { server {')).toThrow(RangeError);
    expect(() => parseNginxConf('}')).toThrow(RangeError);
  });
});

describe('pg_sleep', () => {
  it.each([
    [8, 9],
    [30, 30],
    [60, 60],
    [100, 101],
  ])('of %s ms sleeps %s, as measured', (asked, slept) => {
    expect(pgSleepMs(asked)).toBe(slept);
  });
});
