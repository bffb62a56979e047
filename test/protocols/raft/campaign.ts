import type { Fault } from '../../../src/sim/faults/fault.ts';
import { World } from './world.ts';
import type { WorldOptions } from './world.ts';

export interface CampaignOptions extends Omit<WorldOptions, 'seed'> {
  /** A nemesis profile by name, or the schedule itself. */
  readonly faults?: string | readonly Fault[];
}

export interface CampaignRun {
  readonly world: World;
  /** The first thing that went wrong: an invariant's name, `crash`, `liveness`, `linearizable`; null when nothing did. */
  readonly found: string | null;
}

const FAULTS_FROM_US = 200_000;
const HEAL_US = 2_500_000;
const CLIENTS_UNTIL_US = 3_200_000;
const BOUND_US = 4_000_000;

/** True when one leader serves, out of any joint phase, and every voter has all that it committed. */
function settled(world: World): boolean {
  const leader = world.leader();
  return (
    leader !== null &&
    leader.membership.outgoing === null &&
    leader.commitIndex === leader.log.lastIndex &&
    leader.membership.voters.every(
      (id) => world.up(id) && world.server(id).commitIndex === leader.commitIndex,
    )
  );
}

/** A fault phase under client load, a heal, and a phase in which the cluster must serve and converge. */
export function campaignRun(seed: string, options: CampaignOptions): CampaignRun {
  const world = new World({ seed, servers: 5, clients: 4, ...options });
  const { faults = 'default' } = options;
  const schedule =
    typeof faults === 'string' ? world.nemesis(faults, FAULTS_FROM_US, HEAL_US) : faults;
  const engine = world.faults(schedule);
  world.keepBusy(CLIENTS_UNTIL_US);
  const wrong = (): boolean => world.violations.length > 0 || world.simulation.failures.length > 0;
  const advance = (untilUs: number, done: () => boolean): void => {
    for (let atUs = world.simulation.nowUs; atUs < untilUs && !wrong() && !done(); atUs += 20_000)
      world.simulation.run({ untilUs: atUs });
  };
  advance(HEAL_US, () => false);
  engine.heal();
  advance(CLIENTS_UNTIL_US, () => false);
  let live = false;
  advance(CLIENTS_UNTIL_US + BOUND_US, () => {
    live = settled(world) && servedAfterHeal(world);
    return live;
  });
  return { world, found: verdict(world, live) };
}

function servedAfterHeal(world: World): boolean {
  return world.done.some(
    ({ outcome, operation, completedUs }) =>
      outcome.type === 'ok' && operation.f === 'write' && completedUs > HEAL_US + 200_000,
  );
}

function verdict(world: World, live: boolean): string | null {
  const [violation] = world.violations;
  if (violation !== undefined) return violation.invariant;
  if (world.simulation.failures.length > 0) return 'crash';
  if (world.linearizable() === 'violated') return 'linearizable';
  return live ? null : 'liveness';
}
