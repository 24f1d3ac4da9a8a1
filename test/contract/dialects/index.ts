import type { Dialect } from './dialect.js';
import { dialect as envoy } from './envoy.js';
import { dialect as nginx } from './nginx.js';

/** One per product. */
export const dialects: readonly Dialect[] = [envoy, nginx];
