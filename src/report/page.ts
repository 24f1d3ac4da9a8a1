import type { RunResult } from '../metrics/result.js';
import { BLUE, INK, MUTED } from './charts/style.js';
import { instanceTable, moodOfLine, type TextCell, type TextTable, variantTable } from './table.js';
import { formatClock, formatCount } from './text.js';
import { verdicts } from './verdict.js';

/** A drawn chart and what the page says of it. */
export interface PageChart {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly svg: string;
}

/** The report of a result as one self-contained HTML page. */
export function pageOf(result: RunResult, charts: readonly PageChart[]): string {
  const instances = instanceTable(result);
  const body = [
    header(result),
    `<section><h2>Verdict</h2><div class="verdicts">${verdictCards(result)}</div></section>`,
    `<section><h2>Variants</h2>${tableHtml(variantTable(result))}${NOTE}</section>`,
    ...charts.map(figure),
    instances.rows.length > 0 ? `<section><h2>Instances</h2>${tableHtml(instances)}</section>` : '',
    footer(result),
  ];
  const title = escapeHtml(result.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

const NOTE = '<p class="note">± is the half width of the 95 % confidence interval over the replications.</p>';

function header(result: RunResult): string {
  const [first] = result.variants;
  const facts = [
    `${result.variants.length} ${result.variants.length === 1 ? 'variant' : 'variants'}`,
    ...(first === undefined
      ? []
      : [
          `${first.replications} ${first.replications === 1 ? 'replication' : 'replications'} each`,
          `${formatClock(first.durationSeconds)} simulated`,
        ]),
  ];
  return `<header><p class="kicker">${escapeHtml(result.experiment)}</p><h1>${escapeHtml(result.title)}</h1><p class="facts">${escapeHtml(facts.join(' · '))}</p></header>`;
}

function footer(result: RunResult): string {
  const events = result.variants.reduce((sum, variant) => sum + variant.events, 0);
  const facts = [
    ['clustersim', result.version],
    ['seed', result.seed],
    ['inputs', result.inputs],
    ['events', formatCount(events)],
    ...result.variants.map((variant) => [`fingerprint ${variant.label}`, variant.fingerprint]),
  ];
  const list = facts.map(
    ([name, value]) => `<dt>${escapeHtml(name ?? '')}</dt><dd>${escapeHtml(value ?? '')}</dd>`,
  );
  return `<footer><dl>${list.join('')}</dl></footer>`;
}

function verdictCards(result: RunResult): string {
  return verdicts(result)
    .map(({ label, sentences }, index) => {
      const results = Object.values(result.variants[index]?.thresholds ?? {}).flatMap((own) =>
        Object.values(own),
      );
      const mood = results.length === 0 ? 'plain' : results.every(({ ok }) => ok) ? 'good' : 'bad';
      const paragraphs = sentences.map((sentence) => `<p>${unbroken(escapeHtml(sentence))}</p>`).join('');
      return `<article class="${mood}"><h3>${escapeHtml(label)}</h3>${paragraphs}</article>`;
    })
    .join('');
}

function tableHtml(table: TextTable): string {
  const head = table.head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('');
  const rows = table.rows.map((row) => {
    return `<tr>${row.map((cell) => `<td>${linesHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Keeps a number and its unit on one line. */
function unbroken(text: string): string {
  return text.replace(/(\d) (%|ms\b|s\b)/g, '$1&#160;$2');
}

function linesHtml(cell: TextCell): string {
  return cell.lines
    .map((line, index) => `<span class="${moodOfLine(cell, index)}">${escapeHtml(line)}</span>`)
    .join('<br>');
}

function figure(chart: PageChart): string {
  const title = escapeHtml(chart.title);
  const caption = escapeHtml(`${chart.summary.charAt(0).toUpperCase()}${chart.summary.slice(1)}`);
  return `<figure id="${chart.name}" aria-label="${title}"><div class="scroll">${ownIds(chart)}</div><figcaption>${caption}</figcaption></figure>`;
}

/** Every drawing numbers its clipping paths from 0: within one page they need the chart's name. */
function ownIds({ name, svg }: PageChart): string {
  return svg
    .replace(/id="(clip|gradient)/g, `id="${name}-$1`)
    .replace(/url\(#(clip|gradient)/g, `url(#${name}-$1`);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The palette's blue is too dark on a dark page. */
const BLUE_ON_DARK = '#3b9bdc';

/** The drawings carry fixed colours of text and background; style rules win over attributes, and so follow light and dark. */
const STYLE = `
:root{color-scheme:light dark;--ink:${INK};--muted:${MUTED};--paper:#fff;--wash:#f5f7fa;--edge:#e4e7eb;--good:#00795a;--bad:#c2410c;--plain:#9aa5b1}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--muted:#9aa5b1;--paper:#161b22;--wash:#1f2630;--edge:#323f4b;--good:#34d399;--bad:#fb923c;--plain:#616e7c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1240px;margin:0 auto;padding:2.5rem 1.5rem 3rem}
.kicker{margin:0;color:var(--muted);font:600 .8rem ui-monospace,"DejaVu Sans Mono",monospace}
h1{margin:.2rem 0;font-size:1.9rem;line-height:1.2}
h2{margin:2.2rem 0 .8rem;font-size:1.15rem}
h3{margin:0 0 .4rem;font-size:1rem}
.facts,.note,figcaption{margin:.4rem 0;color:var(--muted);font-size:.9rem}
.verdicts{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:1rem}
article{padding:1rem 1.2rem;border:1px solid var(--edge);border-left:4px solid var(--plain);border-radius:8px;background:var(--wash)}
article.good{border-left-color:var(--good)}
article.bad{border-left-color:var(--bad)}
article p{margin:.35rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.5rem .8rem;border-bottom:1px solid var(--edge);text-align:right;vertical-align:top;white-space:nowrap}
th{color:var(--muted);font-size:.85rem;font-weight:600}
th:first-child,td:first-child{text-align:left;font-weight:600}
span.good{color:var(--good)}
span.bad{color:var(--bad)}
figure{margin:1.6rem 0;padding:.6rem .6rem 1rem;border:1px solid var(--edge);border-radius:8px}
figcaption{padding:0 1rem}
figure svg{display:block;max-width:100%;min-width:640px;height:auto}
svg [fill="white"]{fill:none}
svg [fill="${INK}"]{fill:var(--ink)}
svg [fill="${MUTED}"]{fill:var(--muted)}
svg [stroke="${INK}"]{stroke:var(--ink)}
@media (prefers-color-scheme:dark){svg [stroke="${BLUE}"]{stroke:${BLUE_ON_DARK}}svg [fill="${BLUE}"]{fill:${BLUE_ON_DARK}}}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--edge);color:var(--muted);font-size:.85rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}
dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,"DejaVu Sans Mono",monospace}
`;
