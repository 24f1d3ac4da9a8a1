/** Tags of a sample: k6's system tags and the user's own. Interned where they repeat: two samples with one object have equal tags. */
export type SampleTags = Readonly<Record<string, string>>;

/** One value of one metric, as a real k6 hands it to its outputs (metrics/sample.go). */
export interface Sample {
  /** Name of the metric; never a sub-metric. */
  readonly metric: string;
  /** Since the start of the test, ns. */
  readonly timeNs: number;
  /** Times in ms, data in bytes, rates 0 or 1. */
  readonly value: number;
  readonly tags: SampleTags;
  /** What k6 does not index: `vu`, `iter`. */
  readonly metadata?: SampleTags | undefined;
}

/** Who takes samples, in the order in which they are made: the summary, a file of points. */
export interface SampleConsumer {
  /** Takes one; the object may be used again for the next: copy what is kept. */
  sample(sample: Sample): void;
  /**
   * The same for several of one moment with the same tags, which are most: of a request, of the end of an iteration. Absent:
   * {@link sample} is called for each.
   */
  samples?(batch: SampleBatch): void;
}

/** Samples of one moment with the same tags. The object is used again for the next. */
export interface SampleBatch {
  /** One object for each kind of batch, so that what is known of it is found by the object. */
  readonly metrics: readonly string[];
  /** One for each metric; there may be more, which mean nothing. */
  readonly values: Float64Array;
  readonly timeNs: number;
  readonly tags: SampleTags;
}
