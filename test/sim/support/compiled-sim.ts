import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Compiles the simulator and the world of `hash-world.ts` as they are now into a fresh folder, so that plain Node can
 * run them in another thread or process. Returns the folder; the caller removes it.
 */
export function compileHashWorld(): string {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-sim-'));
  const sources = readdirSync(join(root, 'src/sim'), { recursive: true })
    .map((file) => join('src/sim', String(file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  for (const source of [...sources, 'test/sim/support/hash-world.ts']) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, source), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    const target = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
