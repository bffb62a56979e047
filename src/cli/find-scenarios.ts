import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { compileScenario } from '../scenario/compile.ts';
import { nearestWord } from '../protocols/nearest.ts';
import { PROTOCOLS } from '../scenario/registry.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { namePattern } from './name-pattern.ts';

/** A scenario file and the names it answers to. */
export interface ScenarioEntry {
  /** As printed and as compiled: relative to the working directory when below it. */
  readonly file: string;
  /** `showcase` for scenarios/raft/showcase.yaml. */
  readonly name: string;
  /** `raft/showcase`. */
  readonly qualifiedName: string;
}

const BUNDLED = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'scenarios');

/** The scenarios below `scenarios/` of the working directory and those that came with the package, by family and name. */
export function allScenarios(): ScenarioEntry[] {
  const own = resolve('scenarios');
  const roots = own === resolve(BUNDLED) ? [BUNDLED] : [own, BUNDLED];
  const entries = new Map<string, ScenarioEntry>();
  for (const root of roots)
    for (const file of yamlFiles(root)) {
      const qualifiedName = relative(root, file)
        .replace(/\.ya?ml$/, '')
        .split(sep)
        .join('/');
      if (!entries.has(qualifiedName))
        entries.set(qualifiedName, {
          file: shortest(file),
          name: qualifiedName.split('/').at(-1)!,
          qualifiedName,
        });
    }
  return [...entries.values()].sort((a, b) =>
    a.qualifiedName < b.qualifiedName ? -1 : a.qualifiedName > b.qualifiedName ? 1 : 0,
  );
}

/**
 * The scenario files that arguments mean: paths of files or folders, names (`showcase`, `raft/showcase`), or patterns
 * (`raft/*`).
 * @throws CommandError (exit 4) for an argument that means none.
 */
export function selectScenarios(args: readonly string[]): ScenarioEntry[] {
  const known = allScenarios();
  const selected = new Map<string, ScenarioEntry>();
  for (const arg of args) {
    const found = matchOne(arg, known);
    if (found.length === 0) {
      const nearest = nearestWord(
        arg,
        known.flatMap(({ name, qualifiedName }) => [name, qualifiedName]),
      );
      const hint =
        nearest === null ? '`splitbrain list` shows all there are' : `did you mean "${nearest}"?`;
      throw new CommandError(`no scenario, file or folder "${arg}": ${hint}`, EXIT.nothingSelected);
    }
    for (const entry of found) selected.set(entry.file, entry);
  }
  return [...selected.values()];
}

function matchOne(arg: string, known: readonly ScenarioEntry[]): ScenarioEntry[] {
  if (existsSync(arg)) {
    const files = statSync(arg).isDirectory() ? yamlFiles(arg) : [arg];
    return files.map((file) => ({ file, name: file, qualifiedName: file }));
  }
  const isMeant = namePattern(arg);
  return known.filter(({ name, qualifiedName }) => isMeant(name) || isMeant(qualifiedName));
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return (
    readdirSync(folder, { recursive: true })
      .map(String)
      // Of what lies below the folder only: the bundled scenarios of an installed package are in node_modules themselves.
      .filter((file) => /\.ya?ml$/.test(file) && !file.split(sep).includes('node_modules'))
      .map((file) => join(folder, file))
      .sort((a, b) => (a < b ? -1 : 1))
  );
}

function shortest(file: string): string {
  const inside = relative(process.cwd(), file);
  return inside.startsWith('..') ? file : inside;
}

/**
 * Reads and compiles a scenario file.
 * @throws ScenarioError for what is wrong in it, CommandError when it cannot be read.
 */
export function loadScenario(file: string): Scenario {
  return compileScenario(readText(file), file, PROTOCOLS);
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}`);
  }
}
