// Runs the built command line on every supported Node major and compares the trace hashes (DESIGN §2). The other Nodes
// come from the npm packages `node-<platform>-<arch>`, into a temporary folder: nothing is added to the project.
// Run by `npm run test:nodes` after a build; ends with `N passed, N failed`; exit 1 on a mismatch, 69 without binaries.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Pinned, so that the comparison itself can be repeated. */
const WANTED = ['20.19.5', '22.23.3', '24.9.0'];
const RUNS = [
  ['default-faults', '1'],
  ['default-faults', '2'],
  ['default-faults', '9007199254740993'],
  ['default-faults', 'a seed in words'],
  ['figure8', '1'],
  ['leader-read-local', '1'],
  ['power-loss-majority', '1'],
  ['one-way-partition', '1'],
  ['four-node-split-vote', '1'],
  ['two-cinemas-last-ticket', '1'],
];
const UNAVAILABLE = 69;

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cli = join(root, 'bin/splitbrain.js');
const packageName = `node-${process.platform}-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'splitbrain-nodes-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

class NoBinaryError extends Error {}

/** Installs `packageName@spec` into a folder of its own; the binary's path, or npm's complaint. */
function install(spec) {
  const prefix = join(folder, spec);
  const npm = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [
      'install',
      '--prefix',
      prefix,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `${packageName}@${spec}`,
    ],
    { cwd: folder, encoding: 'utf8', timeout: 300_000 },
  );
  const binary = join(prefix, 'node_modules', packageName, 'bin/node');
  if (npm.status === 0 && existsSync(binary)) return { binary, complaint: '' };
  const complaint = (npm.stderr ?? String(npm.error)).match(/npm (?:error|ERR!).*/g)?.slice(0, 3);
  return { binary: null, complaint: complaint?.join('; ') ?? `npm ended with ${npm.status}` };
}

/** The pinned version, or (when the registry no longer has it) the newest of its major. */
function fetchNode(version) {
  const major = version.split('.')[0];
  const pinned = install(version);
  if (pinned.binary !== null) return pinned.binary;
  const newest = install(major);
  if (newest.binary !== null) return newest.binary;
  throw new NoBinaryError(
    `cannot get Node ${major}: 'npm install ${packageName}@${version}' failed, and so did @${major}.\n` +
      `  npm said: ${newest.complaint}\n` +
      `  Nothing was compared for it. Check that the npm registry is reachable ('npm ping') and that it has ` +
      `${packageName} ('npm view ${packageName} versions'), then run 'npm run test:nodes' again.`,
  );
}

const versionOf = (binary) => execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();

/** The run's hash and number of events, or why there is none. */
function runOn(binary, scenario, seed) {
  const run = spawnSync(binary, [cli, 'run', scenario, '--json', '--no-files', '--seed', seed], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  try {
    const { hash, events } = JSON.parse(run.stdout).runs[0];
    return `${hash} ${events}`;
  } catch {
    return `no result (exit ${run.status}): ${run.stderr.trim().split('\n')[0] ?? ''}`;
  }
}

function main() {
  if (!existsSync(join(root, 'dist'))) {
    console.error("dist/ is missing: run 'npm run build' first, then 'npm run test:nodes' again.");
    return UNAVAILABLE;
  }
  const nodes = [{ name: `${process.version} (this)`, binary: process.execPath }];
  const missing = [];
  for (const version of WANTED) {
    if (process.version.startsWith(`v${version.split('.')[0]}.`)) continue;
    try {
      const binary = fetchNode(version);
      nodes.push({ name: versionOf(binary), binary });
    } catch (error) {
      if (!(error instanceof NoBinaryError)) throw error;
      missing.push(error.message);
    }
  }
  for (const message of missing) console.error(message);
  if (nodes.length === 1) {
    console.log(`0 passed, ${missing.length} failed`);
    return UNAVAILABLE;
  }

  const rows = [['scenario', 'seed', 'hash', 'events', ...nodes.map(({ name }) => name)]];
  const problems = [];
  let passed = 0;
  for (const [scenario, seed] of RUNS) {
    const [first, ...others] = nodes.map(({ binary }) => runOn(binary, scenario, seed));
    const ran = /^[0-9a-f]{16} \d+$/.test(first);
    const same = others.map((result) => ran && result === first);
    const [hash, events] = ran ? first.split(' ') : ['-', '-'];
    rows.push([
      scenario,
      seed,
      hash,
      events,
      ran ? 'ran' : 'NONE',
      ...same.map((yes) => (yes ? 'same' : 'OTHER')),
    ]);
    if (!ran) problems.push(`${scenario} --seed '${seed}' on ${nodes[0].name}: ${first}`);
    same.forEach((yes, index) => {
      if (yes) passed += 1;
      else
        problems.push(
          `${scenario} --seed '${seed}' on ${nodes[index + 1].name}: expected ${first}, got ${others[index]}`,
        );
    });
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  for (const problem of problems) console.log(`not the same: ${problem}`);
  const failed = problems.length + missing.length;
  console.log(`${passed} passed, ${failed} failed`);
  if (problems.length > 0) return 1;
  return missing.length > 0 ? UNAVAILABLE : 0;
}

process.exitCode = main();
