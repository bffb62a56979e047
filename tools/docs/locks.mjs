// Fills the marked blocks of docs/locks.md: tables that the built product measures, and pictures of scenarios.
// `--check` changes nothing and fails when the page is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lockTables } from '../../dist/campaign/locks/tables.js';
import { lockPicture } from '../../dist/report/lock-picture.js';
import { compileScenario } from '../../dist/scenario/compile.js';
import { PROTOCOLS } from '../../dist/scenario/registry.js';
import { runScenario } from '../../dist/scenario/run.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const page = join(root, 'docs', 'locks.md');
const text = readFileSync(page, 'utf8');

function picture(name) {
  const file = join(root, 'scenarios', `${name}.yaml`);
  const scenario = compileScenario(readFileSync(file, 'utf8'), file, PROTOCOLS);
  const result = runScenario(scenario, { seed: scenario.defaultSeed, trace: 'full' });
  const lines = lockPicture(result, { color: false, ascii: false }).slice(0, -2);
  return `\`\`\`\n${lines.join('\n').trimEnd()}\n\`\`\``;
}

const tables = lockTables();
const filled = text.replace(
  /<!-- (table|picture): (\S+) -->\n[\s\S]*?<!-- end -->/g,
  (_, kind, name) =>
    `<!-- ${kind}: ${name} -->\n\n${kind === 'table' ? tables[name] : picture(name)}\n\n<!-- end -->`,
);
if (process.argv.includes('--check')) {
  if (filled !== text) {
    console.error('docs/locks.md: it is not what is measured; run `npm run docs:locks`');
    process.exitCode = 1;
  }
} else writeFileSync(page, filled);
