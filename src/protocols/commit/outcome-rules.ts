import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { Ghost } from './ghost.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome } from './xa.ts';

/** The rules about outcomes: agreement, validity, stability, heuristic damage, one commit a request. */
export class OutcomeRules {
  readonly #coordinatorOf: (gid: string) => NodeId;
  readonly #judge: Judge;
  readonly #ledger: Ledger;
  readonly #byRequest = new Map<string, string>();

  constructor(coordinatorOf: (gid: string) => NodeId, judge: Judge, ledger: Ledger) {
    this.#coordinatorOf = coordinatorOf;
    this.#judge = judge;
    this.#ledger = ledger;
  }

  /** A commit needs the yes of everyone. */
  commitNeedsVotes(node: NodeId, { gid, work, votes }: Ghost): void {
    const missing = [...work.keys()].filter((id) => (votes.get(id) ?? 'no') === 'no');
    if (missing.length > 0)
      this.#judge.violated(
        'commit-validity',
        [node, ...missing],
        `${gid} is to be committed without the yes of ${missing.map((id) => this.#judge.name(id)).join(', ')}.`,
        [...votes].map(([id, vote]) => `${this.#judge.name(id)} voted ${vote}.`),
      );
  }

  /** The decision is made, and cannot be undone by any crash. */
  decided(ghost: Ghost, outcome: Outcome): void {
    const { gid, decision } = ghost;
    if (decision === outcome) return;
    if (decision !== null) {
      this.#judge.violated(
        'stability',
        [this.#coordinatorOf(gid)],
        `${gid} was decided ${decision} and is now decided ${outcome}.`,
      );
      return;
    }
    ghost.decision = outcome;
    for (const [node, end] of ghost.ends) this.#compare(ghost, node, end.outcome, end.promised);
    for (const [node, alone] of ghost.heuristics) this.#damage(ghost, node, alone);
    if (outcome === 'abort') return;
    this.#ledger.committed(gid, ghost.work);
    this.#once(ghost);
  }

  #once({ gid, request: attempt, work }: Ghost): void {
    // To look twice has no effect.
    if ([...work.values()].every((changes) => changes.length === 0)) return;
    // What follows a # tells attempts apart; it is one request all the same.
    const [request] = attempt.split('#') as [string];
    const other = this.#byRequest.get(request);
    if (other !== undefined && other !== gid)
      this.#judge.violated(
        'once-per-request',
        [this.#coordinatorOf(gid)],
        `request ${request} was committed twice, as ${other} and as ${gid}.`,
      );
    this.#byRequest.set(request, gid);
  }

  /** A manager ended its branch. */
  ended(ghost: Ghost, node: NodeId, outcome: Outcome): void {
    // It had left; what a restart let a copy of the work open again has no part in the outcome.
    if (ghost.votes.get(node) === 'readOnly') return;
    const promised = ghost.votes.get(node) === 'yes';
    for (const [other, end] of ghost.ends)
      if (
        end.outcome !== outcome &&
        (end.promised || end.outcome === 'commit' || outcome === 'commit')
      )
        this.#judge.violated(
          'agreement',
          [node, other],
          `${ghost.gid} ended with ${outcome} at ${this.#judge.name(node)} and with ${end.outcome} at ${this.#judge.name(other)}.`,
        );
    ghost.ends.set(node, { outcome, promised });
    this.#compare(ghost, node, outcome, promised);
  }

  /** A manager ended its branch without being told. */
  endedAlone(ghost: Ghost, node: NodeId, outcome: Outcome): void {
    ghost.heuristics.set(node, outcome);
    this.#damage(ghost, node, outcome);
  }

  #compare({ gid, decision }: Ghost, node: NodeId, outcome: Outcome, promised: boolean): void {
    if (
      decision === null ||
      decision === outcome ||
      (!promised && outcome === 'abort' && decision === 'abort')
    )
      return;
    this.#judge.violated(
      'agreement',
      [this.#coordinatorOf(gid), node],
      `${gid} was decided ${decision}, and ${this.#judge.name(node)} ended it with ${outcome}.`,
    );
  }

  #damage({ gid, decision }: Ghost, node: NodeId, alone: Outcome): void {
    if (decision !== null && decision !== alone)
      this.#judge.violated(
        'no-heuristic-damage',
        [node],
        `${gid} was decided ${decision}, and ${this.#judge.name(node)} had ended it alone with ${alone}.`,
      );
  }
}
