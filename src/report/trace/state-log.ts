import type { NodeId } from '../../sim/engine/env.ts';

/** What a server's protocol says of itself after an event: its role as a word, and all of it as a line. */
export interface LaneState {
  /** `leader`, `resource`, ...; `down` while there is no process. */
  readonly role: string;
  /** `leader t3 log 1..7 commit 6`. */
  readonly text: string;
}

export interface StateChange {
  /** The event after which it is so. */
  readonly event: number;
  readonly timeUs: number;
  readonly state: LaneState;
}

export const DOWN: LaneState = { role: 'down', text: 'down' };

/** The states of every server over a run, only where they change. */
export class StateLog {
  readonly #changes: StateChange[][];
  readonly #known = new Map<string, LaneState>();

  constructor(servers: number) {
    this.#changes = Array.from({ length: servers }, () => []);
  }

  note(node: NodeId, event: number, timeUs: number, role: string, text: string): void {
    const changes = this.#changes[node]!;
    const last = changes.at(-1)?.state ?? DOWN;
    if (last.text === text && last.role === role) return;
    const key = `${role}\n${text}`;
    let state = this.#known.get(key);
    if (state === undefined) {
      state = { role, text };
      this.#known.set(key, state);
    }
    changes.push({ event, timeUs, state });
  }

  /** Every change of a server's state, oldest first; before the first it is {@link DOWN}. Empty for a client. */
  changesOf(node: NodeId): readonly StateChange[] {
    return this.#changes[node] ?? [];
  }

  /** The state of a server when `event` had had its effect; null for a client. */
  at(node: NodeId, event: number): LaneState | null {
    const changes = this.#changes[node];
    if (changes === undefined) return null;
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle]!.event <= event) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? DOWN : changes[low - 1]!.state;
  }
}
