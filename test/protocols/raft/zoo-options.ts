import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import type { BugDefinition } from '../../../src/protocols/protocol.ts';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import type { CampaignOptions } from './campaign.ts';

/** What a campaign run needs for this bug: its setup, with the words of scenario files compiled. */
export function zooOptions({ id, setup = {} }: BugDefinition): CampaignOptions {
  const { servers = 5, config, nemesis, faults, unsynced = 'none' } = setup;
  return {
    bug: id,
    servers,
    unsynced,
    config: { attemptTimeout: '60ms', ...config },
    faults: faults === undefined ? (nemesis ?? 'default') : compiled(faults, servers),
  };
}

function compiled(faults: unknown, servers: number): readonly Fault[] {
  const file = {
    name: 'zoo',
    title: 'the faults of a bug',
    protocol: 'raft',
    topology: { servers },
    duration: '10s',
    faults,
  };
  return compileScenario(JSON.stringify(file), 'zoo.yaml', PROTOCOLS).faults;
}
