// Builds the report's pages from src/page: one HTML file each, everything in it, with places for the data and the title.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = 'report.html';
/** The pages that are written, and the script that each begins with. */
const ENTRIES = [
  ['report.html', './main.ts'],
  ['live.html', './live-main.ts'],
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
  for (const [name, entry] of ENTRIES) {
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
    writeFileSync(join(target, name), classicScript(readFileSync(join(work, PAGE), 'utf8')));
  }
  rmSync(work, { recursive: true, force: true });
}

/** The same page with another script. */
function startingWith(entry) {
  const handler = (html) => html.replace('./main.ts', entry);
  return { name: 'starting-with', transformIndexHtml: { order: 'pre', handler } };
}

/**
 * The script as a classic one after the data it reads: a module script from `file:` works in today's browsers, but need
 * not. Wrapped, so that its names stay its own.
 */
function classicScript(html) {
  const script = SCRIPT.exec(html);
  if (script === null) throw new Error('the built page has no script: did its entry change?');
  const code = script[1].replaceAll('</script', '<\\/script');
  const inline = `<script>(async () => {${code}})();</script>`;
  return html.replace(script[0], '').replace('</body>', () => `${inline}\n  </body>`);
}
