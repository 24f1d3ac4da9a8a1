import { textWidth } from '../text-width.js';

/**
 * A variant's label in lines that fit, for Vega cuts what is too long: broken after commas, and where a part is too long by itself,
 * after its dots (not those of a number), slashes and blanks. A part that has none of these stays whole.
 * @param options width in pixels, and the font it is drawn in.
 */
export function labelLines(
  label: string,
  { width, fontSize, weight }: { width: number; fontSize: number; weight: 'normal' | 'bold' },
): string[] {
  const fits = (text: string) => textWidth(text.trimEnd(), fontSize, weight) <= width;
  const parts = label
    .split(/(?<=, )/)
    .flatMap((part) => (fits(part) ? [part] : part.split(/(?<=[\s,/])|(?<=\.)(?!\d)/)));
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && !fits(line + part)) {
      lines.push(line.trimEnd());
      line = part;
    } else line += part;
  }
  return [...lines, line.trimEnd()];
}

/** The title of a variant's panel: its label, in as many lines as the panel's width (pixels) asks for. */
export function panelTitle(label: string, width: number): string | string[] {
  const lines = labelLines(label, { width, fontSize: 12, weight: 'bold' });
  return lines.length === 1 ? label : lines;
}
