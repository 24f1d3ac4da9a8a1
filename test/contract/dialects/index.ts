import type { Dialect } from './dialect.js';
import { dialect as kong } from './kong.js';
import { dialect as nginx } from './nginx.js';

/** One per product. */
export const dialects: readonly Dialect[] = [kong, nginx];
