import { type Checked, flag, list, record, text } from '../../options/fields.js';
import type { Endpoint } from '../exchange.js';
import type { GatewayRequest, Policy } from '../policy.js';
import type { KeyTable, KongPluginPlug } from '../products/kong/plugin.js';
import { queryValues } from '../products/kong/query.js';
import { headerOf, splitPath } from '../request-parts.js';
import { isAtLeast } from '../version.js';

/** From this version on an unknown key is told no more than "Unauthorized". */
const TERSE_VERSION = [3, 6];

const options = record({
  key_names: list(text()).default(['apikey']).describe('headers or query arguments that may hold the key'),
  key_in_header: flag().default(true).describe('true: headers are looked at'),
  key_in_query: flag().default(true).describe('true: query arguments are looked at'),
  hide_credentials: flag().default(false).describe('true: the key is not passed on; changes nothing here'),
  anonymous: text().optional().describe('the consumer that requests without a valid key count as'),
  run_on_preflight: flag().default(true).describe('false: OPTIONS requests pass without a key'),
  realm: text().optional().describe('said in the answer that refuses'),
});

/** Kong's `key-auth`: whoever has no key of a consumer is refused. */
export const kongKeyAuth: KongPluginPlug<typeof options> = {
  name: 'kong-key-auth',
  product: 'kong',
  word: 'key-auth',
  priority: 1250,
  summary:
    'lets pass requests that carry the key of a consumer, in a header or in the query; 401 for all others',
  source: 'Kong 3.9, kong/plugins/key-auth/handler.lua',
  options,
  example: 'plugins: [ { name: key-auth, config: { key_names: [apikey] } } ]',
  create: (checked, context) => new KeyAuth(checked, context.keys, context.version),
};

/** What is to be said of a request line: a key, or why there is none. */
interface Found {
  readonly key?: string;
  readonly message?: string;
}

class KeyAuth implements Policy {
  private readonly foundOf = new Map<Endpoint['headers'], Map<string, Found>>();
  private readonly unknownKey: string;

  constructor(
    private readonly config: Checked<typeof options>,
    private readonly keys: KeyTable,
    version: string,
  ) {
    this.unknownKey = isAtLeast(version, TERSE_VERSION)
      ? 'Unauthorized'
      : 'Invalid authentication credentials';
  }

  admit(request: GatewayRequest): number {
    const { endpoint } = request.subject;
    const { anonymous, realm, run_on_preflight: runsOnPreflight } = this.config;
    if (!runsOnPreflight && endpoint.method === 'OPTIONS') return 0;
    const { key, message } = this.find(request);
    const consumer = key === undefined ? undefined : this.keys.get(key);
    if (consumer !== undefined) {
      request.consumer = consumer;
      request.credential = key;
      return 0;
    }
    if (anonymous !== undefined) {
      request.consumer = anonymous;
      return 0;
    }
    request.message = message ?? this.unknownKey;
    request.setHeader('WWW-Authenticate', realm === undefined ? 'Key' : `Key realm="${realm}"`);
    return -401;
  }

  /** Request lines are few and alike: each is looked at once. */
  private find({ subject }: GatewayRequest): Found {
    const { headers, path } = subject.endpoint;
    let ofHeaders = this.foundOf.get(headers);
    if (ofHeaders === undefined) {
      ofHeaders = new Map();
      this.foundOf.set(headers, ofHeaders);
    }
    let found = ofHeaders.get(path);
    if (found === undefined) {
      found = this.search(subject);
      ofHeaders.set(path, found);
    }
    return found;
  }

  /** The first name that has anything ends the search. */
  private search(subject: GatewayRequest['subject']): Found {
    const { query } = splitPath(subject.endpoint.path);
    for (const name of this.config.key_names) {
      const header = this.config.key_in_header ? headerOf(subject, name.toLowerCase()) : '';
      if (header !== '') return { key: header };
      const values = this.config.key_in_query ? queryValues(query, name) : [];
      if (values.length > 1) return { message: 'Duplicate API key found' };
      if (values.length === 1 && values[0] !== '') return { key: values[0]! };
    }
    return { message: 'No API key found in request' };
  }
}
