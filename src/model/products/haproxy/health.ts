/** What `rise` and `fall` and their like say of a server's checks. */
export interface HealthSettings {
  readonly rise: number;
  readonly fall: number;
  readonly interNs: number;
  readonly fastinterNs: number | undefined;
  readonly downinterNs: number | undefined;
}

/** `observe`: what requests tell of a server's health. */
export interface ObserveSettings {
  readonly layer: 'none' | 'layer4' | 'layer7';
  /** Errors in a row. */
  readonly errorLimit: number;
  readonly onError: 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down';
}

/** What became of one request, as `observe` sees it: `enum` of `check.c`, `analyze_statuses`. */
export const Observation = {
  /** A connection was made. */
  connected: 0,
  /** No connection could be made. */
  connectionError: 1,
  /** An answer that is no fault of the server: below 500, 501 and 505. */
  goodAnswer: 2,
  /** Another one, a broken connection, or none in time. */
  badAnswer: 3,
} as const;
export type Observation = (typeof Observation)[keyof typeof Observation];

/** The verdict on a check: what the server is to be. */
export type Verdict = 'up' | 'down' | 'same';

/**
 * The counter of a server's health, `check->health`: below `rise` it is down, and counts checks that passed; from there on it
 * is up, and what is above counts checks that may fail. A first success gives full credit, a first failure takes all.
 */
export class Health {
  /** 0 to `rise + fall - 1`. A server starts as one that is only just up. */
  value: number;
  /** Errors in a row that `observe` saw. */
  errors = 0;

  constructor(
    private readonly settings: HealthSettings,
    private readonly observe: ObserveSettings,
    isDisabled: boolean,
  ) {
    this.value = isDisabled ? 0 : settings.rise;
  }

  /** One check has passed. */
  pass(): Verdict {
    const { rise, fall } = this.settings;
    this.errors = 0;
    if (this.value < rise + fall - 1) {
      this.value += 1;
      if (this.value >= rise) this.value = rise + fall - 1;
    }
    return this.value >= rise ? 'up' : 'same';
  }

  /** One check has failed. */
  fail(): Verdict {
    if (this.value > 0) {
      this.value -= 1;
      if (this.value < this.settings.rise) this.value = 0;
    }
    return this.value === 0 ? 'down' : 'same';
  }

  /** Health is set by hand. */
  set(isUp: boolean): void {
    this.value = isUp ? this.settings.rise + this.settings.fall - 1 : 0;
  }

  /** Maintenance begins. */
  pause(): void {
    this.value = 0;
  }

  /** Maintenance ends: just up, until a check says more. */
  resume(): void {
    this.value = this.settings.rise;
  }

  /** A request has shown something: `health_adjust`. `undefined`: nothing follows; else `onError` has been done. */
  see(observation: Observation): Verdict | undefined {
    const effect = effectOf(observation, this.observe.layer);
    if (effect === 'none') return undefined;
    if (effect === 'good') {
      this.errors = 0;
      return undefined;
    }
    this.errors += 1;
    if (this.errors < this.observe.errorLimit) return undefined;
    const verdict = this.punish();
    this.errors = 0;
    return verdict;
  }

  /** Time to the next check: `srv_getinter`. */
  intervalNs(isDown: boolean): number {
    const { rise, fall, interNs, fastinterNs, downinterNs } = this.settings;
    if (this.value === rise + fall - 1) return interNs;
    return (isDown && this.value === 0 ? downinterNs : fastinterNs) ?? interNs;
  }

  private punish(): Verdict {
    const { rise } = this.settings;
    switch (this.observe.onError) {
      case 'fastinter':
        return 'same';
      case 'sudden-death':
        if (this.value > rise) this.value = rise + 1;
        return this.fail();
      case 'mark-down':
        this.value = rise;
        return this.fail();
      default:
        return this.fail();
    }
  }
}

function effectOf(observation: Observation, layer: ObserveSettings['layer']): 'none' | 'good' | 'bad' {
  if (layer === 'layer4') {
    if (observation === Observation.connected) return 'good';
    return observation === Observation.connectionError ? 'bad' : 'none';
  }
  if (layer === 'none' || observation === Observation.connected) return 'none';
  return observation === Observation.goodAnswer ? 'good' : 'bad';
}
