import type { RandomStream } from '../../sim/engine/random.ts';
import { bankValueFor } from '../bank.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { MessagingClient } from './client.ts';
import { configKeys, parseConfig, type MessagingConfig } from './config.ts';
import { CLOSED_ACCOUNT } from './consumer.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { figureNames, MessagingMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** Now and then a transfer goes to an account that B refuses. */
function valueFor(f: string, key: string, keys: readonly string[], stream: RandomStream): unknown {
  if (f !== 'transfer') return bankValueFor(f, key, keys, stream);
  const to = stream.chance(50_000) ? CLOSED_ACCOUNT : stream.pick([key, ...keys]);
  return { to, amount: 1 + stream.below(5) };
}

/** Reliable messages: RocketMQ's half messages with check-back, or an outbox; inbox, retry table, dead letters. */
export const messaging: ProtocolDefinition<MessagingConfig, MessagingMonitor> = {
  name: 'messaging',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new MessagingMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: ({ monitor, ...context }) =>
    new MessagingClient({ ...context, monitor: monitor ?? null }),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor,
  messageTypes,
  marks: ['local', 'committed', 'alert'],
  configKeys,
  campaign: {
    variants: [
      [{ queues: 1 }, { queues: 2 }, { queues: 5 }],
      [{ threads: 1 }, { threads: 4 }],
      [{ opBatch: '0s' }, { opBatch: '60ms' }],
    ],
    focuses: [],
    stallUs: ({ pullTimeoutUs, memberUs }: MessagingConfig) => pullTimeoutUs + memberUs,
  },
};
