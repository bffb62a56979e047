import type { InvariantViolation } from '../../protocol.ts';
import type { RaftConfig } from '../config.ts';
import { isMember } from '../membership.ts';
import type { RaftView } from '../observer.ts';
import type { Cluster } from './cluster.ts';
import { quorum } from './elections.ts';
import type { Judge } from './judge.ts';

/**
 * An operator that keeps changing things leaves no moment in which everything is equal: then each of these must have been
 * right at some time within so many maximum election timeouts.
 */
const WINDOW_TIMEOUTS = 4;
/** A leader that steps back one entry a round trip needs longer in office. */
const SLOW_OFFICE_TIMEOUTS = 10;

/** After the heal all members come to one leader, one log, one commit index, one state. */
export class Convergence {
  readonly #judge: Judge;
  readonly #config: RaftConfig;
  readonly #cluster: Cluster;
  readonly #nowUs: () => number;
  /** Who has answered which leader since the heal: who never did is cut off from it for good. */
  readonly #answered: (true | undefined)[][] = [];
  /** When each condition was true last. */
  readonly #trueUs = new Map<string, number>();
  /** What was wrong at the last look, by condition. */
  readonly #wrong = new Map<string, string>();
  #handedOverUs = Number.NEGATIVE_INFINITY;
  /** By follower: which leader's term and which stretch of its membership it is in, and since when. */
  readonly #stretches: { term: number; session: number; sinceUs: number }[] = [];

  constructor(judge: Judge, config: RaftConfig, cluster: Cluster, nowUs: () => number) {
    this.#judge = judge;
    this.#config = config;
    this.#cluster = cluster;
    this.#nowUs = nowUs;
  }

  answered(from: number, to: number): void {
    (this.#answered[from] ??= [])[to] = true;
  }

  /** A leader speaks to a follower. */
  addressed(
    to: number,
    { term, session }: { readonly term: number; readonly session: number },
  ): void {
    const stretch = this.#stretches[to];
    if (
      stretch !== undefined &&
      (stretch.term > term || (stretch.term === term && stretch.session === session))
    )
      return;
    this.#stretches[to] = { term, session, sinceUs: this.#nowUs() };
  }

  handedOver(): void {
    this.#handedOverUs = this.#nowUs();
  }

  /** What is not as it must be, and has not been for a while. */
  unfinished(): readonly InvariantViolation[] {
    const nowUs = this.#nowUs();
    const timeoutUs = this.#config.electionTimeoutMaxUs;
    if (this.#isHasty(nowUs, this.#handedOverUs)) return [];
    this.#look(nowUs);
    const because = this.#cluster.states();
    return [...this.#wrong].flatMap(([condition, sentence]) =>
      nowUs - this.#lastTrue(condition) <= WINDOW_TIMEOUTS * timeoutUs
        ? []
        : [{ invariant: 'logs-converge', sentence, because, nodes: [] }],
    );
  }

  /** One entry a round trip back: since then that may not have come to the end yet. */
  #isHasty(nowUs: number, sinceUs: number): boolean {
    const { backtracking, electionTimeoutMaxUs } = this.#config;
    return backtracking === 'slow' && nowUs - sinceUs < SLOW_OFFICE_TIMEOUTS * electionTimeoutMaxUs;
  }

  /** While there is no leader the rest stands as it was seen last. */
  #look(nowUs: number): void {
    if (this.#cluster.leader() !== null) this.#wrong.clear();
    for (const [condition, sentence] of this.#conditions())
      if (sentence === null) this.#trueUs.set(condition, nowUs);
      else this.#wrong.set(condition, sentence);
  }

  #lastTrue(condition: string): number {
    return this.#trueUs.get(condition) ?? Number.NEGATIVE_INFINITY;
  }

  /** Each with what is wrong about it now, or null. */
  *#conditions(): Generator<readonly [string, string | null]> {
    const leader = this.#cluster.leader();
    const members = leader?.membership ?? this.#cluster.mostCommitted()?.membership;
    // Without a quorum of servers that may take part nothing can be asked.
    if (members === undefined || !quorum(members, (id) => this.#cluster.ready(id))) return;
    yield [
      'leader',
      leader === null ? 'After the heal the servers have not come to one leader.' : null,
    ];
    if (leader === null) return;
    yield ['joint phase', this.#stillJoint(leader)];
    yield ['handover', this.#stillHandsOver(leader)];
    yield ['commit', this.#stillUncommitted(leader)];
    for (const node of this.#cluster.running)
      if (node !== undefined && isMember(members, node.id) && this.#reachable(node, leader))
        yield [`log of ${node.id}`, this.#stillBehind(node, leader)];
  }

  #reachable(node: RaftView, leader: RaftView): boolean {
    return (
      node !== leader &&
      this.#cluster.ready(node.id) &&
      this.#answered[node.id]?.[leader.id] === true &&
      // Taken out and added again it starts anew from the end of the leader's log.
      !this.#isHasty(this.#nowUs(), this.#stretches[node.id]?.sinceUs ?? this.#nowUs())
    );
  }

  #stillJoint({ id, membership }: RaftView): string | null {
    if (membership.outgoing === null || !this.#config.autoLeave) return null;
    return `After the heal ${this.#judge.name(id)} has not ended the joint phase of a membership change.`;
  }

  #stillHandsOver({ id, transferTarget }: RaftView): string | null {
    if (transferTarget === null) return null;
    return `After the heal ${this.#judge.name(id)} still hands its office over to ${this.#judge.name(transferTarget)}, and takes no commands.`;
  }

  #stillUncommitted({ id, currentTerm, commitIndex, log }: RaftView): string | null {
    if (commitIndex === log.lastIndex) return null;
    return `After the heal ${this.#judge.name(id)}, leader of term ${currentTerm}, has committed only ${commitIndex} of ${log.lastIndex} entries.`;
  }

  #stillBehind(node: RaftView, leader: RaftView): string | null {
    const { log, commitIndex } = leader;
    const equal =
      node.log.lastIndex === log.lastIndex &&
      node.log.lastTerm === log.lastTerm &&
      node.commitIndex === commitIndex &&
      node.lastApplied === commitIndex;
    if (equal) return null;
    return `After the heal ${this.#judge.name(node.id)} has not come to the log of ${this.#judge.name(leader.id)}, leader of term ${leader.currentTerm}.`;
  }
}
