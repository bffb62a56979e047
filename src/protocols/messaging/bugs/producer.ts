import type { Verdict } from '../messages.ts';
import type { Content } from '../records.ts';
import type { ServerClasses } from '../node.ts';
import { Producer, type Running } from '../producer.ts';
import { bug, type PlantedBug } from '../../planted.ts';

class PlainSend extends Producer {
  protected override start(running: Running): void {
    this.beginLocal(running);
  }
  protected override endTx(key: string, _half: string | null, verdict: Verdict): void {
    // One message after the commit: nobody asks when it is lost.
    const running = this.running.get(key);
    if (verdict === 'commit' && running !== undefined)
      this.transmit({ type: 'Send', content: this.contentOf(running) });
  }
}

class EndsBeforeCommit extends Producer {
  protected override localTransaction(running: Running): void {
    this.endTx(running.transfer.key, running.half, 'commit');
    super.localTransaction(running);
  }
}

class NaiveCheck extends Producer {
  protected override check(key: string, half: string): void {
    // SELECT: no row, no transaction. One that is still running has no row yet.
    this.endTx(key, half, this.committed.has(key) ? 'commit' : 'rollback');
  }
}

class CheckSaysCommit extends Producer {
  protected override denyCheck(key: string, half: string): void {
    this.endTx(key, half, 'commit');
  }
}

class DebitBeforeForce extends Producer {
  protected override localTransaction(running: Running): void {
    const { key, debit, credit } = running.transfer;
    if (this.barred(key)) {
      super.localTransaction(running);
      return;
    }
    this.write({ kind: 'debit', key, debit, credit });
    this.endTx(key, running.half, 'commit');
    super.localTransaction(running);
  }
}

const TALK = 'durable-before-talk';

class KeyPerSend extends Producer {
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
    { producer: PlainSend },
  ),
  bug(
    'ends-before-commit',
    'A says commit before its local transaction.',
    'MQ-B02',
    [TALK, 'no-phantom'],
    'nothing',
    'easy',
    { producer: EndsBeforeCommit },
  ),
  bug(
    'naive-check',
    'The check looks for a row and says rollback while the transaction runs.',
    'MQ-B04; dtm QueryPrepared',
    ['no-loss'],
    'a local transaction slower than immunity',
    'medium',
    { producer: NaiveCheck },
    { config: { immunity: '1ms', checkInterval: '5ms', localTx: '30ms' } },
  ),
  bug(
    'check-says-commit',
    'The check answers commit when it does not know.',
    'MQ-B05; RocketMQ Example_Transaction.md',
    [TALK, 'no-phantom'],
    'producer restart',
    'easy',
    { producer: CheckSaysCommit },
  ),
  bug(
    'debit-before-force',
    'The debit is made and told, then made again by the transaction that was to make it.',
    'MQ-B02',
    [TALK, 'effectively-once'],
    'nothing',
    'easy',
    { producer: DebitBeforeForce },
  ),
  bug(
    'key-per-send',
    'A half message that is sent again has a key of its own: one transaction becomes several messages.',
    'MQ-B17; RocketMQ DefaultMQProducer, sendMsgTimeout and retries',
    ['no-phantom', 'conservation'],
    'a lost answer to a half message',
    'medium',
    { producer: KeyPerSend },
  ),
];
