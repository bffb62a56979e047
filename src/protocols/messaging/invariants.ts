import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges at every event; the last three are asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'no-phantom',
    statement: 'A message is visible to B only when A has committed its local transaction.',
    source: 'MQ-I1; RocketMQ transactional messages',
  },
  {
    name: 'effectively-once',
    statement: 'A takes, and B gives, the amount of a key at most once.',
    source: 'MQ-I4',
  },
  {
    name: 'no-means-no',
    statement: 'A transfer whose client was refused is not made, then or later.',
    source: 'AC3 of Babaoglu and Toueg 1993, for the one transaction of A',
  },
  {
    name: 'half-ends-once',
    statement:
      'A half message ends once: a commit after a rollback is refused, and the other way round.',
    source: 'MQ-I5',
  },
  {
    name: 'message-once',
    statement: 'A half message whose end the broker has noted becomes no second message.',
    source: 'MQ-B09; apache/rocketmq#5574',
  },
  {
    name: 'offset-behind-work',
    statement:
      'A group reports a queue as finished only below its first message that is neither carried out on disk nor sent back.',
    source: 'MQ-I6',
  },
  {
    name: 'queue-order',
    statement: 'With `ordered: true` the messages of a queue have their effects in its order.',
    source: 'MQ-I8',
  },
  {
    name: 'retry-spacing',
    statement:
      'A message that came back is not delivered again before its pause in the retry table is over.',
    source: 'MQ-B12; RocketMQ TransactionalMessageServiceImpl',
  },
  {
    name: 'sent-back-when-failed',
    statement: 'A consumer sends back only what has failed: all else is redelivered by its queue.',
    source: 'MQ-B34; apache/rocketmq#7182',
  },
  {
    name: 'checked-in-full',
    statement: 'A half message is discarded only after all the checks it is entitled to.',
    source: 'MQ-B07; apache/rocketmq#8311',
  },
  {
    name: 'conservation',
    statement:
      'Debits at A are credits at B, what is under way, and what was taken back: at every instant.',
    source: 'MQ-I7',
  },
  {
    name: 'durable-before-talk',
    statement: 'Ends, answers and acknowledgements leave only when what they say is on disk.',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'outbox-order',
    statement:
      'Outbox mode: the messages of an account reach the broker in the order in which A committed them.',
    source: 'MQ-I8',
  },
  {
    name: 'one-receipt',
    statement: 'A books one receipt for each message that B has carried out.',
    source: 'MQ-I4, for what a consumer publishes in turn',
  },
  {
    name: 'every-row-sent',
    statement: 'Outbox mode, when all is healed: every committed row is a message B can see.',
    source: 'OB-I1',
  },
  {
    name: 'no-loss',
    statement:
      'When all is healed, every committed debit is a message B can see, or a person was alarmed.',
    source: 'MQ-I2',
  },
  {
    name: 'consumed-in-the-end',
    statement:
      'When all is healed, every message has its effect, was taken back, or a person was alarmed.',
    source: 'MQ-I3',
  },
];
