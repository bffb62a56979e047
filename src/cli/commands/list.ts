import { suggest } from '../../protocols/nearest.ts';
import { BUILT_IN_PROPERTIES } from '../../scenario/property-names.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import { ScenarioError } from '../../scenario/scenario-error.ts';
import { NEMESIS_PROFILES, NEMESIS_WORDS } from '../../sim/faults/nemesis-profile.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { allScenarios, loadScenario, selectScenarios } from '../find-scenarios.ts';
import { namePattern } from '../name-pattern.ts';
import { print } from '../output.ts';

export interface ListOptions {
  readonly protocols?: boolean;
  readonly bugs?: boolean;
  readonly properties?: boolean;
  readonly nemesis?: boolean;
  readonly json?: boolean;
}

/** `splitbrain list`. */
export function list(pattern: string | undefined, options: ListOptions): void {
  const json = options.json ?? false;
  if (options.protocols === true) listProtocols(pattern, json);
  else if (options.bugs === true) listBugs(pattern, json);
  else if (options.properties === true) listProperties(pattern, json);
  else if (options.nemesis === true) listNemesis(pattern, json);
  else listScenarios(pattern, json);
}

/** Some lists of things, and the words by which each thing can be asked for. */
type Listed<T> = readonly (readonly [thing: T, names: readonly string[]])[];

/**
 * What a pattern means of several lists at once: nothing of one of them is fine as long as something of another is meant.
 * @throws CommandError (exit 4) when it means nothing of any.
 */
function chooser(
  pattern: string | undefined,
  what: string,
  known: readonly string[],
): <T>(listed: Listed<T>) => T[] {
  const isMeant = pattern === undefined ? () => true : namePattern(pattern);
  if (pattern !== undefined && !known.some(isMeant))
    throw new CommandError(
      `no ${what} "${pattern}": ${suggest(pattern, [...new Set(known)])}`,
      EXIT.nothingSelected,
    );
  return (listed) => listed.flatMap(([thing, names]) => (names.some(isMeant) ? [thing] : []));
}

function listScenarios(pattern: string | undefined, json: boolean): void {
  const entries = pattern === undefined ? allScenarios() : selectScenarios([pattern]);
  if (entries.length === 0)
    throw new CommandError('there are no scenarios here', EXIT.nothingSelected);
  const rows = entries.map(({ file, qualifiedName }) => {
    try {
      const scenario = loadScenario(file);
      const violated = Object.keys(scenario.declared).filter(
        (name) => scenario.declared[name] === 'violated',
      );
      return {
        name: qualifiedName,
        title: scenario.title,
        protocol: scenario.protocol.name,
        declaredViolated: violated,
        file,
      };
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      const title = `(does not compile: splitbrain scenario validate ${file})`;
      return { name: qualifiedName, title, protocol: '', declaredViolated: [], file };
    }
  });
  if (json) {
    print(JSON.stringify({ scenarios: rows }, null, 2));
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, title, declaredViolated } of rows) {
    const note = declaredViolated.length === 0 ? '' : `  [violates ${declaredViolated.join(', ')}]`;
    print(`${name.padEnd(width)}  ${title}${note}`);
  }
}

function listProtocols(pattern: string | undefined, json: boolean): void {
  const chosen = chooser(pattern, 'protocol', Object.keys(PROTOCOLS));
  const protocols = chosen(Object.values(PROTOCOLS).map((one) => [one, [one.name]]));
  if (json) {
    print(
      JSON.stringify(
        {
          protocols: protocols.map(
            ({ name, operations, messageTypes, marks, configKeys, model }) => ({
              name,
              model,
              operations,
              messageTypes,
              marks,
              configKeys,
            }),
          ),
        },
        null,
        2,
      ),
    );
    return;
  }
  for (const { name, operations, messageTypes, marks, configKeys, model } of protocols) {
    print(`${name}   ${model === null ? 'judged by its invariants' : `judged as ${model}`}`);
    print(`  operations     ${operations.join(', ')}`);
    print(`  marks          ${marks.join(', ')}`);
    print(`  message types  ${messageTypes.join(', ')}`);
    print('  config');
    const width = Math.max(...Object.keys(configKeys).map((key) => key.length));
    for (const [key, meaning] of Object.entries(configKeys))
      print(`    ${key.padEnd(width)}  ${meaning}`);
  }
}

function listBugs(pattern: string | undefined, json: boolean): void {
  const all = Object.values(PROTOCOLS).flatMap(({ name, bugs: own }) =>
    own.map((bug) => ({ protocol: name, ...bug })),
  );
  const names = [...all.map(({ protocol }) => protocol), ...all.map(({ id }) => id)];
  const chosen = chooser(pattern, 'protocol with planted bugs, and no bug', names);
  const bugs = chosen(all.map((bug) => [bug, [bug.protocol, bug.id]]));
  if (json) {
    print(JSON.stringify({ bugs }, null, 2));
    return;
  }
  const width = Math.max(...bugs.map(({ id }) => id.length));
  for (const { id, protocol, mutation, rarity, caughtBy } of bugs)
    print(
      `${protocol}  ${id.padEnd(width)}  ${rarity.padEnd(6)}  ${mutation} [${caughtBy.join(', ')}]`,
    );
}

function listProperties(pattern: string | undefined, json: boolean): void {
  const all = Object.values(PROTOCOLS).flatMap(({ name, invariants: own }) =>
    own.map((invariant) => ({ protocol: name, ...invariant })),
  );
  const chosen = chooser(pattern, 'protocol or property', [
    ...BUILT_IN_PROPERTIES,
    ...all.flatMap(({ protocol, name }) => [protocol, name]),
  ]);
  const builtIn = chosen(BUILT_IN_PROPERTIES.map((name) => [name, [name]]));
  const invariants = chosen(all.map((one) => [one, [one.protocol, one.name]]));
  if (json) {
    print(JSON.stringify({ builtIn, invariants }, null, 2));
    return;
  }
  if (builtIn.length > 0) print(`every run: ${builtIn.join(', ')}`);
  for (const { protocol, name, statement, source } of invariants)
    print(`${protocol}  ${name}: ${statement} (${source})`);
}

function listNemesis(pattern: string | undefined, json: boolean): void {
  const [profileNames, allWords] = [Object.keys(NEMESIS_PROFILES), Object.keys(NEMESIS_WORDS)];
  const known = [...profileNames, ...allWords];
  const chosen = chooser(pattern, 'profile or word of a nemesis', known);
  const profiles = chosen(Object.entries(NEMESIS_PROFILES).map((one) => [one, [one[0]]]));
  const words = chosen(Object.entries(NEMESIS_WORDS).map((one) => [one, [one[0]]]));
  if (json) {
    const data = { profiles: Object.fromEntries(profiles), words: Object.fromEntries(words) };
    print(JSON.stringify(data, null, 2));
    return;
  }
  const width = Math.max(...allWords.map((word) => word.length));
  if (profiles.length > 0)
    print(
      'profiles, for `nemesis: default` or `nemesis: { profile: default, gap: [50ms, 200ms] }`',
    );
  for (const [name, { weights }] of profiles) {
    const drawn = Object.entries(weights).map(([word, weight]) => `${word} ${weight}`);
    print(`  ${name.padEnd(width)}  ${drawn.join(', ')}`);
  }
  if (words.length > 0)
    print('words, for `nemesis: { weights: { kill-one: 2, drop-clients: 1 } }`');
  for (const [word, meaning] of words) print(`  ${word.padEnd(width)}  ${meaning}`);
}
