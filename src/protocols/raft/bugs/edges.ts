import type { NodeId } from '../../../sim/engine/env.ts';
import type { AppendEntries, ClientRequest, RaftMessage } from '../messages.ts';
import type { Caller } from '../core/reads.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class LeaderKeepsOffice extends Raft {
  protected override observeTerm(term: number): void {
    if (this.role === 'leader' && term > this.currentTerm) this.enterTerm(term, null);
    else super.observeTerm(term);
  }
}

class RequestTermAhead extends Raft {
  protected override transmit(to: NodeId, message: RaftMessage): void {
    const ahead = message.type === 'RequestVote';
    super.transmit(to, ahead ? { ...message, term: message.term + 1 } : message);
  }
}

class PrevZeroAppendsBlindly extends Raft {
  protected override storeEntries(entries: readonly Entry[]): void {
    if (entries[0]?.index === 1) for (const entry of entries) this.appendEntry(entry);
    else super.storeEntries(entries);
  }
}

class HeartbeatCommitNotCut extends Raft {
  protected override learnCommit(request: AppendEntries, lastNew: number): void {
    const end = request.entries.length === 0 ? this.log.lastIndex : lastNew;
    super.learnCommit(request, end);
  }
}

class AppliesOnlyTheLast extends Raft {
  protected override applyCommitted(): void {
    if (this.commitIndex > this.lastApplied) this.lastApplied = this.commitIndex - 1;
    super.applyCommitted();
  }
}

class ForgetfulMachine extends KeyValueMachine {
  protected override tookEffect(): boolean {
    return false;
  }
}

class DedupAtPropose extends Raft {
  readonly #answers = new Map<
    number,
    { readonly sequence: number; readonly result: ApplyResult }
  >();

  protected override createMachine(): KeyValueMachine {
    return new ForgetfulMachine(this.config.sessionExpiryUs);
  }

  protected override entryApplied(entry: Entry, result: ApplyResult): void {
    const { command } = entry;
    if (command !== null && command.session > 0)
      this.#answers.set(command.session, { sequence: command.sequence, result });
    super.entryApplied(entry, result);
  }

  protected override proposeCommand(caller: Caller, request: ClientRequest): void {
    const known = this.#answers.get(request.session);
    if (known?.sequence === request.sequence)
      this.answer(caller, known.result.status, known.result.value);
    else super.proposeCommand(caller, request);
  }
}

/** Bugs at the edges: where terms meet roles, messages meet terms, the log meets its beginning, sessions meet the log. */
export const edgeBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'leader-keeps-office',
    'A leader that hears of a later term takes the term over and goes on leading.',
    'B015; Raft §5.1; openraft 4015cc38',
    ['election-safety', 'log-matching'],
    'partition',
    'easy',
    { core: LeaderKeepsOffice },
  ),
  bug(
    'request-term-ahead',
    'A candidate asks for votes in the term after the one it has entered.',
    'raft.tla, MessageTermsLtCurrentTerm',
    ['message-term', 'liveness', 'promise-after-durable'],
    [],
    'easy',
    { core: RequestTermAhead },
  ),
  bug(
    'first-entry-appended-blindly',
    'Entries from index 1 on are appended whatever is there already.',
    'B036; willemt/raft#118',
    ['log-matching', 'log-shape'],
    'duplicates',
    'medium',
    { core: PrevZeroAppendsBlindly },
  ),
  bug(
    'heartbeat-commit-not-cut',
    'The commit index of a heartbeat is taken over up to the end of the log, matched or not.',
    'B044; etcd testdata lagging_commit; tikv#994',
    ['state-machine-safety', 'committed-never-removed'],
    'partition',
    'medium',
    { core: HeartbeatCommitNotCut },
  ),
  bug(
    'applies-only-the-last',
    'Of entries that become committed together only the last is applied.',
    'Raft Figure 2, "increment lastApplied, apply log[lastApplied]"',
    ['apply-in-order', 'deterministic-apply'],
    [],
    'easy',
    { core: AppliesOnlyTheLast },
  ),
  bug(
    'dedup-at-propose',
    'A repeated command is recognized when it is proposed, not when it is applied.',
    'B114; dissertation §6.3',
    ['exactly-once', 'linearizable'],
    ['client timeouts', 'delays'],
    'medium',
    { core: DedupAtPropose },
  ),
];
