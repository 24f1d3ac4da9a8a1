import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { parse } from 'yaml';
import { checkModel } from '../../src/input/model-file.js';
import { type AnswerSpec, AnswerTemplate, mergeHeaders } from '../../src/model/answer.js';
import { EndpointTable } from '../../src/model/endpoint.js';
import { splitPath } from '../../src/model/service.js';

/** Every answer takes so long; what a model says of time is not looked at. */
const DELAY_MS = 5;

/** A real server that answers what the routes of a model say, at one pace: for scripts that are to run in the real k6. */
export class ModelServer {
  private readonly endpoints = new EndpointTable();
  private readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    readonly answer: Answer;
  }[];
  private server: Server | undefined;
  private turn = 0;

  constructor(
    readonly port: number,
    file: string,
  ) {
    const { model, findings } = checkModel(parse(readFileSync(file, 'utf8')));
    if (model === undefined) throw new Error(JSON.stringify(findings));
    this.routes = Object.values(model.services).flatMap((service) =>
      Object.values(service.routes).map(({ method, path, steps }) => {
        const step = steps.find(({ kind }) => kind === 'respond')?.options as
          | { respond: Respond }
          | undefined;
        const { status = 200, ...spec } = step?.respond ?? {};
        const headers = mergeHeaders(service.headers, spec.headers);
        return { method, path, answer: { status, template: new AnswerTemplate({ ...spec, headers }, path) } };
      }),
    );
  }

  start(): Promise<void> {
    this.server = createServer((request, response) => {
      request.resume();
      setTimeout(() => {
        const path = request.url!;
        const found = this.routes.filter(
          (route) => route.method === request.method && fits(route.path, path),
        );
        const route = found.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
        if (route === undefined) {
          response.writeHead(404).end();
          return;
        }
        this.turn += 1;
        const instance = { index: this.turn % 2, name: `api-${(this.turn % 2) + 1}` };
        const endpoint = this.endpoints.intern({ method: route.method, path }, { host: '', userAgent: '' });
        const { headers, body } = route.answer.template.contentFor(instance, endpoint);
        response.writeHead(route.answer.status, { ...headers });
        response.end(body);
      }, DELAY_MS);
    });
    return new Promise((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    this.server!.closeAllConnections();
    return new Promise((resolve) => this.server!.close(() => resolve()));
  }
}

interface Respond extends AnswerSpec {
  readonly status?: number;
}

interface Answer {
  readonly status: number;
  readonly template: AnswerTemplate;
}

function fits(pattern: string, path: string): boolean {
  const wanted = splitPath(pattern);
  const given = splitPath(path);
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.startsWith('{') || segment === given[index])
  );
}
