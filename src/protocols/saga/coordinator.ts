import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { type Change, ownerOf } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { SagaConfig } from './config.ts';
import type { ActionReply, Begin, SagaMessage, ToCoordinator } from './messages.ts';
import type { SagaObserver } from './observer.ts';
import type { CoordinatorRecord, SagaOutcome, Step } from './records.ts';

/** A saga that has not ended. */
export interface Saga {
  readonly gid: string;
  readonly request: string;
  readonly askers: { readonly from: NodeId; readonly replyTo: number }[];
  readonly steps: readonly Step[];
  /** Forwards: the step that is to be answered. Backwards: the one that is being taken back. */
  at: number;
  /** Null while it goes forwards; else the step that could not be done. */
  failed: number | null;
  /** The record of the direction is on disk. */
  settled: boolean;
  attempts: number;
  retryUs: number;
}

/**
 * The saga coordinator (Garcia-Molina & Salem 1987): one local transaction after the other, each visible at once; when one
 * cannot be done, those before it are taken back in reverse order. Each step is repeated until it is answered: no
 * compensation begins while the outcome of an action is open.
 */
export class SagaCoordinator extends LoggedNode<CoordinatorRecord> {
  protected readonly config: SagaConfig;
  protected readonly services: readonly NodeId[];
  protected readonly observer: SagaObserver | null;
  readonly sagas = new Map<string, Saga>();
  readonly #outcomes = new Map<string, SagaOutcome>();
  #sequence = 0;

  constructor(
    env: NodeEnv,
    config: SagaConfig,
    services: readonly NodeId[],
    observer: SagaObserver | null,
  ) {
    super(env, observer?.coordinatorLog(env.id) ?? null);
    this.config = config;
    this.services = services;
    this.observer = observer;
  }

  protected override replay(records: readonly CoordinatorRecord[]): void {
    this.sagas.clear();
    this.#outcomes.clear();
    for (const record of records) {
      const { kind, gid } = record;
      const saga = this.sagas.get(gid);
      if (kind === 'began') this.sagas.set(gid, this.#saga(gid, record.request, record.steps));
      else if (saga === undefined) continue;
      else if (kind === 'locked') this.relock(saga, record.step);
      else if (kind === 'failed') {
        saga.failed = record.failed;
        saga.at = record.failed - 1;
      } else {
        this.#outcomes.set(saga.request, kind);
        this.sagas.delete(gid);
        this.released(gid);
      }
    }
    for (const saga of this.sagas.values()) saga.settled = true;
  }

  #saga(gid: string, request: string, steps: readonly Step[]): Saga {
    return {
      gid,
      request,
      askers: [],
      steps,
      at: 0,
      failed: null,
      settled: false,
      attempts: 0,
      retryUs: this.config.retryUs,
    };
  }

  /** Which actions were answered is not on disk: they are repeated, and know it. */
  protected override resume(): void {
    for (const saga of [...this.sagas.values()]) this.proceed(saga);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToCoordinator;
    switch (message.type) {
      case 'Begin':
        this.#begin(from, message, replyTo);
        break;
      case 'ActionReply':
        this.#acted(message);
        break;
      case 'CompensateReply':
        this.#compensated(message.gid, message.step);
        break;
    }
  }

  protected override timeout(purpose: string, gid: string): void {
    const saga = this.sagas.get(gid);
    if (purpose === 'retry' && saga?.settled === true) this.unanswered(saga);
  }

  #begin(from: NodeId, { request, changes }: Begin, replyTo: number): void {
    const asker = { from, replyTo };
    const known = this.#outcomes.get(request);
    if (known !== undefined) {
      this.#answer(asker, '', known, '');
      return;
    }
    for (const saga of this.sagas.values())
      if (saga.request === request) {
        saga.askers.push(asker);
        return;
      }
    this.#sequence += 1;
    const gid = `${this.env.name}.${this.env.incarnation}.${this.#sequence}`;
    const steps = this.order(changes);
    const saga = this.#saga(gid, request, steps);
    saga.askers.push(asker);
    this.sagas.set(gid, saga);
    this.observer?.began(gid, request, steps);
    this.log.append({ kind: 'began', gid, request, steps });
    this.afterBegin(() => {
      saga.settled = true;
      this.env.mark('acting', { gid });
      this.proceed(saga);
    });
  }

  /** A saga that a crash makes us forget would stay half done. */
  protected afterBegin(then: () => void): void {
    this.log.force(then);
  }

  /**
   * What may be refused comes first, what cannot fail comes last: compensations only give back, and can always be carried
   * out (compensatable steps before retriable ones).
   */
  protected order(changes: readonly Change[]): readonly Step[] {
    return [
      ...this.stepsOf(changes.filter(({ delta }) => delta < 0)),
      ...this.stepsOf(changes.filter(({ delta }) => delta >= 0)),
    ];
  }

  /** One step for each service. */
  protected stepsOf(changes: readonly Change[]): readonly Step[] {
    const shares = new Map<NodeId, Change[]>();
    for (const change of changes) {
      const node = ownerOf(change.account, this.services);
      const share = shares.get(node) ?? [];
      shares.set(node, [...share, change]);
    }
    return [...shares].map(([node, share]) => ({ node, changes: share }));
  }

  /** Sends the step at hand, or ends. */
  protected proceed(saga: Saga): void {
    const { gid, steps, at, failed } = saga;
    if (failed === null && at === steps.length) {
      this.#end(saga, 'committed', '');
      return;
    }
    if (failed !== null && at < 0) {
      this.#end(saga, 'compensated', `step ${failed + 1} could not be done`);
      return;
    }
    if (failed === null && !this.mayAct(saga)) return;
    const step = this.stepAt(saga);
    const { node, changes } = steps[step]!;
    if (failed === null) this.transmit(node, { type: 'Action', gid, step, changes });
    else this.transmit(node, { type: 'Compensate', gid, step });
    this.env.setTimer(`retry:${gid}`, saga.retryUs);
  }

  /** The step at hand: forwards in order, backwards in reverse order. */
  protected stepAt({ at }: Saga): number {
    return at;
  }

  /** A step is visible at once, and waits for nobody. */
  protected mayAct({ failed }: Saga): boolean {
    return failed === null;
  }

  /** The log says that the rows of this step are locked. */
  protected relock(saga: Saga, step: number): void {
    throw new TypeError(`${saga.gid} has a lock on step ${step}, and no locks are kept here`);
  }

  /** The saga has ended. */
  protected released(gid: string): void {
    this.env.log(() => `${gid} holds nothing any more`);
  }

  /** Silence says nothing about the action: it is repeated, never taken for refused. */
  protected unanswered(saga: Saga): void {
    saga.attempts += 1;
    saga.retryUs = Math.min(2 * saga.retryUs, this.config.retryMaxUs);
    if (saga.attempts === this.config.alertAfter)
      this.env.mark('alert', { gid: saga.gid, reason: 'a step is not answered' });
    this.proceed(saga);
  }

  #acted({ gid, step, ok }: ActionReply): void {
    const saga = this.sagas.get(gid);
    if (saga?.settled !== true || saga.failed !== null || step !== saga.at) return;
    saga.attempts = 0;
    saga.retryUs = this.config.retryUs;
    if (!ok) {
      this.fail(saga);
      return;
    }
    saga.at += 1;
    this.proceed(saga);
  }

  /** From here on backwards. */
  protected fail(saga: Saga): void {
    const { gid, at } = saga;
    saga.failed = at;
    saga.at = at - 1;
    saga.settled = false;
    this.env.cancelTimer(`retry:${gid}`);
    this.env.mark('compensating', { gid, failed: at });
    this.log.append({ kind: 'failed', gid, failed: at });
    this.log.force(() => {
      saga.settled = true;
      this.proceed(saga);
    });
  }

  #compensated(gid: string, step: number): void {
    const saga = this.sagas.get(gid);
    if (saga?.settled !== true || saga.failed === null || step !== this.stepAt(saga)) return;
    saga.at -= 1;
    this.proceed(saga);
  }

  #end(saga: Saga, outcome: SagaOutcome, reason: string): void {
    const { gid, request } = saga;
    saga.settled = false;
    this.env.cancelTimer(`retry:${gid}`);
    this.log.append({ kind: outcome, gid });
    this.log.force(() => {
      this.sagas.delete(gid);
      this.released(gid);
      this.#outcomes.set(request, outcome);
      this.env.mark('ended', { gid, outcome });
      for (const asker of saga.askers.splice(0)) this.#answer(asker, gid, outcome, reason);
    });
  }

  #answer(
    { from, replyTo }: { readonly from: NodeId; readonly replyTo: number },
    gid: string,
    outcome: SagaOutcome,
    reason: string,
  ): void {
    this.env.reply(from, replyTo, { type: 'BeginReply', gid, outcome, reason });
  }

  protected transmit(to: NodeId, message: SagaMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
