import type { NodeId } from '../../sim/engine/env.ts';

/** How a server stands to a transaction; `nothing`: it has not heard of it, or voted read-only. */
export type Standing = 'nothing' | 'uncertain' | 'preCommitted' | 'committed' | 'aborted';

/** What to do now; `preCommit`: bring the uncertain ones to pre-commit, then commit. */
export type Verdict = 'commit' | 'abort' | 'preCommit' | 'wait';

/** One run of the termination protocol: whom it asks, and what it has heard. */
export class Poll {
  readonly #asked: readonly NodeId[];
  readonly standings = new Map<NodeId, Standing>();
  /** Who has acknowledged the pre-commit of this run. */
  readonly acked = new Set<NodeId>();
  preCommitting = false;

  constructor(asked: readonly NodeId[]) {
    this.#asked = asked;
  }

  get complete(): boolean {
    return this.standings.size === this.#asked.length;
  }

  withStanding(standing: Standing): readonly NodeId[] {
    return [...this.standings].flatMap(([node, other]) => (other === standing ? [node] : []));
  }

  /**
   * The rule of the termination protocol (Skeen 1981; Bernstein, Hadzilacos & Goodman 1987, §7.5). Who does not answer is
   * dead: that is the assumption the protocol stands on. `recovered`: this server was dead itself, and others may have
   * decided without it; it needs a decision, or everybody's answer.
   */
  verdict(own: Standing, recovered: boolean): Verdict {
    const all = [own, ...this.standings.values()];
    if (all.includes('committed')) return 'commit';
    if (all.includes('aborted')) return 'abort';
    if (recovered && !this.complete) return 'wait';
    return all.includes('preCommitted') ? 'preCommit' : 'abort';
  }
}
