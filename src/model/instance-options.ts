import type { AnswerContent } from './answer.js';
import type { Demand } from './demand.js';
import type { RestartPolicy } from './restart.js';

/** What an `Instance` needs beside its server: its name, its memory and its life. */
export interface InstanceOptions {
  readonly name: string;
  /** Dense number over all instances of the world. */
  readonly index: number;
  readonly memory: {
    readonly baseBytes: number;
    readonly perConnectionBytes: number;
    readonly perRequestBytes: number;
    /** `NEVER`: no limit. */
    readonly limitBytes: number;
  };
  readonly restart: RestartPolicy;
  /** From process start to listening socket. */
  readonly startTime: Demand;
  /** False: it is not there yet; the process is started later, see `Instance.appear`. */
  readonly startsUp: boolean;
  /** Bytes of the status line and headers of an answer. */
  readonly headBytes: number;
  /** What every answer says, also those that no handler makes. */
  readonly content?: AnswerContent | undefined;
}
