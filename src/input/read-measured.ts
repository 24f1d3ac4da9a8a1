import { Catalogue } from '../options/plug.js';
import { InputError } from './error.js';
import { measured } from './measured/index.js';
import type { MeasuredFormat, MeasuredRun, MeasuredSettings } from './measured.js';
import { openTextLines } from './text-lines.js';

/** The formats of measured data. */
export const measuredFormats: Catalogue<MeasuredFormat> = new Catalogue<MeasuredFormat>(
  'format of measured data',
  measured,
);

/**
 * Reads one real run. The format is seen from the beginning of the text, compression from the first bytes.
 *
 * @param file its name, for messages and the label.
 * @param chunks its bytes, in pieces of any size: a file stream, or a list of one.
 * @throws InputError where it is of no known format, broken off, or has wrong rows: with line numbers.
 */
export async function readMeasured(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  settings: MeasuredSettings = {},
): Promise<MeasuredRun> {
  const text = await openTextLines(file, chunks);
  // A format of the user's own looks like nothing in particular.
  const format =
    settings.logFormat === undefined
      ? measuredFormats.plugs.find((plug) => plug.recognizes(text.head))
      : measuredFormats.get('access-log');
  if (format === undefined) {
    const got = JSON.stringify(text.head.slice(0, 60));
    const expected = `measured data: ${measuredFormats.names.join(', ')}`;
    throw new InputError([{ file, path: '', got, expected }]);
  }
  return format.read(text, settings);
}
