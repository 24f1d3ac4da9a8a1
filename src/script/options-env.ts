import { parseDuration, parseInteger } from './go-fields.js';
import { GoError } from './go-json.js';
import { parseDns, parseStage } from './option-texts.js';
import { knownTags, type OptionsLayer, ranges } from './options-layer.js';

/** How the text of a variable is read, and Go's name of its type. */
interface Reader {
  readonly type: string;
  readonly read: (text: string) => unknown;
}

const INT: Reader = {
  type: 'null.Int',
  read: (text) => (text === '' || text === 'null' ? undefined : parseInteger(text)),
};
const DURATION: Reader = {
  type: 'types.NullDuration',
  read: (text) => (text === '' ? undefined : parseDuration(text)),
};
const STRING: Reader = { type: 'null.String', read: (text) => (text === '' ? undefined : text) };
const BOOL: Reader = {
  type: 'null.Bool',
  read: (text) => {
    if (text === '' || text === 'null') return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    throw new GoError(`invalid input:${text}`);
  },
};
const STRINGS: Reader = { type: '[]string', read: (text) => (text === '' ? [] : text.split(',')) };
const RANGES: Reader = {
  type: '[]*lib.IPNet',
  read: (text) => ranges(text === '' ? [] : text.split(',')),
};
const STAGES: Reader = {
  type: '[]lib.Stage',
  read: (text) => (text === '' ? [] : text.split(',').map(parseStage)),
};
const TAGS: Reader = { type: 'map[string]string', read: parseMap };
const SYSTEM: Reader = {
  type: 'metrics.SystemTagSet',
  read: (text) => knownTags(text.split(',').map((tag) => tag.trim())),
};
const DNS: Reader = { type: 'types.DNSConfig', read: parseDns };

/** The variables in the order in which k6 looks at them: option, variable, Go's name of the field. */
const VARIABLES: readonly (readonly [keyof OptionsLayer, string, string, Reader])[] = [
  ['paused', 'K6_PAUSED', 'Paused', BOOL],
  ['vus', 'K6_VUS', 'VUs', INT],
  ['duration', 'K6_DURATION', 'Duration', DURATION],
  ['iterations', 'K6_ITERATIONS', 'Iterations', INT],
  ['stages', 'K6_STAGES', 'Stages', STAGES],
  ['noSetup', 'K6_NO_SETUP', 'NoSetup', BOOL],
  ['setupTimeout', 'K6_SETUP_TIMEOUT', 'SetupTimeout', DURATION],
  ['noTeardown', 'K6_NO_TEARDOWN', 'NoTeardown', BOOL],
  ['teardownTimeout', 'K6_TEARDOWN_TIMEOUT', 'TeardownTimeout', DURATION],
  ['rps', 'K6_RPS', 'RPS', INT],
  ['dns', 'K6_DNS', 'DNS', DNS],
  ['maxRedirects', 'K6_MAX_REDIRECTS', 'MaxRedirects', INT],
  ['userAgent', 'K6_USER_AGENT', 'UserAgent', STRING],
  ['batch', 'K6_BATCH', 'Batch', INT],
  ['batchPerHost', 'K6_BATCH_PER_HOST', 'BatchPerHost', INT],
  ['httpDebug', 'K6_HTTP_DEBUG', 'HTTPDebug', STRING],
  ['insecureSkipTLSVerify', 'K6_INSECURE_SKIP_TLS_VERIFY', 'InsecureSkipTLSVerify', BOOL],
  ['throw', 'K6_THROW', 'Throw', BOOL],
  ['blacklistIPs', 'K6_BLACKLIST_IPS', 'BlacklistIPs', RANGES],
  ['blockHostnames', 'K6_BLOCK_HOSTNAMES', 'BlockedHostnames', STRINGS],
  ['noConnectionReuse', 'K6_NO_CONNECTION_REUSE', 'NoConnectionReuse', BOOL],
  ['noVUConnectionReuse', 'K6_NO_VU_CONNECTION_REUSE', 'NoVUConnectionReuse', BOOL],
  ['minIterationDuration', 'K6_MIN_ITERATION_DURATION', 'MinIterationDuration', DURATION],
  ['summaryTrendStats', 'K6_SUMMARY_TREND_STATS', 'SummaryTrendStats', STRINGS],
  ['summaryTimeUnit', 'K6_SUMMARY_TIME_UNIT', 'SummaryTimeUnit', STRING],
  ['systemTags', 'K6_SYSTEM_TAGS', 'SystemTags', SYSTEM],
  ['tags', 'K6_TAGS', 'RunTags', TAGS],
  ['metricSamplesBufferSize', 'K6_METRIC_SAMPLES_BUFFER_SIZE', 'MetricSamplesBufferSize', INT],
  ['noCookiesReset', 'K6_NO_COOKIES_RESET', 'NoCookiesReset', BOOL],
  ['discardResponseBodies', 'K6_DISCARD_RESPONSE_BODIES', 'DiscardResponseBodies', BOOL],
];

/** Variables of the real k6 that a simulated run leaves alone: it has no interfaces, no TLS, and uploads nothing. */
export const IGNORED_VARIABLES: readonly string[] = [
  'K6_HTTP_DEBUG',
  'K6_LOCAL_IPS',
  'K6_TLS_AUTH',
  'K6_TLS_CIPHER_SUITES',
  'K6_TLS_VERSION',
];

/**
 * The options that `K6_...` variables set (internal/cmd/config.go, readEnvConfig).
 *
 * K6_HOSTS and K6_THRESHOLDS do nothing in k6 v1.8.1 either.
 *
 * Limits: K6_LOCAL_IPS, K6_HTTP_DEBUG and the variables of TLS do nothing here: see {@link IGNORED_VARIABLES}.
 *
 * @throws GoError in k6's words; exit code 104.
 */
export function readEnvironment(environment: Readonly<Record<string, string>>): OptionsLayer {
  const layer: Record<string, unknown> = {};
  for (const [option, variable, field, { type, read }] of VARIABLES) {
    const text = environment[variable];
    if (text === undefined) continue;
    try {
      layer[option] = read(text);
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      throw new GoError(
        `envconfig.Process: assigning ${variable} to ${field}: converting '${text}' to type ${type}. details: ${error.message}`,
      );
    }
  }
  return layer;
}

/** `a:b,c:d`. */
function parseMap(text: string): Record<string, string> {
  const pairs = text === '' ? [] : text.split(',');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(':');
      if (at < 0) throw new GoError(`invalid map item: ${JSON.stringify(pair)}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
