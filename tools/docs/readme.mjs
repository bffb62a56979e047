// Fills the marked blocks of README.md and of the pages under docs/ with what the built command line prints and with the
// files they name (`path#Name`: the declaration of that name with its comment). `--check` changes nothing and fails
// when a page is not up to date.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

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
/** The content of `path`, or of the exported declaration `name` in it. */
const contentOf = (what) => {
  const [path, name] = what.split('#');
  const content = readFileSync(join(root, path), 'utf8');
  if (name === undefined) return content;
  const declaration = new RegExp(
    `^(/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?export (?:class|function|interface) ${name}\\b[^]*?^}`,
    'm',
  ).exec(content);
  if (declaration === null) throw new Error(`${path} exports no ${name}`);
  return declaration[0];
};

const filled = (text) =>
  text.replace(
    /<!-- (output of|file): (.+?) -->\n\n```(\w*)\n[\s\S]*?```/g,
    (_, kind, what, language) => {
      const content = kind === 'file' ? contentOf(what) : outputOf(what);
      return `<!-- ${kind}: ${what} -->\n\n\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
    },
  );

for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  const now = filled(text);
  if (now === text) continue;
  if (!process.argv.includes('--check')) writeFileSync(join(root, page), now);
  else {
    console.error(
      `${page}: its marked blocks differ from what they stand for; run \`npm run build && npm run docs\``,
    );
    process.exitCode = 1;
  }
}
