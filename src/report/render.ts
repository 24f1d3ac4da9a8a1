import type { LoggerInterface } from 'vega';
import type { ChartSpec } from './chart.js';
import { textWidth } from './text-width.js';

/**
 * Draws a chart as SVG, without a canvas and without the network. The same specification gives the same bytes.
 * The drawing library (150 ms to load) is loaded by the first call.
 */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  // Without this the library measures with a canvas where one happens to be installed, and guesses (too wide) elsewhere.
  const { textMetrics } = vega as unknown as { textMetrics: { width: typeof measure } };
  textMetrics.width = measure;
  // The library numbers its clipping paths through all drawings of a process.
  vega.resetSVGDefIds();
  const compiled = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0], {
    logger: QUIET,
  });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** The library's warnings would land on the user's console; the tests check that there are none. */
const QUIET: LoggerInterface = {
  level: () => QUIET,
  error: () => QUIET,
  warn: () => QUIET,
  info: () => QUIET,
  debug: () => QUIET,
};

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

function measure(item: unknown, text: unknown): number {
  const { fontSize = 11, fontWeight } = item as TextItem;
  const isBold = fontWeight === 'bold' || Number(fontWeight) >= 600;
  return textWidth(String(text ?? ''), fontSize, isBold ? 'bold' : 'normal');
}

/** Pixels of a PNG per pixel of the chart: sharp on a dense screen and in print. */
const PNG_ZOOM = 2;

/** The shipped fonts: without them all text would be missing, silently. */
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
  filePath(new URL(`fonts/${file}`, import.meta.url)),
);

/** A file's path from its URL; in front of a drive's letter (`/C:/...`) there is no slash. */
function filePath(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/(?=[A-Za-z]:\/)/, '');
}

/**
 * Draws a chart as PNG from its SVG, with the shipped font on every machine.
 *
 * @throws Error with what to install where the optional drawing library is missing.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await loadResvg();
  const font = { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: 'DejaVu Sans' };
  const image = new Resvg(svg, { fitTo: { mode: 'zoom', value: PNG_ZOOM }, font });
  return new Uint8Array(image.render().asPng());
}

async function loadResvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js');
  } catch (error) {
    // An optional dependency: there is no prebuilt library for every platform.
    throw new Error('PNG needs the optional package @resvg/resvg-js; SVG and HTML work without it', {
      cause: error,
    });
  }
}
