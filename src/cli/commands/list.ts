import { BUILT_IN_PROPERTIES } from '../../scenario/property-names.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import { ScenarioError } from '../../scenario/scenario-error.ts';
import { NEMESIS_PROFILES, NEMESIS_WORDS } from '../../sim/faults/nemesis-profile.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { allScenarios, loadScenario, selectScenarios } from '../find-scenarios.ts';
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
  if (options.protocols === true) listProtocols(options.json ?? false);
  else if (options.bugs === true) listBugs(options.json ?? false);
  else if (options.properties === true) listProperties(options.json ?? false);
  else if (options.nemesis === true) listNemesis(options.json ?? false);
  else listScenarios(pattern, options.json ?? false);
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

function listProtocols(json: boolean): void {
  const protocols = Object.values(PROTOCOLS);
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

function listBugs(json: boolean): void {
  const bugs = Object.values(PROTOCOLS).flatMap(({ name, bugs: own }) =>
    own.map((bug) => ({ protocol: name, ...bug })),
  );
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

function listProperties(json: boolean): void {
  const invariants = Object.values(PROTOCOLS).flatMap(({ name, invariants: own }) =>
    own.map((invariant) => ({ protocol: name, ...invariant })),
  );
  if (json) {
    print(JSON.stringify({ builtIn: BUILT_IN_PROPERTIES, invariants }, null, 2));
    return;
  }
  print(`every run: ${BUILT_IN_PROPERTIES.join(', ')}`);
  for (const { protocol, name, statement, source } of invariants)
    print(`${protocol}  ${name}: ${statement} (${source})`);
}

function listNemesis(json: boolean): void {
  if (json) {
    print(JSON.stringify({ profiles: NEMESIS_PROFILES, words: NEMESIS_WORDS }, null, 2));
    return;
  }
  print('profiles, for `nemesis: default` or `nemesis: { profile: default, gap: [50ms, 200ms] }`');
  const width = Math.max(...Object.keys(NEMESIS_WORDS).map((word) => word.length));
  for (const [name, { weights }] of Object.entries(NEMESIS_PROFILES)) {
    const words = Object.entries(weights).map(([word, weight]) => `${word} ${weight}`);
    print(`  ${name.padEnd(width)}  ${words.join(', ')}`);
  }
  print('words, for `nemesis: { weights: { kill-one: 2, drop-clients: 1 } }`');
  for (const [word, meaning] of Object.entries(NEMESIS_WORDS))
    print(`  ${word.padEnd(width)}  ${meaning}`);
}
