import { NS_PER_MS, NS_PER_SECOND } from '../kernel/time.js';

/** Docker's restart manager: first delay, doubled each time up to the last; reset after 10 s of life (moby `restartmanager.go`). */
const DELAY_NS_MIN = 100 * NS_PER_MS;
const DELAY_NS_MAX = 60 * NS_PER_SECOND;
const RESET_NS = 10 * NS_PER_SECOND;

/** `restart:` of Docker Compose. */
export type RestartPolicy = 'no' | 'always' | 'unless-stopped' | 'on-failure';

/** Docker's restart manager of one container. */
export class RestartManager {
  private delayNs = DELAY_NS_MIN;

  constructor(private readonly policy: RestartPolicy) {}

  /** The process died after `lifeNs`: how long until it is started again, ns; `undefined`: it is not. */
  died(lifeNs: number): number | undefined {
    if (this.policy === 'no') return undefined;
    if (lifeNs >= RESET_NS) this.delayNs = DELAY_NS_MIN;
    const delayNs = this.delayNs;
    this.delayNs = Math.min(DELAY_NS_MAX, delayNs * 2);
    return delayNs;
  }
}
