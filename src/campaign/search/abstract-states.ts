import type { World } from '../../scenario/world.ts';

/** Events between two looks at the cluster, beside those at marks, crashes and faults. */
const LOOK_EVERY = 64;

/**
 * The abstract states that a run passes through: what every server says of itself, with numbers replaced by their rank
 * among the servers and the faults under way. Two runs in equal abstract states tell the same story with other numbers.
 */
export class AbstractStates {
  readonly seen = new Set<number>();
  /** Which near misses of the protocol were there at once, with the roles of the servers. */
  readonly nearMisses = new Set<number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    const { observer } = world.simulation;
    world.simulation.observer = {
      ...observer,
      onMark: (node, name, detail) => {
        observer?.onMark?.(node, name, detail);
        this.#look();
      },
      onNodeChange: (node, change) => {
        observer?.onNodeChange?.(node, change);
        if (change === 'crash') this.#look();
      },
      onEvent: (event) => {
        observer?.onEvent?.(event);
        if (event % LOOK_EVERY === 0) this.#look();
      },
    };
  }

  #look(): void {
    const { simulation, servers, scenario, faults } = this.#world;
    const texts = servers.map((node) => {
      const host = simulation.hosts[node]!;
      if (host.status !== 'up' || host.program === null) return host.status;
      return scenario.protocol.view.describe(host.program);
    });
    this.#lookForNearMisses();
    // Servers are interchangeable: which of them is where makes no other state.
    this.seen.add(hashOf([...ranked(texts).sort(byText), `faults ${faults.active}`].join('|')));
  }

  #lookForNearMisses(): void {
    const { simulation, servers, scenario } = this.#world;
    const look = scenario.protocol.campaign?.nearMisses;
    if (look === undefined) return;
    const programs = servers.flatMap((node) => simulation.hosts[node]!.program ?? []);
    const near = look(programs);
    if (near.length === 0) return;
    const roles = programs.map((program) => scenario.protocol.view.role(program)).sort(byText);
    this.nearMisses.add(hashOf([...new Set(near), ...roles].join('|')));
  }
}

/** Every n-th number of a text becomes its rank among the n-th numbers of all texts. */
function ranked(texts: readonly string[]): string[] {
  const numbers = texts.map((text) => (text.match(/\d+/g) ?? []).map(Number));
  const longest = Math.max(0, ...numbers.map((row) => row.length));
  const ranks = Array.from({ length: longest }, (_, column) => {
    const values = [...new Set(numbers.flatMap((row) => row.slice(column, column + 1)))];
    return values.sort((a, b) => a - b);
  });
  return texts.map((text) => {
    let column = 0;
    return text.replaceAll(/\d+/g, (number) => `#${ranks[column++]!.indexOf(Number(number))}`);
  });
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
