import type { Distribution } from '../random/distribution.js';
import type { Processor } from './processor.js';

/** CPU time that the load generator itself needs for a request. */
export interface ClientCpu {
  /** Where it computes; shared by all its virtual users. */
  readonly processor: Processor;
  /** Before the request's clock starts: the script, building the request. In ns. */
  readonly beforeSend?: Distribution | undefined;
  /** Between the arrival of the answer and its being seen: it delays the measurement and the user's next step. In ns. */
  readonly afterReceive?: Distribution | undefined;
}
