import type { NodeId } from '../../../sim/engine/env.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import { type Global, TccCoordinator } from '../coordinator.ts';
import type { ServerClasses } from '../node.ts';
import type { TccOutcome } from '../records.ts';

class NoCompareAndSet extends TccCoordinator {
  protected override decide(global: Global, outcome: TccOutcome, reason: string): void {
    this.settle(global, outcome, reason);
  }
  protected override triesOverdue(global: Global): void {
    this.settle(global, 'cancel', 'a try is overdue');
  }
  protected override settle(global: Global, outcome: TccOutcome, reason: string): void {
    super.settle(global, outcome, reason);
    // The timer of the tries is another thread: it has read the old status.
    this.env.setTimer(`try:${global.gid}`, 1_000);
  }
}

class StuckTrying extends TccCoordinator {
  protected override recoverTrying(): void {
    // The recovery query asks for confirming and cancelling ones only.
  }
}

class OverdueTryIsOk extends TccCoordinator {
  protected override triesOverdue(global: Global): void {
    this.decide(global, 'confirm', '');
  }
}

class CancelsOnlySucceeded extends TccCoordinator {
  protected override toCancel(global: Global): readonly NodeId[] {
    return [...global.tried];
  }
}

class GivesUp extends TccCoordinator {
  protected override goesOn({ attempts }: Global): boolean {
    return attempts < 2;
  }
}

class TriesBeforeRegistration extends TccCoordinator {
  protected override afterRegistration(then: () => void): void {
    then();
    super.afterRegistration(() => undefined);
  }
}

/** Bugs of the coordinator. */
export const coordinatorBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'no-compare-and-set',
    'Timeout and success both set the status.',
    'TC-B06; apache/incubator-seata#5404',
    ['decision-once', 'one-outcome', 'durable-before-talk'],
    'a race at the timeout',
    'medium',
    { coordinator: NoCompareAndSet },
  ),
  bug(
    'stuck-trying',
    'Recovery skips transactions that were still trying.',
    'TC-B11; changmingxie/tcc-transaction#8',
    ['every-transaction-ends', 'no-lost-reservation'],
    'coordinator crash',
    'easy',
    { coordinator: StuckTrying },
  ),
  bug(
    'overdue-try-is-ok',
    'A Try without an answer counts as reserved.',
    'TC-B12',
    ['decision-once'],
    'a slow or lost Try',
    'easy',
    { coordinator: OverdueTryIsOk },
  ),
  bug(
    'cancels-only-succeeded',
    'Cancel goes only to branches known to have reserved: the seed, read literally.',
    'TC-B13; seed document, TCC',
    ['no-lost-reservation'],
    'a lost TryReply',
    'easy',
    { coordinator: CancelsOnlySucceeded },
  ),
  bug(
    'gives-up',
    'The second phase is tried twice and dropped in silence.',
    'TC-B15; Hmily retryMax',
    ['every-transaction-ends', 'no-lost-reservation'],
    'a long outage',
    'easy',
    { coordinator: GivesUp },
  ),
  bug(
    'tries-before-registration',
    'Try leaves before the branch is registered on disk.',
    'TC-B16',
    ['registered-first'],
    'nothing; a crash makes it visible',
    'easy',
    { coordinator: TriesBeforeRegistration },
  ),
];
