import { suggest } from '../protocols/nearest.ts';
import { ConfigError, type ProtocolDefinition } from '../protocols/protocol.ts';
import type { Names } from './names.ts';
import type { Problems } from './problems.ts';
import type { ScenarioFile } from './schema.ts';

/** The `config:` section, as its protocol reads it; null when it complains. */
export function compileConfig(
  file: ScenarioFile,
  protocol: ProtocolDefinition,
  names: Names,
  problems: Problems,
): unknown {
  const section = file.config ?? {};
  for (const key of protocol.clientConfigKeys ?? []) {
    const entries = section[key];
    if (typeof entries !== 'object' || entries === null) continue;
    for (const name of Object.keys(entries))
      if (!names.clients.includes(name))
        problems.add(
          ['config', key],
          `no client is called "${name}"`,
          suggest(name, names.clients),
          name,
        );
  }
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
