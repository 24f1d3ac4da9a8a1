import type { Dialect } from './dialect.js';
import { dialect as haproxy } from './haproxy.js';
import { dialect as nginx } from './nginx.js';

/** One per product. */
export const dialects: readonly Dialect[] = [haproxy, nginx];
