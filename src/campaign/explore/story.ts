import { writeDuration } from '../../scenario/units.ts';
import type { FaultEntry, StepEntry } from '../../scenario/schema.ts';
import type { ScenarioDocument } from '../documents/document.ts';
import { argOf, kindOf, timerOf, type Action } from './action.ts';
import { ExploredCluster, STEP_US, SYNC_US, type Exploration } from './explored-cluster.ts';
import type { HeldMessage } from './held-messages.ts';

/** What happens to one message in a story. */
interface Journey {
  readonly message: HeldMessage;
  readonly arrivesUs: number[];
  /** It was lost, or has nothing more to come; otherwise it is on its way for ever. */
  decided: boolean;
}

/**
 * A path as an ordinary scenario: every arrival, timeout, crash and request at its own virtual time. `run` comes to the
 * same states, because the explorer's steps are the very events of that run.
 */
export function storyDocument(
  small: ScenarioDocument,
  exploration: Exploration,
  path: readonly Action[],
): ScenarioDocument {
  const teller = new Teller(exploration, path);
  const { script, faults } = teller.tell();
  const endUs = (path.length + 1) * STEP_US;
  return {
    ...small,
    seed: exploration.seed,
    duration: writeDuration(endUs),
    ...(script.length === 0 ? {} : { script }),
    ...(faults.length === 0 ? {} : { faults }),
  };
}

class Teller {
  readonly #exploration: Exploration;
  readonly #path: readonly Action[];
  readonly #names: readonly string[];
  readonly #journeys = new Map<number, Journey>();
  readonly #faults: FaultEntry[] = [];
  readonly #script: StepEntry[] = [];
  /** By client: operations told so far. */
  readonly #begun: number[];
  /** By server: when its disk last stopped answering; null: it answers. */
  readonly #stalledUs = new Map<number, number>();

  constructor(exploration: Exploration, path: readonly Action[]) {
    this.#exploration = exploration;
    this.#path = path;
    const { servers, clients } = exploration.scenario;
    this.#names = [...servers, ...clients];
    this.#begun = clients.map(() => 0);
    if (exploration.bounds.syncs === 1)
      for (const [server] of servers.entries()) this.#stalledUs.set(server, 0);
  }

  tell(): { readonly script: StepEntry[]; readonly faults: FaultEntry[] } {
    const cluster = new ExploredCluster(this.#exploration, []);
    for (const [index, step] of this.#path.entries()) {
      this.#tellStep(cluster, step, (index + 1) * STEP_US);
      cluster.apply(step);
    }
    for (const [server, sinceUs] of this.#stalledUs) this.#tellStall(server, sinceUs, null);
    const journeys = [...this.#journeys.values()]
      .filter(({ decided }) => decided)
      .sort((one, other) => one.message.sequence - other.message.sequence)
      .map((journey) => this.#journeyEntry(journey));
    return { script: this.#script, faults: [...this.#faults, ...journeys] };
  }

  #tellStep(cluster: ExploredCluster, step: Action, atUs: number): void {
    const arg = argOf(step);
    const kind = kindOf(step);
    const at = writeDuration(atUs);
    const id = `step${atUs / STEP_US}`;
    switch (kind) {
      case 'deliver':
      case 'duplicate':
      case 'drop': {
        const journey = this.#journeyOf(cluster.message(arg));
        if (kind !== 'drop') journey.arrivesUs.push(atUs);
        journey.decided = true;
        return;
      }
      case 'request':
        this.#script.push(this.#operation(arg, id, at));
        return;
      case 'timer': {
        const [node, timer] = timerOf(step);
        const name = this.#exploration.timers[timer]!;
        this.#faults.push({ id, at, kind: 'fire-timer', target: this.#names[node]!, timer: name });
        return;
      }
      case 'wake':
        this.#faults.push({ id, at, kind: 'wake', target: this.#names[arg]! });
        return;
      case 'kill':
      case 'power-loss':
        this.#faults.push({ id, at, kind, target: this.#names[arg]! });
        return;
      case 'restart':
        this.#tellRestart(this.#names[arg]!, at);
        return;
      case 'sync':
        this.#tellStall(arg, this.#stalledUs.get(arg)!, atUs);
        this.#stalledUs.set(arg, atUs + SYNC_US);
    }
  }

  #journeyOf(message: HeldMessage): Journey {
    let journey = this.#journeys.get(message.sequence);
    if (journey === undefined) {
      journey = { message, arrivesUs: [], decided: false };
      this.#journeys.set(message.sequence, journey);
    }
    return journey;
  }

  #journeyEntry({ message: { sequence, message, from, to, nth }, arrivesUs }: Journey): FaultEntry {
    return {
      id: `message${sequence + 1}`,
      at: '0us',
      kind: 'message',
      type: message.type,
      from: this.#names[from]!,
      to: this.#names[to]!,
      ...(nth === 1 ? {} : { nth }),
      arrives: arrivesUs.map(writeDuration),
    };
  }

  #operation(client: number, id: string, at: string): StepEntry {
    const { scenario, operations } = this.#exploration;
    const index = this.#begun[client]!;
    this.#begun[client] = index + 1;
    const { f, key, value } = operations[client]![index]!;
    return {
      id,
      at,
      client: scenario.clients[client]!,
      do: f,
      ...(key === null ? {} : { key }),
      ...(value === null || value === undefined ? {} : { value }),
    };
  }

  /** The crash that it ends is the latest of this server. */
  #tellRestart(server: string, until: string): void {
    const index = this.#faults.findLastIndex(
      ({ kind, target }) => target === server && (kind === 'kill' || kind === 'power-loss'),
    );
    this.#faults[index] = { ...this.#faults[index]!, until };
  }

  #tellStall(server: number, sinceUs: number, untilUs: number | null): void {
    const name = this.#names[server]!;
    this.#faults.push({
      id: `stall-${name}-${sinceUs}us`,
      at: writeDuration(sinceUs),
      kind: 'stalled-disk',
      target: name,
      ...(untilUs === null ? {} : { until: writeDuration(untilUs) }),
      mayMiss: true,
    });
  }
}
