import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { describeEntry, sameEntry } from '../entry.ts';
import type { Entry } from '../entry.ts';
import type { RaftView } from '../observer.ts';
import { quorum } from './elections.ts';
import type { Elections } from './elections.ts';
import type { Judge } from './judge.ts';
import type { ShadowDisk } from './shadow-disk.ts';

interface CommittedEntry {
  readonly entry: Entry;
  /** The term of the server that first called it committed. */
  readonly inTerm: number;
  readonly by: number;
}

/** What some server has called committed: it must be everywhere, for ever (Raft Figure 3). */
export class Committed {
  readonly #judge: Judge;
  readonly #disks: readonly ShadowDisk[];
  readonly #elections: Elections;
  /** By index. */
  readonly #entries: (CommittedEntry | undefined)[] = [];
  /** Highest index committed in each term, terms ascending. */
  readonly #highest: { readonly term: number; index: number }[] = [];
  /** Per server, in this incarnation. */
  readonly #commitSeen: number[] = [];

  [INNER_STATE](): unknown {
    return [this.#entries, this.#highest, this.#commitSeen];
  }

  constructor(judge: Judge, disks: readonly ShadowDisk[], elections: Elections) {
    this.#judge = judge;
    this.#disks = disks;
    this.#elections = elections;
  }

  entryAt(index: number): Entry | undefined {
    return this.#entries[index]?.entry;
  }

  /** The term of the leader that committed the entry at `index`; Infinity when nobody is known to have. */
  committedInTerm(index: number): number {
    return this.#entries[index]?.inTerm ?? Infinity;
  }

  describe(index: number): string {
    const found = this.#entries[index];
    if (found === undefined) return `nobody is known to have committed index ${index}`;
    return `index ${index} ("${describeEntry(found.entry)}", term ${found.entry.term}) was committed by ${this.#judge.name(found.by)} in term ${found.inTerm}`;
  }

  restarted(node: RaftView): void {
    this.#commitSeen[node.id] = node.commitIndex;
  }

  /** Commit indexes only rise while a server runs. */
  checkMonotonic(node: RaftView): void {
    const seen = this.#commitSeen[node.id] ?? 0;
    if (node.commitIndex >= seen) return;
    this.#commitSeen[node.id] = node.commitIndex;
    this.#judge.violated(
      'commit-monotonic',
      [node.id],
      `${this.#judge.name(node.id)} lowered its commit index from ${seen} to ${node.commitIndex}.`,
      ['what is committed stays committed'],
    );
  }

  advanced(node: RaftView, from: number, counted: boolean): void {
    this.#commitSeen[node.id] = Math.max(this.#commitSeen[node.id] ?? 0, node.commitIndex);
    if (counted) this.#checkCounting(node);
    for (let index = from + 1; index <= node.commitIndex; index += 1) {
      const entry = node.log.at(index);
      if (entry === undefined) {
        this.#beyondLog(node, index);
        return;
      }
      this.#commit(node, entry);
    }
    if (counted) this.#remember(node.currentTerm, node.commitIndex);
  }

  #commit(node: RaftView, entry: Entry): void {
    const known = this.#entries[entry.index];
    if (known === undefined) {
      this.#entries[entry.index] = { entry, inTerm: node.currentTerm, by: node.id };
      return;
    }
    if (sameEntry(known.entry, entry)) return;
    this.#judge.violated(
      'state-machine-safety',
      [known.by, node.id],
      `${this.#judge.name(node.id)} committed "${describeEntry(entry)}" (term ${entry.term}) at index ${entry.index}, where another entry is committed.`,
      [this.describe(entry.index), 'two servers would apply different commands at one index'],
    );
  }

  #beyondLog(node: RaftView, index: number): void {
    this.#judge.violated(
      'state-ordering',
      [node.id],
      `${this.#judge.name(node.id)} set its commit index to ${node.commitIndex}, but its log ends at ${node.log.lastIndex}.`,
      [`index ${index} is not there to be committed`],
    );
  }

  /** A leader may count replicas only of entries of its own term, and only durable ones of a quorum. */
  #checkCounting(node: RaftView): void {
    const index = node.commitIndex;
    const entry = node.log.at(index);
    if (entry === undefined) return;
    const name = this.#judge.name(node.id);
    if (entry.term !== node.currentTerm) {
      this.#judge.violated(
        'own-term-commit',
        [node.id],
        `${name}, leader of term ${node.currentTerm}, committed index ${index} of term ${entry.term} by counting replicas.`,
        [
          'an entry of an earlier term can still be overwritten although a majority holds it (Raft §5.4.2, Figure 8)',
        ],
      );
      return;
    }
    const held = (id: number): boolean => {
      const disk = this.#disks[id];
      return disk === undefined || disk.lost || disk.holdsEntry(entry);
    };
    if (!quorum(node.membership, held)) {
      const { voters } = node.membership;
      const holders = voters.filter(held);
      const where =
        holders.length === 0
          ? 'durable on no server'
          : `durable on ${this.#judge.names(holders)} only`;
      this.#judge.violated(
        'committed-on-durable-quorum',
        [node.id],
        `${name} committed index ${index} (term ${entry.term}) that is ${where}, not on a majority of ${this.#judge.names(voters)}.`,
        ['a leader that none of them votes for could be elected without the entry'],
      );
    }
    this.#checkLaterLeaders(node, entry);
  }

  /** A slow leader commits after its successor was elected: the successor must have had the entry. */
  #checkLaterLeaders(node: RaftView, entry: Entry): void {
    if (this.#elections.highestLeaderTerm <= node.currentTerm) return;
    for (const leader of this.#elections.leaders)
      if (leader.term > node.currentTerm && !leader.log.holds(entry.index, entry.term))
        this.#judge.violated(
          'leader-completeness',
          [node.id, leader.id],
          `${this.#judge.name(node.id)} committed index ${entry.index} in term ${node.currentTerm}, but ${this.#judge.name(leader.id)} was elected in term ${leader.term} without it.`,
          [`its log ended at ${leader.log.lastIndex} when it was elected`],
        );
  }

  /** A client is told that its command took effect: it must be the one committed at its index. */
  acknowledged(node: RaftView, entry: Entry): void {
    const committed = this.entryAt(entry.index);
    if (committed !== undefined && sameEntry(committed, entry)) return;
    this.#judge.violated(
      'answers-are-committed',
      [node.id],
      `${this.#judge.name(node.id)} answered a client for "${describeEntry(entry)}" (index ${entry.index}, term ${entry.term}), which is not committed there.`,
      [this.describe(entry.index), 'the command may never take effect'],
    );
  }

  #remember(term: number, index: number): void {
    let at = this.#highest.length;
    while (at > 0 && this.#highest[at - 1]!.term > term) at -= 1;
    const known = this.#highest[at - 1];
    if (known?.term === term) known.index = Math.max(known.index, index);
    else this.#highest.splice(at, 0, { term, index });
  }

  /** Leader Completeness (Raft §5.4): a leader has every entry committed in earlier terms. */
  becameLeader(node: RaftView): void {
    let index = 0;
    for (const record of this.#highest)
      if (record.term < node.currentTerm) index = Math.max(index, record.index);
    if (index === 0 || index <= node.log.compactedIndex) return;
    const committed = this.#entries[index];
    if (committed === undefined || node.log.termAt(index) === committed.entry.term) return;
    const name = this.#judge.name(node.id);
    const own = node.log.termAt(index);
    this.#judge.violated(
      'leader-completeness',
      [node.id, committed.by],
      `${name} became leader of term ${node.currentTerm} without the committed entry at index ${index}.`,
      [
        this.describe(index),
        own === undefined
          ? `the log of ${name} ends at ${node.log.lastIndex}`
          : `${name} has an entry of term ${own} there`,
      ],
    );
  }
}
