import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { describeEntry, sameEntry } from '../entry.ts';
import type { Entry } from '../entry.ts';
import type { Membership } from '../membership.ts';
import type { RaftView } from '../observer.ts';
import type { ApplyResult, KeyValueMachine } from '../state-machine.ts';
import type { Snapshot } from '../storage.ts';
import type { Judge } from './judge.ts';
import type { Witness } from './witness.ts';

/** Applied once, in order, by a state machine of our own: what every replica's state is measured against. */
export class Replicas {
  readonly #judge: Judge;
  readonly #reference: KeyValueMachine;
  readonly #witness: Witness;
  /** By index, from 1. */
  readonly #entries: Entry[] = [];
  readonly #results: ApplyResult[] = [];
  readonly #hashes: number[] = [0];
  /** Indexes whose command repeats one that took effect before. */
  readonly #repeats = new Set<number>();
  /** Highest sequence applied, by session. */
  readonly #sequences = new Map<number, number>();
  /** Committed memberships, by index. */
  readonly #memberships: { readonly index: number; readonly membership: Membership }[] = [];
  readonly #lastApplied: number[] = [];

  [INNER_STATE](): unknown {
    return [this.#entries, this.#repeats, this.#sequences, this.#memberships, this.#lastApplied];
  }

  constructor(judge: Judge, reference: KeyValueMachine, initial: Membership, witness: Witness) {
    this.#judge = judge;
    this.#witness = witness;
    this.#reference = reference;
    this.#memberships.push({ index: 0, membership: initial });
  }

  /** State Machine Safety (Raft Figure 3): the same entry, the same answer and the same state at each index. */
  applied(node: RaftView, entry: Entry, result: ApplyResult, stateHash: number): void {
    this.#checkOrder(node, entry);
    const index = entry.index;
    if (index === this.#hashes.length) this.#applyReference(entry);
    const known = this.#entries[index];
    if (known === undefined) return;
    if (!sameEntry(known, entry)) this.#otherEntry(node, entry, known);
    else if (this.#hashes[index] !== stateHash || !sameResult(this.#results[index]!, result))
      this.#otherState(node, entry, result);
  }

  #checkOrder(node: RaftView, entry: Entry): void {
    const before = this.#lastApplied[node.id] ?? 0;
    this.#lastApplied[node.id] = entry.index;
    const name = this.#judge.name(node.id);
    if (entry.index !== before + 1)
      this.#judge.violated(
        'apply-in-order',
        [node.id],
        `${name} applied index ${entry.index} right after index ${before}.`,
        ['each index is applied once, one after the other'],
      );
    if (entry.index > node.commitIndex)
      this.#judge.violated(
        'state-ordering',
        [node.id],
        `${name} applied index ${entry.index}, but only ${node.commitIndex} is committed.`,
        ['an entry that is not committed can still be replaced'],
      );
  }

  #applyReference(entry: Entry): void {
    const { command, index } = entry;
    if (command !== null && command.session > 0) {
      const before = this.#sequences.get(command.session) ?? 0;
      if (command.sequence <= before) this.#repeats.add(index);
      else this.#sequences.set(command.session, command.sequence);
    }
    this.#entries[index] = entry;
    const result = this.#reference.apply(entry);
    this.#results[index] = result;
    this.#hashes[index] = this.#reference.stateHash;
    if (command !== null) this.#witness.applied(entry, result, this.#reference.read(command.key));
    if (entry.membership !== null) this.#memberships.push({ index, membership: entry.membership });
  }

  #otherEntry(node: RaftView, entry: Entry, known: Entry): void {
    this.#judge.violated(
      'state-machine-safety',
      [node.id],
      `${this.#judge.name(node.id)} applied "${describeEntry(entry)}" (term ${entry.term}) at index ${entry.index}, where "${describeEntry(known)}" (term ${known.term}) was applied before.`,
      ['two servers applied different commands at one index'],
    );
  }

  #otherState(node: RaftView, entry: Entry, result: ApplyResult): void {
    const name = this.#judge.name(node.id);
    const answers = [
      `${name} answered ${JSON.stringify(result)}, the reference ${JSON.stringify(this.#results[entry.index])}`,
    ];
    if (this.#repeats.has(entry.index))
      this.#judge.violated(
        'exactly-once',
        [node.id],
        `${name} applied "${describeEntry(entry)}" of session ${entry.command?.session ?? 0} a second time, at index ${entry.index}.`,
        [...answers, 'the command is a retry of one that took effect before'],
      );
    else
      this.#judge.violated(
        'deterministic-apply',
        [node.id],
        `${name} reached another state than the reference by applying "${describeEntry(entry)}" at index ${entry.index}.`,
        answers,
      );
  }

  /** A server restarted, or had a snapshot installed: its state must be the one at that index. */
  resumed(node: RaftView, stateHash: number, how: string): void {
    this.#lastApplied[node.id] = node.lastApplied;
    const expected = this.#hashes[node.lastApplied];
    if (expected === undefined || expected === stateHash) return;
    this.#judge.violated(
      'snapshot-is-prefix',
      [node.id],
      `${this.#judge.name(node.id)} ${how} at index ${node.lastApplied}, but its state is not the one at that index.`,
      ['a snapshot must hold what the entries up to its index produce, sessions included'],
    );
  }

  snapshotTaken(node: RaftView, snapshot: Snapshot): void {
    const index = snapshot.lastIncludedIndex;
    const wrong = (what: string): void => {
      this.#judge.violated(
        'snapshot-is-prefix',
        [node.id],
        `${this.#judge.name(node.id)} took a snapshot that says it ends at index ${index} with ${what}.`,
        [`applied so far: ${node.lastApplied}`],
      );
    };
    if (index !== node.lastApplied) wrong('another index than the state in it');
    if (this.#entries[index]?.term !== snapshot.lastIncludedTerm) wrong('a wrong term');
    if (!this.#sameMembership(index, snapshot.membership)) wrong('a membership not in force there');
  }

  #sameMembership(index: number, membership: Membership): boolean {
    let known = this.#memberships[0]!.membership;
    for (const at of this.#memberships) if (at.index <= index) known = at.membership;
    return known === membership || JSON.stringify(known) === JSON.stringify(membership);
  }

  /**
   * An install must move the state forward, and keep the entries that follow the snapshot's last (Raft Figure 13, rule 6).
   * `suffixUpTo` is the last of them that was durable, 0 when there was none.
   */
  snapshotInstalled(
    node: RaftView,
    snapshot: Snapshot,
    commitBefore: number,
    suffixUpTo: number,
  ): void {
    const index = snapshot.lastIncludedIndex;
    if (index <= commitBefore)
      this.#judge.violated(
        'snapshot-moves-forward',
        [node.id],
        `${this.#judge.name(node.id)} installed a snapshot of index ${index} although it had committed ${commitBefore}.`,
        ['its state machine went back in time'],
      );
    else if (suffixUpTo > 0)
      this.#judge.violated(
        'snapshot-moves-forward',
        [node.id],
        `${this.#judge.name(node.id)} dropped the entries ${index + 1}..${suffixUpTo} when it installed a snapshot that ends at index ${index}, although its log agreed with it.`,
        ['it may have acknowledged them, and a leader may have counted that'],
      );
  }
}

function sameResult(a: ApplyResult, b: ApplyResult): boolean {
  if (a === b || (a.status === b.status && a.value === b.value)) return true;
  return JSON.stringify(a) === JSON.stringify(b);
}
