import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { Ghost } from './ghost.ts';
import type { Outcome } from './xa.ts';

/** What the rules ask of a node's log. */
interface Durable {
  isDurable(key: string): boolean;
}

/** The rules about what may be said: durable first, presumed truly, forgotten safely, heuristics reported. */
export class TalkRules {
  readonly #judge: Judge;
  readonly #logs: ReadonlyMap<NodeId, Durable>;

  constructor(judge: Judge, logs: ReadonlyMap<NodeId, Durable>) {
    this.#judge = judge;
    this.#logs = logs;
  }

  /** One of the records `kinds` of the transaction must be on the sender's disk. */
  mustBeDurable(
    from: NodeId,
    { type, gid }: { readonly type: string; readonly gid: string },
    kinds: readonly string[],
  ): void {
    const log = this.#logs.get(from);
    if (log === undefined || kinds.some((kind) => log.isDurable(`${kind}:${gid}`))) return;
    this.#judge.violated(
      'durable-before-talk',
      [from],
      `${this.#judge.name(from)} sends ${type} of ${gid}, and what it says is not on its disk.`,
      [`A power loss now would take the ${kinds[0]!} record, and the promise with it.`],
    );
  }

  /** Who is asked for a vote after the decision will wait for one that was made without it. */
  asksInTime(from: NodeId, to: NodeId, { gid, decision }: Ghost): void {
    if (decision !== null)
      this.#judge.violated(
        'no-orphan',
        [from, to],
        `${this.#judge.name(from)} asks ${this.#judge.name(to)} to prepare ${gid}, which was decided ${decision} before.`,
      );
  }

  /** A yes after the end, which is on the voter's disk: nobody will end the branch a second time. */
  promisesInTime(from: NodeId, gid: string): void {
    const end = ['commit', 'abort'].find((kind) =>
      this.#logs.get(from)?.isDurable(`${kind}:${gid}`),
    );
    if (end !== undefined)
      this.#judge.violated(
        'no-orphan',
        [from],
        `${this.#judge.name(from)} votes yes to ${gid}, whose ${end} is on its disk already.`,
      );
  }

  /** Somebody without a record answers with the presumption. `prepared`: the one who is told can act on it. */
  presumes(from: NodeId, to: NodeId, ghost: Ghost, outcome: Outcome, prepared: boolean): void {
    const { gid, decision } = ghost;
    if (decision === null && outcome === 'abort')
      this.#judge.violated(
        'abort-validity',
        [from, to],
        `${gid} is under way, and ${this.#judge.name(to)} is told to abort it as one nobody knows.`,
      );
    else if (decision !== outcome && prepared)
      this.#judge.violated(
        'presumption-true',
        [from, to],
        `${this.#judge.name(from)} has no record of ${gid} and presumes ${outcome}; it was ${decision === null ? 'never decided' : `decided ${decision}`}.`,
      );
  }

  /** A coordinator forgets a transaction. */
  forgets(node: NodeId, gid: string, ghosts: ReadonlyMap<string, Ghost>): void {
    const asking = [...(ghosts.get(gid)?.votes ?? [])].filter(([id, vote]) => {
      const log = this.#logs.get(id);
      const over = ['commit', 'abort', 'heuristic'].some((kind) =>
        log?.isDurable(`${kind}:${gid}`),
      );
      return vote === 'yes' && !over;
    });
    if (asking.length > 0)
      this.#judge.violated(
        'forget-safely',
        [node, ...asking.map(([id]) => id)],
        `${this.#judge.name(node)} forgets ${gid}, which ${asking.map(([id]) => this.#judge.name(id)).join(', ')} may still ask about.`,
      );
  }

  /** A manager forgets that it ended a branch alone. */
  forgetsHeuristic(node: NodeId, ghost: Ghost | undefined): void {
    if (ghost?.reported.has(node) === false)
      this.#judge.violated(
        'heuristics-reported',
        [node],
        `${this.#judge.name(node)} forgets that it ended ${ghost.gid} alone, and has told nobody.`,
      );
  }
}
