// Fails on an import against the one direction of DESIGN §1, on a cycle, on a deep import into a foreign protocol,
// and on a file over its size limit. Run by `npm run lint`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

/** For every room, the rooms it may import from (itself always). */
const allowed = {
  'sim/engine': [],
  'sim/network': ['sim/engine'],
  // Latency distributions are the network's; a sync takes time as a message does.
  'sim/storage': ['sim/engine', 'sim/network'],
  'sim/faults': ['sim/engine', 'sim/network', 'sim/storage'],
  history: [],
  checker: ['history'],
  protocols: ['sim/engine', 'sim/network', 'sim/storage', 'history'],
  scenario: [
    'sim/engine',
    'sim/network',
    'sim/storage',
    'sim/faults',
    'history',
    'checker',
    'protocols',
  ],
};
const below = [...Object.keys(allowed)];
allowed.campaign = below;
allowed.report = [...below, 'campaign'];
// The report's page runs in a browser; Node reaches it only as the file that the build makes of it.
allowed.page = [...below, 'campaign', 'report'];
allowed.cli = [...below, 'campaign', 'report', 'public'];
allowed.public = [...below, 'campaign', 'report'];

const MAX_LINES = { src: 400, test: 600 };

const roomOf = (file) => {
  const parts = file.split(sep);
  if (parts.length === 1) return 'public';
  return parts[0] === 'sim' ? `sim/${parts[1]}` : parts[0];
};
const list = (dir) =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'));

const problems = [];
// Imports that exist at run time: `import type` obeys the direction, but cannot make a cycle of modules.
const graph = new Map();
for (const file of list('src')) {
  const text = readFileSync(join('src', file), 'utf8');
  const imports = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(
    (match) => normalize(join(dirname(file), match[1])),
  );
  const typeOnly = [...text.matchAll(/\bimport type [^;]*?from '(\.[^']+)'/g)].map((match) =>
    normalize(join(dirname(file), match[1])),
  );
  graph.set(
    file,
    imports.filter((target) => !typeOnly.includes(target)),
  );
  const room = roomOf(file);
  if (!(room in allowed)) problems.push(`unknown room: src/${file} (rooms: DESIGN §1)`);
  for (const target of imports) {
    const other = roomOf(target);
    if (room !== other && !allowed[room]?.includes(other))
      problems.push(
        `forbidden import: src/${file} -> src/${target} (${room} may not see ${other})`,
      );
    const [a, b] = [file.split(sep), target.split(sep)];
    const foreign = a[0] === 'protocols' && b[0] === 'protocols' && b.length > 2 && a[1] !== b[1];
    if (foreign && b.at(-1) !== 'index.ts')
      problems.push(
        `a protocol sees another only through its index.ts: src/${file} -> src/${target}`,
      );
  }
}
for (const [dir, limit] of Object.entries(MAX_LINES))
  for (const file of list(dir)) {
    const lines = readFileSync(join(dir, file), 'utf8').split('\n').length - 1;
    if (lines > limit)
      problems.push(`too long: ${dir}/${file} has ${lines} lines (limit ${limit})`);
  }

const state = new Map();
const visit = (file, path) => {
  state.set(file, 'open');
  for (const target of graph.get(file) ?? []) {
    if (state.get(target) === 'open')
      problems.push(`cycle: ${[...path.slice(path.indexOf(target)), target].join(' -> ')}`);
    else if (!state.has(target)) visit(target, [...path, target]);
  }
  state.set(file, 'done');
};
for (const file of graph.keys()) if (!state.has(file)) visit(file, [file]);

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
