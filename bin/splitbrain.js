#!/usr/bin/env node
// Node's own exit code 1 would read as "a property is violated": a package without its build ends with 70.
const { main } = await import('../dist/cli/main.js').catch((error) => {
  process.stderr.write(`splitbrain is not built: run \`npm run build\`. ${error.message}\n`);
  process.exit(70);
});

await main(process.argv.slice(2));
