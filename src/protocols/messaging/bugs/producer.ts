import type { Verdict } from '../messages.ts';
import type { Content } from '../records.ts';
import type { ServerClasses } from '../node.ts';
import { Producer } from '../producer.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import { type Running, TransactionFlow } from '../transaction-flow.ts';

class PlainSend extends TransactionFlow {
  protected override start(running: Running): void {
    this.beginLocal(running);
  }
  protected override endTx(key: string, _half: string | null, verdict: Verdict): void {
    // One message after the commit: nobody asks when it is lost.
    const running = this.running.get(key);
    if (verdict === 'commit' && running !== undefined)
      this.host.toBroker({ type: 'Send', content: this.contentOf(running) });
  }
}

class EndsBeforeCommit extends TransactionFlow {
  protected override localTransaction(running: Running): void {
    this.endTx(running.transfer.key, running.half, 'commit');
    super.localTransaction(running);
  }
}

class NaiveCheck extends TransactionFlow {
  override check(messageKey: string, half: string): void {
    const key = this.transactionOf(messageKey);
    // SELECT: no row, no transaction. One that is still running has no row yet.
    this.host.select(key, (committed) => {
      this.endTx(key, half, committed ? 'commit' : 'rollback');
    });
  }
}

class CheckSaysCommit extends TransactionFlow {
  protected override resolve(key: string, half: string): void {
    this.endTx(key, half, 'commit');
  }
}

class TellsBeforeForce extends TransactionFlow {
  protected override localTransaction(running: Running): void {
    super.localTransaction(running);
    // The database has it; whether its disk has it is not waited for.
    const state = this.host.known(running.transfer.key);
    if (state === 'debited') this.endTx(running.transfer.key, running.half, 'commit');
  }
}

class DebitsAgain extends Producer {
  override known(): undefined {
    // The key of the business operation is not looked at.
    return undefined;
  }
}

class ForgetsItsRefusal extends TransactionFlow {
  protected override refuse(running: Running, reason: string): void {
    this.ended(running, false, reason);
  }
}

const TALK = 'durable-before-talk';

class KeyPerSend extends TransactionFlow {
  protected override contentOf(running: Running): Content {
    const content = super.contentOf(running);
    return running.sends <= 1 ? content : { ...content, key: `${content.key}#${running.sends}` };
  }
  protected override transactionOf(key: string): string {
    return key.replace(/#\d+$/, '');
  }
}

/** Bugs of service A: when it ends a half message, and what it answers to a check. */
export const producerBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'plain-send',
    'A commits, then sends one message: no half message, no outbox.',
    'MQ-B01: the dual write; seed document, step 1',
    ['no-loss'],
    'a crash or a lost message between',
    'easy',
    { flow: PlainSend },
  ),
  bug(
    'ends-before-commit',
    'A says commit before its local transaction.',
    'MQ-B02',
    [TALK, 'no-phantom'],
    'nothing',
    'easy',
    { flow: EndsBeforeCommit },
  ),
  bug(
    'naive-check',
    'The check looks for a row and says rollback while the transaction runs.',
    'MQ-B04; dtm QueryPrepared',
    ['no-loss'],
    'a local transaction slower than immunity',
    'medium',
    { flow: NaiveCheck },
    { config: { immunity: '1ms', checkInterval: '5ms', localTx: '30ms' } },
  ),
  bug(
    'check-says-commit',
    'The check answers commit when it does not know.',
    'MQ-B05; RocketMQ Example_Transaction.md',
    [TALK, 'no-phantom'],
    'producer restart',
    'easy',
    { flow: CheckSaysCommit },
  ),
  bug(
    'tells-before-force',
    'The end of the half message is told before the local transaction is on disk.',
    'MQ-B02; Gray 1978, §5.8.3.3',
    [TALK],
    'nothing; power loss makes it visible',
    'easy',
    { flow: TellsBeforeForce },
  ),
  bug(
    'debits-again',
    'A client that asks again, because the answer was lost, has its transfer made again.',
    'MQ-I4',
    ['effectively-once'],
    'a lost answer to a client',
    'easy',
    { producer: DebitsAgain },
  ),
  bug(
    'key-per-send',
    'A half message that is sent again has a key of its own: one transaction becomes several messages.',
    'MQ-B17; RocketMQ DefaultMQProducer, sendMsgTimeout and retries',
    ['no-phantom', 'conservation'],
    'a lost answer to a half message',
    'medium',
    { flow: KeyPerSend },
  ),
  bug(
    'forgets-its-refusal',
    'A refuses a transfer without a row: the same request, late or by another process, is made.',
    'found in our own code; AC3 of Babaoglu and Toueg 1993',
    ['no-means-no'],
    'a request that comes twice, and a broker that is silent at first',
    'medium',
    { flow: ForgetsItsRefusal },
    {
      serverNames: ['a', 'a1', 'a2', 'mq', 'b'],
      config: { instances: 2, attemptTimeout: '60ms', sendTimeout: '12ms', sendRetries: 0 },
    },
  ),
];
