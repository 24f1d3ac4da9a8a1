import type { GaugeSeries } from './result.js';
import type { Gauge } from './sink.js';

/** A registered gauge and what was read from it. */
interface GaugeState {
  readonly place: string;
  readonly name: string;
  readonly cumulative: boolean;
  source: () => number;
  /** Last reading. */
  previous: number;
  /** Sum of the increases (of a cumulative one). */
  total: number;
  max: number;
  /** `total` at the start of the interval. */
  intervalStart: number;
  readonly values: number[];
}

/** All gauges of a run, read together once a second like a scrape. */
export class GaugeBoard {
  private readonly gauges: GaugeState[] = [];
  private intervalCount = 0;

  /** The same place and name again (an instance that restarted) continues the series; a new one is 0 up to now. */
  register(gauge: Gauge): void {
    const { place, name, cumulative, read: source } = gauge;
    const known = this.find(place, name);
    if (known !== undefined) {
      known.source = source;
      return;
    }
    const values = new Array<number>(this.intervalCount).fill(0);
    this.gauges.push({
      place,
      name,
      cumulative,
      source,
      previous: 0,
      total: 0,
      max: 0,
      intervalStart: 0,
      values,
    });
  }

  /** Reads every gauge once. */
  read(): void {
    for (const gauge of this.gauges) {
      const value = gauge.source();
      if (gauge.cumulative) {
        // A counter that fell began anew with its process, as Prometheus' rate() takes it.
        gauge.total += value >= gauge.previous ? value - gauge.previous : value;
      }
      gauge.previous = value;
      if (value > gauge.max) gauge.max = value;
    }
  }

  /** Appends an entry to every series: the last reading, or the increase per second. */
  closeInterval(intervalSeconds: number): void {
    this.intervalCount += 1;
    for (const gauge of this.gauges) {
      const increase = (gauge.total - gauge.intervalStart) / intervalSeconds;
      gauge.values.push(gauge.cumulative ? increase : gauge.previous);
      gauge.intervalStart = gauge.total;
    }
  }

  /** Sum of the last readings of all gauges of that name; `undefined` if there is none. */
  present(name: string): number | undefined {
    let sum: number | undefined;
    for (const gauge of this.gauges) if (gauge.name === name) sum = (sum ?? 0) + gauge.previous;
    return sum;
  }

  /** What a cumulative gauge counted in the whole run; 0 if it does not exist. */
  total(place: string, name: string): number {
    return this.find(place, name)?.total ?? 0;
  }

  /** The largest reading; 0 if the gauge does not exist. */
  max(place: string, name: string): number {
    return this.find(place, name)?.max ?? 0;
  }

  series(): GaugeSeries[] {
    return this.gauges.map(({ place, name, values }) => ({ place, name, values }));
  }

  private find(place: string, name: string): GaugeState | undefined {
    return this.gauges.find((gauge) => gauge.place === place && gauge.name === name);
  }
}
