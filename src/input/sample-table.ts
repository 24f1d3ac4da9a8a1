import {
  CodedColumn,
  type Column,
  float32Column,
  float64Column,
  NAMES_MAX,
  OTHER_NAMES,
  Thinning,
  uint8Column,
  uint16Column,
} from './columns.js';
import type { Ignored, MeasuredSamples } from './measured.js';

/** One request, as a reader hands it to {@link SampleTable}; reused for every one. Codes are those of the table's columns. */
export interface Sample {
  /** Unix time in µs when it ended. */
  endUs: number;
  /** NaN where the file does not tell. */
  durationMs: number;
  status: number;
  failed: 0 | 1;
  route: number;
  instance: number;
  scenario: number;
  group: number;
  /** NaN where the file does not tell, or no upstream was asked. */
  upstreamMs: number;
}

/** A sample whose fields say nothing. */
export function blankSample(): Sample {
  return {
    endUs: 0,
    durationMs: Number.NaN,
    status: 0,
    failed: 0,
    route: 0,
    instance: 0,
    scenario: 0,
    group: 0,
    upstreamMs: Number.NaN,
  };
}

/** Most requests that are kept one by one: at 19 to 30 bytes each, 30 MB. 1 GB of k6's CSV has at most 900,000. */
const SAMPLES_MAX = 1_048_576;

/** The requests of a run, 19 to 30 bytes each. */
export class SampleTable {
  readonly route = new CodedColumn();
  readonly instance = new CodedColumn();
  readonly scenario = new CodedColumn();
  readonly group = new CodedColumn();
  readonly thinning: Thinning;
  /** All requests, kept or not. */
  count = 0;
  private readonly endUs = float64Column();
  private readonly durationMs = float64Column();
  private readonly status = uint16Column();
  private readonly failed = uint8Column();
  private upstreamMs: Column<Float32Array> | undefined;
  private hasLast = false;

  /** @param samplesMax most requests that are kept one by one. */
  constructor(samplesMax: number = SAMPLES_MAX) {
    this.thinning = new Thinning(samplesMax);
  }

  add(sample: Sample): void {
    this.count += 1;
    this.hasLast = this.thinning.takes(() => this.halve());
    if (!this.hasLast) return;
    this.endUs.push(sample.endUs);
    this.durationMs.push(sample.durationMs);
    this.status.push(sample.status);
    this.failed.push(sample.failed);
    this.route.push(sample.route);
    this.instance.push(sample.instance);
    this.scenario.push(sample.scenario);
    this.group.push(sample.group);
    this.addUpstream(sample.upstreamMs);
  }

  /** Says of the latest request whether it failed. */
  setFailed(failed: 0 | 1): void {
    if (this.hasLast) this.failed.setLast(failed);
  }

  /** What was left out of it, in words. */
  ignored(): Ignored[] {
    const { every, kept } = this.thinning;
    const found: Ignored[] = [];
    if (every > 1) {
      const what = `requests whose times are not kept one by one (a random one of every ${every} is); totals are of all`;
      found.push({ what, count: this.count - kept });
    }
    const columns = {
      route: this.route,
      instance: this.instance,
      scenario: this.scenario,
      group: this.group,
    };
    for (const [name, { others }] of Object.entries(columns)) {
      if (others === 0) continue;
      found.push({
        what: `names of a ${name} beyond the first ${NAMES_MAX}: together as ${OTHER_NAMES}`,
        count: others,
      });
    }
    return found;
  }

  /**
   * The columns of all; the table is empty afterwards.
   * @param startUs Unix time in µs that times are counted from.
   */
  takeSamples(startUs: number): MeasuredSamples {
    const endMs = this.endUs.take();
    for (let index = 0; index < endMs.length; index += 1) {
      endMs[index] = ((endMs[index] as number) - startUs) / 1000;
    }
    const route = this.route.takeCoded();
    const instance = this.instance.takeCoded();
    const scenario = this.scenario.takeCoded();
    const group = this.group.takeCoded();
    return {
      endMs,
      durationMs: this.durationMs.take(),
      status: this.status.take(),
      failed: this.failed.take(),
      ...(this.thinning.every > 1 && { every: this.thinning.every }),
      ...(route && { route }),
      ...(instance && { instance }),
      ...(scenario && { scenario }),
      ...(group && { group }),
      ...(this.upstreamMs && { upstreamMs: this.upstreamMs.take() }),
    };
  }

  private addUpstream(upstreamMs: number): void {
    if (this.upstreamMs === undefined) {
      if (Number.isNaN(upstreamMs)) return;
      this.upstreamMs = float32Column();
      for (let index = 1; index < this.endUs.length; index += 1) this.upstreamMs.push(Number.NaN);
    }
    this.upstreamMs.push(upstreamMs);
  }

  private halve(): void {
    for (const column of [this.endUs, this.durationMs, this.status, this.failed, this.upstreamMs])
      column?.halve();
    for (const column of [this.route, this.instance, this.scenario, this.group]) column.halve();
  }
}
