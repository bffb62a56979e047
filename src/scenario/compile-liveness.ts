import type { ProtocolDefinition } from '../protocols/protocol.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type { HealPlan, Scenario } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';
import { parseDurationUs } from './units.ts';

const DEFAULT_LIVENESS_US = 5_000_000;

type LivenessEntry = Exclude<ScenarioFile['liveness'], string | undefined>;

/**
 * The `liveness:` section. A core that does not suffice is refused here: whoever is healed in a run is owed an answer, and
 * there is no excuse afterwards.
 */
export function compileLiveness(
  entry: ScenarioFile['liveness'],
  protocol: ProtocolDefinition,
  config: unknown,
  servers: readonly string[],
  problems: Problems,
): Pick<Scenario, 'livenessUs' | 'heal'> {
  if (entry === 'none') return { livenessUs: null, heal: { kind: 'all' } };
  if (entry === undefined) return { livenessUs: DEFAULT_LIVENESS_US, heal: { kind: 'all' } };
  if (typeof entry === 'string')
    return { livenessUs: parseDurationUs(entry), heal: { kind: 'all' } };
  return {
    livenessUs: entry.within === undefined ? DEFAULT_LIVENESS_US : parseDurationUs(entry.within),
    heal: compileHeal(entry, protocol, config, servers, problems),
  };
}

function compileHeal(
  { heal = 'all', left = {} }: LivenessEntry,
  protocol: ProtocolDefinition,
  config: unknown,
  servers: readonly string[],
  problems: Problems,
): HealPlan {
  const named = typeof heal === 'object';
  if (!named && Object.keys(left).length > 0)
    problems.add(
      ['liveness', 'left'],
      '`left` says what becomes of the servers outside a named core, and `heal` names none',
      'write `heal: [n1, n2]`, the servers that are healed',
    );
  if (heal === 'all') return { kind: 'all' };
  if (protocol.core === undefined) {
    problems.add(
      ['liveness', 'heal'],
      `${protocol.name} needs every server: no part of them is a core`,
      'write `heal: all`',
    );
    return { kind: 'all' };
  }
  // A configuration that was refused is null, and the file has been told so.
  const excuse = config === null ? null : (protocol.core.excuse?.(config) ?? null);
  if (excuse !== null)
    problems.add(
      ['liveness', 'heal'],
      `no core can be relied on: ${excuse}`,
      'write `heal: all`, or take this out of `config`',
    );
  if (!named) return { kind: 'quorum-core' };
  for (const [index, name] of heal.entries())
    if (!servers.includes(name))
      problems.add(
        ['liveness', 'heal', index],
        `no server is called "${name}"`,
        suggest(name, servers),
      );
  for (const name of Object.keys(left))
    if (!servers.includes(name) || heal.includes(name))
      problems.add(
        ['liveness', 'left'],
        heal.includes(name) ? `${name} is in the core` : `no server is called "${name}"`,
        'name servers outside the core',
        name,
      );
  const ids = servers.map((_, index) => index);
  const core = ids.filter((id) => heal.includes(servers[id]!));
  if (config !== null && !protocol.core.suffices(config, ids, core))
    problems.add(
      ['liveness', 'heal'],
      `${heal.join(', ')} cannot serve without the others`,
      'name more servers',
    );
  return { kind: 'core', core: heal, left };
}
