import { host } from './host.js';
import { optionOf } from './run-options.js';

/** How long a request waits for its turn before it begins, in ns: k6's option `rps`. */
export function turn(): number {
  return optionOf('rps') === undefined ? 0 : host.turnNs();
}
