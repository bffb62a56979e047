import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { type Change, ownerOf } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { TccConfig } from './config.ts';
import type { Begin, TccMessage, ToCoordinator, TryReply } from './messages.ts';
import type { TccObserver } from './observer.ts';
import type { CoordinatorRecord, TccOutcome } from './records.ts';

/** A global transaction that is not done. */
export interface Global {
  readonly gid: string;
  readonly request: string;
  readonly askers: { readonly from: NodeId; readonly replyTo: number }[];
  readonly work: ReadonlyMap<NodeId, readonly Change[]>;
  /** Leaves `trying` once, by {@link TccCoordinator.decide}. */
  status: 'registering' | 'trying' | TccOutcome;
  /** The decision is on disk. */
  settled: boolean;
  readonly tried: Set<NodeId>;
  pending: Set<NodeId>;
  attempts: number;
  retryUs: number;
}

/**
 * The TCC coordinator: branches are registered on disk before the first Try, the durable status leaves `trying` once, and
 * the second phase is repeated for ever.
 */
export class TccCoordinator extends LoggedNode<CoordinatorRecord> {
  protected readonly config: TccConfig;
  protected readonly services: readonly NodeId[];
  protected readonly observer: TccObserver | null;
  readonly globals = new Map<string, Global>();
  readonly #outcomes = new Map<string, TccOutcome>();
  #sequence = 0;

  constructor(
    env: NodeEnv,
    config: TccConfig,
    services: readonly NodeId[],
    observer: TccObserver | null,
  ) {
    super(env, observer?.coordinatorLog(env.id) ?? null);
    this.config = config;
    this.services = services;
    this.observer = observer;
  }

  protected override replay(records: readonly CoordinatorRecord[]): void {
    this.globals.clear();
    this.#outcomes.clear();
    for (const record of records) {
      const { kind, gid } = record;
      const global = this.globals.get(gid);
      if (kind === 'registered')
        this.globals.set(gid, this.#global(gid, record.request, new Map(record.work), 'trying'));
      else if (kind === 'done') this.globals.delete(gid);
      else if (global !== undefined) {
        global.status = kind;
        global.settled = true;
        this.#outcomes.set(global.request, kind);
      }
    }
  }

  #global(
    gid: string,
    request: string,
    work: ReadonlyMap<NodeId, readonly Change[]>,
    status: Global['status'],
  ): Global {
    return {
      gid,
      request,
      askers: [],
      work,
      status,
      settled: false,
      tried: new Set(),
      pending: new Set(work.keys()),
      attempts: 0,
      retryUs: this.config.retryUs,
    };
  }

  protected override resume(): void {
    for (const global of this.globals.values())
      if (global.settled) this.second(global);
      else this.recoverTrying(global);
  }

  /** Nobody can say any more what the tries came to. */
  protected recoverTrying(global: Global): void {
    this.decide(global, 'cancel', 'the coordinator restarted');
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToCoordinator;
    switch (message.type) {
      case 'Begin':
        this.#begin(from, message, replyTo);
        break;
      case 'TryReply':
        this.#tried(from, message);
        break;
      case 'ConfirmReply':
      case 'CancelReply':
        if (message.ok) this.#ended(from, message.gid, message.type);
        break;
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const global = this.globals.get(gid);
    if (global === undefined) return;
    if (purpose === 'try') this.triesOverdue(global);
    else if (purpose === 'second' && global.settled) this.second(global);
  }

  #begin(from: NodeId, { request, changes }: Begin, replyTo: number): void {
    const asker = { from, replyTo };
    const known = this.#outcomes.get(request);
    if (known !== undefined) {
      this.#answer(asker, '', known, '');
      return;
    }
    for (const global of this.globals.values())
      if (global.request === request) {
        global.askers.push(asker);
        return;
      }
    this.#sequence += 1;
    const gid = `${this.env.name}.${this.env.incarnation}.${this.#sequence}`;
    const work = new Map<NodeId, Change[]>();
    for (const change of changes) {
      const service = ownerOf(change.account, this.services);
      const share = work.get(service) ?? [];
      share.push(change);
      work.set(service, share);
    }
    const global = this.#global(gid, request, work, 'registering');
    global.askers.push(asker);
    this.globals.set(gid, global);
    this.observer?.began(gid, request, work);
    this.log.append({ kind: 'registered', gid, request, work: [...work] });
    this.afterRegistration(() => {
      global.status = 'trying';
      this.env.mark('trying', { gid });
      for (const [service, share] of work)
        this.transmit(service, { type: 'Try', gid, changes: share });
      this.env.setTimer(`try:${gid}`, this.config.tryTimeoutUs);
    });
  }

  /** A branch that a crash makes us forget could never be cancelled. */
  protected afterRegistration(then: () => void): void {
    this.log.force(then);
  }

  #tried(from: NodeId, { gid, ok }: TryReply): void {
    const global = this.globals.get(gid);
    // Who was never registered has no say.
    if (global?.status !== 'trying' || !global.work.has(from)) return;
    if (!ok) {
      this.decide(global, 'cancel', `${this.env.nameOf(from)} could not reserve`);
      return;
    }
    global.tried.add(from);
    if (global.tried.size === global.work.size) this.decide(global, 'confirm', '');
  }

  /** Silence may mean anything; a cancel is right in every case. */
  protected triesOverdue(global: Global): void {
    this.decide(global, 'cancel', 'a try is overdue');
  }

  /** The one compare-and-set on the status: whoever comes second finds it decided. */
  protected decide(global: Global, outcome: TccOutcome, reason: string): void {
    if (global.status !== 'trying') return;
    this.settle(global, outcome, reason);
  }

  protected settle(global: Global, outcome: TccOutcome, reason: string): void {
    const { gid } = global;
    global.status = outcome;
    global.pending = new Set(outcome === 'cancel' ? this.toCancel(global) : global.work.keys());
    this.env.cancelTimer(`try:${gid}`);
    this.log.append({ kind: outcome, gid });
    this.log.force(() => {
      global.settled = true;
      this.#outcomes.set(global.request, outcome);
      this.env.mark('decided', { gid, outcome });
      for (const asker of global.askers.splice(0)) this.#answer(asker, gid, outcome, reason);
      this.second(global);
    });
  }

  /** Every registered branch, in reverse order: one whose answer was lost may have reserved. */
  protected toCancel(global: Global): readonly NodeId[] {
    return [...global.work.keys()].reverse();
  }

  protected second(global: Global): void {
    const { gid, work, pending } = global;
    const type = global.status === 'confirm' ? 'Confirm' : 'Cancel';
    for (const service of pending)
      this.transmit(service, { type, gid, changes: work.get(service)! });
    if (pending.size === 0) {
      this.#finish(global);
      return;
    }
    global.attempts += 1;
    if (global.attempts === this.config.alertAfter + 1)
      this.env.mark('alert', { gid, reason: `${type} is not answered` });
    if (this.goesOn(global)) this.env.setTimer(`second:${gid}`, global.retryUs);
    global.retryUs = Math.min(2 * global.retryUs, this.config.retryMaxUs);
  }

  /** The second phase never gives up. */
  protected goesOn({ attempts }: Global): boolean {
    return attempts < Infinity;
  }

  #ended(from: NodeId, gid: string, type: 'ConfirmReply' | 'CancelReply'): void {
    const global = this.globals.get(gid);
    if (global?.settled !== true || (type === 'ConfirmReply') !== (global.status === 'confirm'))
      return;
    global.pending.delete(from);
    if (global.pending.size === 0) this.#finish(global);
  }

  #finish({ gid }: Global): void {
    this.globals.delete(gid);
    this.env.cancelTimer(`second:${gid}`);
    this.log.append({ kind: 'done', gid });
  }

  #answer(
    { from, replyTo }: { readonly from: NodeId; readonly replyTo: number },
    gid: string,
    outcome: TccOutcome,
    reason: string,
  ): void {
    this.env.reply(from, replyTo, { type: 'BeginReply', gid, outcome, reason });
  }

  protected transmit(to: NodeId, message: TccMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
