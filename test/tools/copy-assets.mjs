// What the compiler leaves to do: the fonts that pictures are drawn with, and `npx sim` in the checkout itself, which npm
// would otherwise pack, build and install a second time into its cache.
import { chmodSync, cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';

cpSync('src/report/fonts', 'dist/report/fonts', { recursive: true });
chmodSync('dist/cli/main.js', 0o755);

if (process.platform !== 'win32' && existsSync('node_modules/.bin')) {
  rmSync('node_modules/.bin/sim', { force: true });
  symlinkSync('../../dist/cli/main.js', 'node_modules/.bin/sim');
}
