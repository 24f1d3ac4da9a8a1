// Copies what the compiler leaves behind: the fonts that pictures are drawn with.
import { chmodSync, cpSync } from 'node:fs';

cpSync('src/report/fonts', 'dist/report/fonts', { recursive: true });
chmodSync('dist/cli/main.js', 0o755);
