import type { ScriptPlan } from '../../experiment/script-test.js';
import type { SampleConsumer } from '../../metrics/sample.js';
import { CsvPoints } from '../../report/k6/csv-points.js';
import { JsonPoints } from '../../report/k6/json-points.js';
import type { PointsOutput } from '../../report/k6/outputs.js';
import type { Output } from '../console.js';
import { PointsFile } from '../points-file.js';
import type { K6Request } from './request.js';

/** The files of `--out`. */
export class PointsFiles {
  readonly consumers: readonly SampleConsumer[];
  private readonly files: PointsFile[] = [];

  constructor(request: K6Request, plan: ScriptPlan, startMs: number, stdout: Output) {
    this.consumers = request.outputs.map((output) => this.consumer(output, plan, { startMs, stdout }));
  }

  /** All that was written reaches the disk. */
  close(): void {
    for (const file of this.files) file.close();
  }

  private consumer(
    { type, file, timeFormat }: PointsOutput,
    { consolidated, loaded }: ScriptPlan,
    { startMs, stdout }: { readonly startMs: number; readonly stdout: Output },
  ): SampleConsumer {
    const { options } = consolidated;
    const write = file === '-' ? (text: string) => void stdout.write(text) : this.open(file);
    const common = { clock: { startMs }, write };
    if (type === 'csv') return new CsvPoints({ ...common, systemTags: options.systemTags!, timeFormat });
    return new JsonPoints({
      ...common,
      metrics: loaded.metrics,
      thresholds: options.thresholds ?? {},
      expectedResponse: options.systemTags!.includes('expected_response'),
    });
  }

  private open(name: string): (text: string) => void {
    const file = new PointsFile(name);
    this.files.push(file);
    return file.write;
  }
}
