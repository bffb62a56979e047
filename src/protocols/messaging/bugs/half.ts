import type { NodeId } from '../../../sim/engine/env.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import { Broker } from '../broker.ts';
import type { Half } from '../broker-state.ts';
import type { EndTx } from '../messages.ts';
import type { ServerClasses } from '../node.ts';
import type { Content } from '../records.ts';

class NeverChecks extends Broker {
  protected override checkBack(): void {
    // The check service is off.
  }
}

class ImmunityUsesUpChecks extends Broker {
  protected override immune(half: Half): boolean {
    const immune = super.immune(half);
    if (immune) this.write({ kind: 'checked', half: half.half });
    return immune;
  }
}

class CheckLoopAborts extends Broker {
  protected override checkBack(): void {
    try {
      super.checkBack();
    } catch (error) {
      // The next round begins with the same half message, and ends there again.
      this.env.log(() => String(error));
    }
  }
  protected override discard({ content }: Half): void {
    throw new Error(`${content.key} cannot be put into the queue of discarded half messages`);
  }
}

class LateEndAccepted extends Broker {
  protected override lateEnd(half: string, verdict: EndTx['verdict']): void {
    if (verdict !== 'unknown') this.op(half, verdict === 'commit' ? 'committed' : 'rolledBack');
  }
}

class EndTwicePutTwice extends Broker {
  readonly #contents = new Map<string, Content>();

  protected override end(half: Half, commit: boolean): void {
    this.#contents.set(half.half, half.content);
    super.end(half, commit);
  }
  protected override lateEnd(half: string, verdict: EndTx['verdict']): void {
    // Whether the op queue has the half message already is not looked at.
    const content = this.#contents.get(half);
    if (verdict === 'commit' && content !== undefined) this.put(content, half, () => undefined);
  }
}

class SameMillisecondSkipped extends Broker {
  #lookedUs = 0;

  protected override checkBack(): void {
    super.checkBack();
    this.#lookedUs = this.env.monotonicUs() - this.config.immunityUs;
  }
  protected override immune(half: Half): boolean {
    // Older than the last round: looked at. Younger: next time. In whole milliseconds, some are neither.
    const bornMs = Math.floor(half.bornUs / 1_000);
    const looked = bornMs <= Math.floor(this.#lookedUs / 1_000) && half.checks === 0;
    return looked || super.immune(half);
  }
}

class EndsWithoutItsMessage extends Broker {
  protected override end(half: Half, commit: boolean): void {
    // The queue takes no message while the replica is away; the half message ends all the same.
    if (commit && this.replicaLags()) this.op(half.half, 'committed');
    else super.end(half, commit);
  }
}

class AsksAnyProducer extends Broker {
  #asked = 0;

  protected override checkTarget(): NodeId {
    this.#asked += 1;
    return this.roles.producers[this.#asked % this.roles.producers.length]!;
  }
}

class EndBeforeMessage extends Broker {
  protected override end(half: Half, commit: boolean): void {
    if (!commit) {
      super.end(half, commit);
      return;
    }
    this.op(half.half, 'committed');
    this.log.force(() => {
      this.put(half.content, half.half, () => undefined);
    });
  }
}

/** Bugs of the broker with half messages: how they end, and the checks. */
export const halfBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'end-before-message',
    'The broker notes the end of a half message on disk before the message itself.',
    'MQ-B10; the inverse of RocketMQ EndTransactionProcessor',
    ['message-once', 'no-loss'],
    'broker crash between',
    'medium',
    { broker: EndBeforeMessage },
  ),
  bug(
    'never-checks',
    'The broker never asks how a half message ended.',
    'MQ-B03',
    ['no-loss'],
    'a lost EndTx',
    'easy',
    { broker: NeverChecks },
  ),
  bug(
    'immunity-uses-up-checks',
    'Every look at a half message that is still too young counts as a check.',
    'MQ-B07; apache/rocketmq#8311',
    ['checked-in-full'],
    'a lost EndTx; an immunity longer than the checks take',
    'easy',
    { broker: ImmunityUsesUpChecks },
    { config: { immunity: '2s', checkInterval: '50ms' } },
  ),
  bug(
    'check-loop-aborts',
    'One half message that cannot be discarded ends every round of checks before those behind it.',
    'MQ-B11; apache/rocketmq#9500, #1568',
    ['no-loss'],
    'a half message whose checks are used up',
    'medium',
    { broker: CheckLoopAborts },
    { config: { immunity: '1ms', checkInterval: '20ms', checkMax: 1 } },
  ),
  bug(
    'late-end-accepted',
    'The broker changes the end of a half message that has ended.',
    'MQ-B18',
    ['half-ends-once'],
    'a rollback after a commit',
    'hard',
    { broker: LateEndAccepted },
    { config: { immunity: '1ms', checkInterval: '5ms' } },
  ),
  bug(
    'end-twice-put-twice',
    'An EndTx that comes again puts the message into its queue again.',
    'MQ-B09; apache/rocketmq#5574',
    ['message-once'],
    'a duplicate',
    'easy',
    { broker: EndTwicePutTwice },
  ),
  bug(
    'same-millisecond-skipped',
    'A half message born in the very millisecond where the last round of checks ended is in no round.',
    'MQ-B08; apache/rocketmq#544',
    ['no-loss'],
    'a lost EndTx of a half message of that millisecond',
    'hard',
    { broker: SameMillisecondSkipped },
    { config: { immunity: '2ms', checkInterval: '3ms', localTx: '1ms' } },
  ),
  bug(
    'ends-without-its-message',
    'The queue refuses the message while the replica is away, and the half message ends all the same.',
    'MQ-B15; apache/rocketmq#7709',
    ['no-loss'],
    'synchronous replication; a slow or lost replica',
    'medium',
    { broker: EndsWithoutItsMessage },
    { serverNames: ['a', 'mq', 'mq2', 'b'], config: { replicas: 1, replication: 'sync' } },
  ),
  bug(
    'asks-any-producer',
    'Services with different databases are one producer group: the broker checks with any of them.',
    'MQ-B16; RocketMQ, constraints of transactional messages',
    ['no-loss', 'no-phantom'],
    'two services; a lost EndTx',
    'easy',
    { broker: AsksAnyProducer },
    { serverNames: ['a', 'a2', 'mq', 'b'], config: { producers: 2 } },
  ),
];
