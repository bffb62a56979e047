// Builds the report's pages from src/page: one HTML file each, everything in it, with places for the data and the title.
// The live page's script, which has the simulator in it, is packed; a small one unpacks it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const PAGE = 'report.html';
/** The pages that are written, the script that each begins with, and the one that unpacks it. */
const ENTRIES = [
  ['report.html', './main.ts', null],
  ['live.html', './live-main.ts', './live-boot.ts'],
];
const SCRIPT = /<script type="module"[^>]*>([\s\S]*?)<\/script>/;

/** `root`: the package's folder. Writes dist/page/report.html and dist/page/live.html. */
export async function buildPages(root) {
  // Only a checkout has them: an installed package ships the pages.
  const { build } = await import('vite');
  const { viteSingleFile } = await import('vite-plugin-singlefile');
  const target = join(root, 'dist', 'page');
  const work = join(root, 'dist', 'page-build');
  mkdirSync(target, { recursive: true });
  const pageFrom = async (entry) => {
    await build({
      configFile: false,
      root: join(root, 'src', 'page'),
      logLevel: 'warn',
      // Only the command line asks where its files are; a classic script has no such words.
      define: { 'import.meta.url': 'undefined' },
      plugins: [startingWith(entry), viteSingleFile({ removeViteModuleLoader: true })],
      build: {
        outDir: work,
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: false,
        rolldownOptions: { input: join(root, 'src', 'page', PAGE) },
      },
    });
    return readFileSync(join(work, PAGE), 'utf8');
  };
  for (const [name, entry, boot] of ENTRIES) {
    const { html, code } = withoutScript(await pageFrom(entry));
    const scripts =
      boot === null
        ? inline(code)
        : packed(code) + inline(withoutScript(await pageFrom(boot)).code);
    writeFileSync(
      join(target, name),
      html.replace('</body>', () => `${scripts}\n  </body>`),
    );
  }
  rmSync(work, { recursive: true, force: true });
}

/** The same page with another script. */
function startingWith(entry) {
  const handler = (html) => html.replace('./main.ts', entry);
  return { name: 'starting-with', transformIndexHtml: { order: 'pre', handler } };
}

/** A built page and its script, apart. */
function withoutScript(html) {
  const script = SCRIPT.exec(html);
  if (script === null) throw new Error('the built page has no script: did its entry change?');
  return { html: html.replace(script[0], ''), code: wrapped(script[1]) };
}

/**
 * As a classic script after the data it reads: a module script from `file:` works in today's browsers, but need not.
 * Wrapped, so that its names stay its own.
 */
function wrapped(code) {
  return `(async () => {${code}})();`;
}

function inline(code) {
  return `<script>${code.replaceAll('</script', '<\\/script')}</script>`;
}

function packed(code) {
  const base64 = deflateRawSync(code, { level: 9 }).toString('base64');
  return `<script id="code" type="text/plain">${base64}</script>\n    `;
}
