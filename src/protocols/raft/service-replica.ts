import { Raft } from './core/raft.ts';
import type { Entry } from './entry.ts';
import { KeyValueMachine } from './state-machine.ts';
import type { ApplyResult } from './state-machine.ts';

/** What a service replicates: a deterministic function of the changes applied, in the order of the log. */
export interface Service<Change, Outcome> {
  /** Equal states have equal hashes, whatever the order they were built in. Unsigned 32 bit. */
  readonly hash: number;
  apply(change: Change, entry: Entry): Outcome;
  /** The whole state as plain records, and back. */
  save(): unknown[];
  restore(records: readonly unknown[]): void;
}

/** What stands in the log: a change, and which request of which server asked for it. */
export interface Logged<Change> {
  readonly ticket: string;
  readonly change: Change;
}

const APPLIED: ApplyResult = { status: 'ok', value: null };

/** A service in the place of keys and values. */
export class ServiceMachine<Change, Outcome> extends KeyValueMachine {
  readonly service: Service<Change, Outcome>;
  /** Of the entry applied last; null when it carried no change. */
  outcome: Outcome | null = null;

  constructor(service: Service<Change, Outcome>) {
    super(0);
    this.service = service;
  }

  override apply(entry: Entry): ApplyResult {
    const logged = loggedIn<Change>(entry);
    this.outcome = logged === null ? null : this.service.apply(logged.change, entry);
    this.stateHash = this.service.hash;
    return APPLIED;
  }

  override save(): unknown[] {
    return this.service.save();
  }

  override restore(records: readonly unknown[]): void {
    this.service.restore(records);
    this.stateHash = this.service.hash;
  }
}

/** What a service is told by its replica. */
export interface ReplicaListener<Change, Outcome> {
  applied(entry: Entry, logged: Logged<Change>, outcome: Outcome): void;
  /** The state was replaced by a snapshot: whatever was promised to clients about changes is void. */
  replaced(): void;
}

/** A Raft server whose log carries the changes of a service. */
export abstract class ServiceReplica<
  Change,
  Outcome,
  State extends Service<Change, Outcome>,
> extends Raft {
  declare machine: ServiceMachine<Change, Outcome>;
  listener: ReplicaListener<Change, Outcome> | null = null;

  get state(): State {
    return this.machine.service as State;
  }

  /**
   * Whether this server leads and has applied all that its predecessors committed, which it knows by an entry of its own term
   * (Raft §8). Before that it must not say what is alive: the end of a session or lease may stand in its log, unapplied
   * (etcd waits for the applied index before it renews a lease).
   */
  get leadsUpToDate(): boolean {
    const applied = this.lastApplied;
    return this.role === 'leader' && applied > 0 && this.log.termAt(applied) === this.currentTerm;
  }

  /** Appends to the log when this server leads; the outcome comes to the listener of every server. */
  submit(logged: Logged<Change>): boolean {
    if (this.role !== 'leader') return false;
    this.propose({
      command: { session: 0, sequence: 0, f: 'write', key: '', value: logged },
      membership: null,
    });
    this.syncWrites();
    return true;
  }

  /** The service's empty state. Called by the constructor, before any field is set. */
  protected abstract createState(): State;

  protected override createMachine(): ServiceMachine<Change, Outcome> {
    return new ServiceMachine<Change, Outcome>(this.createState());
  }

  /** Followers apply what is committed without waiting for the next heartbeat, as ZAB's COMMIT and etcd's raft have it. */
  protected override advanceCommit(index: number, counted: boolean): void {
    const before = this.commitIndex;
    super.advanceCommit(index, counted);
    if (this.role === 'leader' && this.commitIndex > before) this.#tellCommit();
  }

  /** Stands on what is under way to each follower: on one link it arrives first. */
  #tellCommit(): void {
    for (const peer of this.peers) {
      const progress = this.progress[peer];
      if (progress?.mode !== 'replicate') continue;
      this.transmit(peer, this.appendFrom(progress.nextIndex - 1, 0, progress));
    }
  }

  protected override entryApplied(entry: Entry, result: ApplyResult): void {
    super.entryApplied(entry, result);
    const logged = loggedIn<Change>(entry);
    const { outcome } = this.machine;
    if (logged !== null && outcome !== null) this.listener?.applied(entry, logged, outcome);
  }

  protected override loadSnapshot(snapshot: Parameters<Raft['loadSnapshot']>[0]): void {
    super.loadSnapshot(snapshot);
    this.listener?.replaced();
  }
}

/** Null for entries without a change. */
function loggedIn<Change>({ command }: Entry): Logged<Change> | null {
  return command === null ? null : (command.value as Logged<Change>);
}
