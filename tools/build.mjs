// Builds dist/ from src/ with the TypeScript compiler and the report's pages with vite, and stays silent when there is
// nothing to do: an installed package ships dist/ and has neither the sources nor the compilers.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (existsSync(join(root, 'src'))) {
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const run = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = run.status ?? 1;
  const { buildPages } = await import('./page/build-page.mjs');
  await buildPages(root);
}
