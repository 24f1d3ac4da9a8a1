import { expect, it } from 'vitest';
import { labelLines, panelTitle } from '../../src/report/charts/label.js';
import { textWidth } from '../../src/report/text-width.js';

const LABEL =
  'cores=6, replicas=6, "GET /api/magasins/1/stock"[0].miss[0].cpu=0.5ms, "GET /api/ventes/rapport"[0].miss[0].cpu=2ms';

it('keeps a label that fits', () => {
  expect(labelLines('replicas=2', { width: 260, fontSize: 11, weight: 'normal' })).toEqual(['replicas=2']);
  expect(panelTitle('replicas=2', 290)).toBe('replicas=2');
});

it('breaks a long label after commas, and a part that is too long inside; nothing is lost', () => {
  const font = { fontSize: 11, weight: 'normal' } as const;
  for (const width of [260, 400]) {
    const lines = labelLines(LABEL, { width, ...font });
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(textWidth(line, 11, 'normal')).toBeLessThanOrEqual(width);
    expect(lines.join('').replaceAll(' ', '')).toBe(LABEL.replaceAll(' ', ''));
  }
  expect(labelLines(LABEL, { width: 400, ...font })[0]).toBe('cores=6, replicas=6,');
  for (const line of panelTitle(LABEL, 290)) expect(textWidth(line, 12, 'bold')).toBeLessThanOrEqual(290);
});
