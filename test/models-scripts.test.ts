import { describe, expect, it } from 'vitest';
import { sim } from './cli/sim.js';
import { modelScripts } from './differential/model-scripts.js';

describe('a script of models/scripts', () => {
  it.each(modelScripts)('runs against its model, and its bounds hold: $name', async (script) => {
    const { code, out, error } = await sim([
      ...['k6', 'run', '--quiet', ...script.words],
      ...[script.file, '--model', script.model],
    ]);
    expect(error).not.toMatch(/level=(?:error|warning)/);
    expect(out).not.toContain('✗');
    expect(code).toBe(0);
  });
});
