import { suggest } from '../protocols/nearest.ts';
import { ConfigError, type ProtocolDefinition } from '../protocols/protocol.ts';
import type { Names } from './names.ts';
import type { Problems } from './problems.ts';
import type { ScenarioFile } from './schema.ts';
import { keyName } from './workload.ts';

/** The `config:` section, as its protocol reads it; null when it complains. */
export function compileConfig(
  file: ScenarioFile,
  protocol: ProtocolDefinition,
  names: Names,
  problems: Problems,
): unknown {
  const section = file.config ?? {};
  const check = (key: string, known: readonly string[], noun: string): void => {
    const entries = section[key];
    if (typeof entries !== 'object' || entries === null) return;
    for (const name of Object.keys(entries))
      if (!known.includes(name))
        problems.add(['config', key], `no ${noun} is called "${name}"`, suggest(name, known), name);
  };
  for (const key of protocol.configNames?.clients ?? []) check(key, names.clients, 'client');
  for (const key of protocol.configNames?.keys ?? []) check(key, keysOf(file), 'key');
  try {
    return protocol.parseConfig(section, names.servers.length);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.add(
      ['config'],
      error.message,
      error.fix,
      error.key in section ? error.key : undefined,
    );
    return null;
  }
}

/** The keys that the workload or the script uses. */
function keysOf({ workload, script }: ScenarioFile): readonly string[] {
  const drawn = workload === undefined ? 0 : (workload.keys ?? 1);
  return [
    ...new Set([
      ...Array.from({ length: drawn }, (_, index) => keyName(index)),
      ...(script ?? []).map(({ key }) => key ?? 'x'),
    ]),
  ];
}
