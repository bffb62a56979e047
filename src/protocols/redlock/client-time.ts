import type { NodeId } from '../../sim/engine/env.ts';

/** How long clients have been at work, by their own monotonic clocks and without their pauses, µs. */
export class ClientTime {
  readonly #clocks = new Map<NodeId, () => number>();
  /** When a pause that goes on began, and the sum of those before it. */
  readonly #pausedUs = new Map<NodeId, number>();
  readonly #awayUs = new Map<NodeId, number>();

  clock(client: NodeId, monotonicUs: () => number): void {
    this.#clocks.set(client, monotonicUs);
  }

  paused(client: NodeId): void {
    const clock = this.#clocks.get(client);
    if (clock !== undefined) this.#pausedUs.set(client, clock());
  }

  /** It goes on, or its process has died while it was paused. */
  resumed(client: NodeId): void {
    const sinceUs = this.#pausedUs.get(client);
    if (sinceUs === undefined) return;
    this.#pausedUs.delete(client);
    const awayUs = this.#clocks.get(client)!() - sinceUs;
    this.#awayUs.set(client, (this.#awayUs.get(client) ?? 0) + awayUs);
  }

  of(client: NodeId): number {
    const nowUs = this.#pausedUs.get(client) ?? this.#clocks.get(client)!();
    return nowUs - (this.#awayUs.get(client) ?? 0);
  }
}
