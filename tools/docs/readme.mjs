// Fills the marked blocks of README.md and docs/transactions.md with what the built command line prints and with the files
// they name. `--check` changes nothing and fails when one is not up to date.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PAGES = ['README.md', 'docs/transactions.md'];

const outputOf = (args) =>
  execFileSync(
    process.execPath,
    [
      join(root, 'bin/splitbrain.js'),
      ...args.split(' '),
      ...(args.startsWith('bench') ? [] : ['--no-files']),
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
const filledPage = (text) =>
  text.replace(
    /<!-- (output of|file): (.+?) -->\n\n```(\w*)\n[\s\S]*?```/g,
    (_, kind, what, language) => {
      const content = kind === 'file' ? readFileSync(join(root, what), 'utf8') : outputOf(what);
      return `<!-- ${kind}: ${what} -->\n\n\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
    },
  );
for (const page of PAGES) {
  const text = readFileSync(join(root, page), 'utf8');
  const filled = filledPage(text);
  if (!process.argv.includes('--check')) writeFileSync(join(root, page), filled);
  else if (filled !== text) {
    console.error(
      `${page}: its output blocks differ from what the command line prints; run \`npm run docs\``,
    );
    process.exitCode = 1;
  }
}
