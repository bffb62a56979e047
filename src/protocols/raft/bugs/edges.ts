import type { NodeId } from '../../../sim/engine/env.ts';
import type { AppendEntries, ClientRequest, RaftMessage } from '../messages.ts';
import type { Caller } from '../core/reads.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

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
export const edgeBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'leader-keeps-office',
      mutation: 'A leader that hears of a later term takes the term over and goes on leading.',
      source: 'B015; Raft §5.1; openraft 4015cc38',
      caughtBy: ['election-safety', 'log-matching'],
      needs: ['partition'],
      rarity: 'easy',
    },
    LeaderKeepsOffice,
  ),
  serverBug(
    {
      id: 'request-term-ahead',
      mutation: 'A candidate asks for votes in the term after the one it has entered.',
      source: 'raft.tla, MessageTermsLtCurrentTerm',
      caughtBy: ['message-term', 'liveness', 'promise-after-durable'],
      needs: [],
      rarity: 'easy',
    },
    RequestTermAhead,
  ),
  serverBug(
    {
      id: 'first-entry-appended-blindly',
      mutation: 'Entries from index 1 on are appended whatever is there already.',
      source: 'B036; willemt/raft#118',
      caughtBy: ['log-matching', 'log-shape'],
      needs: ['duplicates'],
      rarity: 'medium',
    },
    PrevZeroAppendsBlindly,
  ),
  serverBug(
    {
      id: 'heartbeat-commit-not-cut',
      mutation:
        'The commit index of a heartbeat is taken over up to the end of the log, matched or not.',
      source: 'B044; etcd testdata lagging_commit; tikv#994',
      caughtBy: ['state-machine-safety', 'committed-never-removed'],
      needs: ['partition'],
      rarity: 'medium',
    },
    HeartbeatCommitNotCut,
  ),
  serverBug(
    {
      id: 'applies-only-the-last',
      mutation: 'Of entries that become committed together only the last is applied.',
      source: 'Raft Figure 2, "increment lastApplied, apply log[lastApplied]"',
      caughtBy: ['apply-in-order', 'deterministic-apply'],
      needs: [],
      rarity: 'easy',
    },
    AppliesOnlyTheLast,
  ),
  serverBug(
    {
      id: 'dedup-at-propose',
      mutation: 'A repeated command is recognized when it is proposed, not when it is applied.',
      source: 'B114; dissertation §6.3',
      caughtBy: ['exactly-once', 'linearizable'],
      needs: ['client timeouts', 'delays'],
      rarity: 'medium',
    },
    DedupAtPropose,
  ),
];
