import { defineConfig } from 'vitest/config';

/** `npm test` leaves out `*.slow.test.ts`; `npm run test:slow` runs only those. */
const slow = process.env.SUITE === 'slow';
const reportFile = process.env.REPORT_FILE;

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: [slow ? 'test/**/*.slow.test.ts' : 'test/**/*.test.ts'],
    exclude: slow ? [] : ['test/**/*.slow.test.ts'],
    // The default leaves one core idle, which on two cores is half of them.
    maxWorkers: '100%',
    testTimeout: slow ? 600_000 : 60_000,
    reporters: reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
  },
});
