import type {
  DiskError,
  Message,
  NodeEnv,
  NodeId,
  NodeProgram,
  Task,
} from '../../sim/engine/env.ts';
import { ServiceReplica, initialMembership } from '../raft/index.ts';
import type { Entry, Logged, RaftMessage, ReplicaListener } from '../raft/index.ts';
import type { EtcdConfig } from './config.ts';
import type { EtcdMessage, EtcdReply, ForwardProposal } from './messages.ts';
import type { EtcdMonitor } from './monitor.ts';
import { EtcdStore } from './store.ts';
import type { Change, LoggedChange, Outcome } from './store.ts';

class Replica extends ServiceReplica<LoggedChange, Outcome, EtcdStore> {
  protected override createState(): EtcdStore {
    return new EtcdStore();
  }
}

interface Caller {
  readonly from: NodeId;
  readonly replyTo: number;
}

const EXPIRY = 'lease-expiry';

/** One etcd server: every change and every read goes through the log; leases are timed by the leader alone. */
export class EtcdServer implements NodeProgram, ReplicaListener<LoggedChange, Outcome> {
  readonly replica: Replica;
  protected readonly env: NodeEnv;
  protected readonly config: EtcdConfig;
  readonly #monitor: EtcdMonitor | null;
  readonly #waiting = new Map<string, Caller>();
  readonly #watches = new Map<string, Caller[]>();
  /** On the leader: when each lease ends, by its own clock. Volatile: a new leader gives each its time again, and more. */
  readonly #deadlines = new Map<number, number>();
  /** On the leader: when the lock-delay of each lapsed lease is over, by its own clock. Volatile too. */
  readonly #delays = new Map<number, number>();
  #promotedTerm = 0;
  #tickets = 0;

  constructor(
    env: NodeEnv,
    config: EtcdConfig,
    servers: readonly NodeId[],
    monitor: EtcdMonitor | null,
  ) {
    this.env = env;
    this.config = config;
    this.#monitor = monitor;
    monitor?.handovers.showClock(env.id, () => env.monotonicUs());
    const initial = initialMembership(servers.slice(0, -1), config.raft);
    this.replica = new Replica(env, config.raft, initial, monitor?.raft ?? null);
    this.replica.listener = this;
  }

  onStart(): void {
    this.replica.start();
    this.env.setTimer(EXPIRY, this.config.expiryCheckUs);
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    const request = message as EtcdMessage;
    switch (request.type) {
      case 'Propose':
        this.#propose({ from, replyTo }, request.change);
        break;
      case 'KeepAlive':
        this.env.spawn(this.#keepAlive({ from, replyTo }, request.lease));
        break;
      case 'WatchDelete':
        this.#watch({ from, replyTo }, request.key);
        break;
      case 'ForwardProposal':
        this.replica.submit({ ticket: request.ticket, change: request.change });
        break;
      default:
        this.replica.step(from, message as RaftMessage, replyTo);
    }
  }

  onTimer(name: string): void {
    if (name !== EXPIRY) {
      this.replica.timeout(name);
      return;
    }
    this.env.setTimer(EXPIRY, this.config.expiryCheckUs);
    if (!this.#leads()) return;
    this.#endOverdue(this.#deadlines, this.config.lockDelayUs > 0 ? 'expire' : 'revoke');
    this.#endOverdue(this.#delays, 'revoke');
  }

  onSynced(_token: number, error: DiskError | null): void {
    this.replica.synced(error);
  }

  // --- the rules ---

  /**
   * A new leader does not know when leases were last renewed: each gets its whole time again, and an election timeout
   * for its owner to find the leader (etcd 3.4, lessor, Promote; measured in test/conformance/etcd-timing.ts).
   */
  protected refreshesLeases(): boolean {
    return true;
  }

  /** Nor how much of a lock-delay has passed: each begins again. */
  protected inheritedDelayUs(): number {
    return this.config.lockDelayUs;
  }

  /** Once a lease's time is over nothing brings it back, though its holder's keys may still stand. */
  protected isAlive(lease: number): boolean {
    return this.#deadlines.has(lease);
  }

  // --- the steps ---

  #endOverdue(times: Map<number, number>, op: 'expire' | 'revoke'): void {
    for (const [lease, endUs] of times) {
      if (this.env.monotonicUs() < endUs) continue;
      times.delete(lease);
      this.replica.submit({ ticket: '', change: { op, lease } });
    }
  }

  #propose(caller: Caller, change: Change): void {
    const { leaderId } = this.replica;
    if (leaderId === null) {
      this.#answer(caller, 'refused', null);
      return;
    }
    this.#tickets += 1;
    const ticket = `${this.env.id}.${this.env.incarnation}.${this.#tickets}`;
    this.#waiting.set(ticket, caller);
    const forward: ForwardProposal = { type: 'ForwardProposal', ticket, change };
    if (leaderId === this.env.id) this.replica.submit({ ticket, change });
    else this.env.send(leaderId, forward);
  }

  applied(entry: Entry, { ticket, change }: Logged<LoggedChange>, outcome: Outcome): void {
    this.#monitor?.applied(entry, change);
    if (change.op === 'grant' && this.#leads()) this.#granted(entry, outcome.lease);
    if (change.op === 'revoke' || change.op === 'expire') this.#deadlines.delete(change.lease);
    if (change.op === 'expire' && this.#leads()) this.#delay(change.lease, this.config.lockDelayUs);
    for (const key of outcome.deleted) this.#fire(key);
    const caller = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    if (caller !== undefined) this.#answer(caller, outcome.status, outcome);
  }

  replaced(): void {
    for (const key of [...this.#watches.keys()])
      if (this.replica.state.get(key) === null) this.#fire(key);
  }

  *#keepAlive(caller: Caller, lease: number): Task {
    const { leaderId } = this.replica;
    if (this.#leads()) {
      const alive = this.isAlive(lease);
      if (alive) this.#renew(lease);
      this.#answer(caller, alive ? 'ok' : 'LeaseNotFound', null);
      return;
    }
    if (leaderId === null || leaderId === this.env.id) {
      this.#answer(caller, 'refused', null);
      return;
    }
    const { electionTimeoutMaxUs } = this.config.raft;
    const request = { type: 'KeepAlive', lease } as Message;
    const result = yield* this.env.call<EtcdReply>(leaderId, request, electionTimeoutMaxUs);
    this.#answer(caller, result.ok ? result.message.status : 'refused', null);
  }

  #watch(caller: Caller, key: string): void {
    if (this.replica.leaderId === null) {
      this.#answer(caller, 'refused', null);
      return;
    }
    if (this.replica.state.get(key) === null) this.#answer(caller, 'ok', null);
    else this.#watches.set(key, [...(this.#watches.get(key) ?? []), caller]);
  }

  #fire(key: string): void {
    const callers = this.#watches.get(key) ?? [];
    this.#watches.delete(key);
    for (const caller of callers) this.#answer(caller, 'ok', null);
  }

  /** What an earlier leader granted and this one applies only now has been taken over too. */
  #granted({ term }: Entry, lease: number): void {
    if (term === this.replica.currentTerm) this.#renew(lease);
    else if (this.refreshesLeases()) this.#takeOver(lease);
  }

  #takeOver(lease: number): void {
    this.#renew(lease, this.config.raft.electionTimeoutMinUs);
  }

  #renew(lease: number, extensionUs = 0): void {
    const ttlUs = this.replica.state.leases.get(lease);
    if (ttlUs === undefined) return;
    this.#deadlines.set(lease, this.env.monotonicUs() + ttlUs + extensionUs);
  }

  #delay(lease: number, delayUs: number): void {
    if (this.replica.state.lapsedLeases().has(lease))
      this.#delays.set(lease, this.env.monotonicUs() + delayUs);
  }

  #leads(): boolean {
    const { currentTerm, state, leadsUpToDate } = this.replica;
    if (!leadsUpToDate) return false;
    if (this.#promotedTerm === currentTerm) return true;
    this.#promotedTerm = currentTerm;
    if (!this.refreshesLeases()) return true;
    this.#deadlines.clear();
    for (const lease of state.leases.keys()) this.#takeOver(lease);
    this.#delays.clear();
    for (const lease of state.lapsedLeases()) this.#delay(lease, this.inheritedDelayUs());
    return true;
  }

  #answer({ from, replyTo }: Caller, status: EtcdReply['status'], outcome: Outcome | null): void {
    const reply: EtcdReply = { type: 'EtcdReply', status, outcome };
    this.env.reply(from, replyTo, reply);
  }
}
