/** One directive of an nginx configuration: `server 127.0.0.1:8001 weight=2;`, or with a block. */
export interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  /** `undefined` where it ends with a semicolon. */
  readonly block: readonly Directive[] | undefined;
}

/**
 * Reads nginx's configuration syntax: words, quotes, comments, blocks.
 * @throws RangeError where a block or a quote is not closed.
 */
export function parseNginxConf(text: string): Directive[] {
  const tokens = text.match(/#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|[^\s{};"']+/g) ?? [];
  const reader = { tokens: tokens.filter((token) => !token.startsWith('#')), index: 0 };
  const directives = readBlock(reader, 'file');
  return directives;
}

function readBlock(
  reader: { readonly tokens: readonly string[]; index: number },
  of: 'file' | 'block',
): Directive[] {
  const found: Directive[] = [];
  let words: string[] = [];
  while (reader.index < reader.tokens.length) {
    const token = reader.tokens[reader.index]!;
    reader.index += 1;
    if (token === '}') {
      if (of === 'file' || words.length > 0) throw new RangeError('a } without its block');
      return found;
    }
    if (token !== ';' && token !== '{') {
      words.push(token.replace(/^(["'])(.*)\1$/s, '$2'));
      continue;
    }
    const [name = '', ...rest] = words;
    found.push({ name, words: rest, block: token === '{' ? readBlock(reader, 'block') : undefined });
    words = [];
  }
  if (of === 'block' || words.length > 0) throw new RangeError('a directive or block without its end');
  return found;
}

/** What a configuration says in the model's words. */
export interface NginxSettings {
  /** By path below the model's `balancer`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Ports of the upstream's servers, in their order. */
  readonly ports: readonly number[];
  /** Parameters of each, in the same order. */
  readonly servers: readonly Readonly<Record<string, number | string | boolean>>[];
  /** What is not understood, as it is written. */
  readonly unknown: readonly string[];
}

/** Algorithms of an upstream: directives without and with words. */
const ALGORITHMS: ReadonlySet<string> = new Set(['least_conn', 'ip_hash', 'hash', 'random']);
/** Directives that are keys of the model's `balancer` in the same words. */
const COUNTS: ReadonlySet<string> = new Set([
  'worker_connections',
  'proxy_next_upstream_tries',
  'keepalive_requests',
]);
const TEXTS: ReadonlySet<string> = new Set([
  'proxy_connect_timeout',
  'proxy_send_timeout',
  'proxy_read_timeout',
  'proxy_next_upstream_timeout',
  'keepalive_timeout',
  'keepalive_time',
  'proxy_http_version',
]);
/** What changes nothing that is modelled. */
const IGNORED: ReadonlySet<string> = new Set([
  'access_log',
  'error_log',
  'stub_status',
  'return',
  'server_name',
  'pid',
  'daemon',
  'user',
]);

/** Reads what is modelled of a configuration with one upstream, and lists the rest. */
export function nginxSettings(text: string): NginxSettings {
  const values: Record<string, unknown> = {};
  const ports: number[] = [];
  const servers: Record<string, number | string | boolean>[] = [];
  const unknown: string[] = [];
  const refuse = ({ name, words }: Directive) => unknown.push(['nginx.conf:', name, ...words].join(' '));
  let upstreams = 0;
  const visit = (directive: Directive, place: string): void => {
    const { name, words, block } = directive;
    const inside = (next: string) => {
      for (const inner of block ?? []) visit(inner, next);
    };
    if (IGNORED.has(name)) return;
    if (name === 'events' || name === 'http') inside(name);
    else if (name === 'server' && block !== undefined) inside('server');
    else if (name === 'location') {
      if (words.at(-1) === '/') inside('location');
      else if (!(block ?? []).every((inner) => IGNORED.has(inner.name))) refuse(directive);
    } else if (name === 'upstream') {
      upstreams += 1;
      if (upstreams > 1) refuse(directive);
      else inside('upstream');
    } else if (place === 'upstream' && name === 'server') {
      const read = serverOf(directive);
      if (read === undefined) refuse(directive);
      else {
        ports.push(read.port);
        servers.push(read.parameters);
      }
    } else if (!readValue(directive, place, values)) refuse(directive);
  };
  for (const directive of parseNginxConf(text)) visit(directive, 'main');
  return { values, ports, servers, unknown };
}

/** Puts one directive among the values; false where it is not understood. */
function readValue({ name, words }: Directive, place: string, values: Record<string, unknown>): boolean {
  const [first = ''] = words;
  if (name === 'worker_processes') values[name] = first === 'auto' ? first : Number(first);
  else if (place === 'upstream' && ALGORITHMS.has(name)) values.algorithm = [name, ...words].join(' ');
  else if (place === 'upstream' && name === 'keepalive') values.keepalive = Number(first);
  else if (place === 'upstream' && name === 'zone') values.zone = first;
  else if (COUNTS.has(name)) values[name] = Number(first);
  else if (TEXTS.has(name)) values[name] = first;
  else if (name === 'proxy_next_upstream') values[name] = words.join(' ');
  else if (name === 'listen') {
    const backlog = words.find((word) => word.startsWith('backlog='));
    if (backlog !== undefined) values.backlog = Number(backlog.slice('backlog='.length));
  } else if (name === 'proxy_set_header') {
    if (/^connection$/i.test(first)) values[name] = { Connection: words[1] ?? '' };
  } else return name === 'proxy_pass' && first.startsWith('http://');
  return true;
}

/** Port and parameters of an upstream's `server`. */
function serverOf({
  words,
}: Directive): { port: number; parameters: Record<string, number | string | boolean> } | undefined {
  const [address = '', ...rest] = words;
  const port = Number(/:(\d+)$/.exec(address)?.[1]);
  if (!Number.isInteger(port)) return undefined;
  const parameters: Record<string, number | string | boolean> = {};
  for (const word of rest) {
    const [key = '', value] = word.split('=');
    if (['weight', 'max_fails', 'max_conns'].includes(key) && /^\d+$/.test(value ?? ''))
      parameters[key] = Number(value);
    else if (key === 'fail_timeout' && value !== undefined)
      parameters[key] = /^\d+$/.test(value) ? `${value}s` : value;
    else if ((key === 'backup' || key === 'down') && value === undefined) parameters[key] = true;
    else return undefined;
  }
  return { port, parameters };
}
