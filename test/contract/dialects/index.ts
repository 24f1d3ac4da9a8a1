import type { Dialect } from './dialect.js';
import { dialect as envoy } from './envoy.js';
import { dialect as finagle } from './finagle.js';
import { dialect as haproxy } from './haproxy.js';
import { dialect as ideal } from './ideal.js';
import { dialect as kong } from './kong.js';
import { dialect as linkerd } from './linkerd.js';
import { dialect as nginx } from './nginx.js';
import { dialect as prequal } from './prequal.js';

/** One per product. */
export const dialects: readonly Dialect[] = [envoy, finagle, haproxy, ideal, kong, linkerd, nginx, prequal];
