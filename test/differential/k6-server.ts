import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What one route answers; see `k6-model.yaml`, which says the same. */
interface Answer {
  readonly delayMs?: number;
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const DELAY_MS = 20;

const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /': { json: { ok: true, instance: 'api-1' } },
  'GET /half': { delayMs: 370, text: 'half' },
  'GET /slow': { delayMs: 100, text: 'slow' },
  'GET /never': { delayMs: 3000, text: 'never' },
  'POST /orders': { status: 201, json: { id: 'o-1', total: 42 } },
  'GET /error': { status: 503, text: 'no' },
  'GET /missing': { status: 404, json: { detail: 'Not Found' } },
  'GET /login': { text: 'welcome', headers: { 'Set-Cookie': 'sid=abc; Path=/' } },
  'GET /old': { status: 302, headers: { Location: '/older' } },
  'GET /older': { status: 301, headers: { Location: '/' } },
  'GET /loop': { status: 302, headers: { Location: '/loop' } },
  'POST /form': { status: 303, headers: { Location: '/' } },
  'POST /keep': { status: 307, headers: { Location: '/orders' } },
};

/** A server on loopback with fixed delays. */
export class FixedServer {
  private server: Server | undefined;

  constructor(readonly port: number) {}

  start(): Promise<void> {
    this.server = createServer((request, response) => this.serve(request, response));
    this.server.keepAliveTimeout = 60_000;
    return new Promise((resolve, reject) => {
      this.server!.once('error', reject);
      this.server!.listen(this.port, '127.0.0.1', resolve);
    });
  }

  stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return Promise.resolve();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const line = `${request.method} ${request.url}`;
    if (line === 'POST /crash') {
      setTimeout(() => {
        request.socket.resetAndDestroy();
        void this.stop();
      }, DELAY_MS);
      return;
    }
    const answer = ANSWERS[line] ?? itemAnswer(line) ?? { status: 404, text: 'no route' };
    setTimeout(() => send(response, answer), answer.delayMs ?? DELAY_MS);
  }
}

function itemAnswer(line: string): Answer | undefined {
  const [method, id] = /^(GET|DELETE) \/items\/([^/?]+)$/.exec(line)?.slice(1) ?? [];
  if (method === undefined) return undefined;
  return method === 'GET' ? { json: { id, price: 10 } } : { status: 204 };
}

function send(response: ServerResponse, { status = 200, json, text, headers }: Answer): void {
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  response.writeHead(status, { ...(body === '' ? {} : { 'Content-Type': type }), ...headers });
  response.end(body);
}
