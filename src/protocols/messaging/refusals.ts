import { refuseEmptyWaits } from '../empty-waits.ts';
import { ConfigError } from '../protocol.ts';
import type { MessagingConfig } from './config.ts';
import { serverCountOf } from './roles.ts';

/** One thing that cannot work: when, and the words for it. */
type Refusal = readonly [when: boolean, key: string, reason: string, fix: string];

/** Refuses a configuration that cannot work, the first reason first. @throws ConfigError with the reason and the fix */
export function refuseUnworkable(config: MessagingConfig, serverCount: number): void {
  refuseEmptyWaits({
    checkInterval: config.checkIntervalUs,
    sendTimeout: config.sendTimeoutUs,
    relayEvery: config.relayEveryUs,
    flushEvery: config.flushEveryUs,
    attemptTimeout: config.attemptTimeoutUs,
    pullHold: config.pullHoldUs,
    replicaTimeout: config.replicaTimeoutUs,
  });
  const refusals = [
    ...tooShort(config),
    ...contradictions(config),
    ...wrongTopology(config, serverCount),
  ];
  for (const [when, key, reason, fix] of refusals)
    if (when) throw new ConfigError(key, reason, fix);
}

function tooShort(config: MessagingConfig): readonly Refusal[] {
  const replayUs = config.retryTableUs.reduce((sum, pauseUs) => sum + pauseUs, 0);
  const pairs = [
    {
      key: 'pullTimeout',
      us: config.pullTimeoutUs,
      than: 'pullHold',
      leastUs: config.pullHoldUs,
      why: 'every pull that the broker holds would be sent again',
    },
    {
      key: 'memberTimeout',
      us: config.memberUs,
      than: 'pullTimeout',
      leastUs: config.pullTimeoutUs,
      why: 'one lost pull would cost a consumer its queues',
    },
    {
      key: 'claimLease',
      us: config.claimLeaseUs,
      than: 'sendTimeout',
      leastUs: config.sendTimeoutUs,
      why: 'two relays would send the same rows all the time',
    },
    {
      key: 'inboxRetention',
      us: config.inboxRetentionUs,
      than: 'messageLifetime and all pauses of retryTable together',
      leastUs: config.messageLifetimeUs + replayUs,
      why: 'a repeated message may arrive when the row that recognises it is gone',
    },
  ];
  return pairs.map(({ key, us, than, leastUs, why }) => [
    us <= leastUs,
    key,
    `${key} is not longer than ${than}: ${why}`,
    `write more than ${leastUs / 1_000}ms, or make the other shorter`,
  ]);
}

function contradictions(config: MessagingConfig): readonly Refusal[] {
  const { mode, producers, instances, relays, replicas, replication, groups, onDead } = config;
  return [
    [
      replication === 'sync' && replicas === 0,
      'replication',
      'replication is sync, and there is no replica',
      'write replicas: 1 and name the replica after the broker, or replication: async',
    ],
    [
      relays > 0 && mode === 'half',
      'relays',
      'half messages need no relay: A sends them itself',
      'write mode: outbox, or relays: 0',
    ],
    [
      relays > 0 && producers > 1,
      'relays',
      'whose outbox the relays carry is not clear: there are several producers',
      'write producers: 1, or relays: 0',
    ],
    [
      instances > 0 && mode === 'outbox',
      'instances',
      "the outbox is written by the node of A's database",
      'write mode: half, or instances: 0 (relays may carry its rows)',
    ],
    [
      instances > 0 && producers > 1,
      'instances',
      'whose database the instances share is not clear: there are several producers',
      'write producers: 1, or instances: 0',
    ],
    [
      onDead === 'reverse' && groups > 1,
      'onDead',
      'A would take back what one group refuses and another has carried out',
      'write onDead: alarm, or groups: 1',
    ],
  ];
}

function wrongTopology(config: MessagingConfig, serverCount: number): readonly Refusal[] {
  const needed = serverCountOf(config);
  return [
    [
      serverCount !== needed,
      'topology',
      `messaging has ${needed} servers here, not ${serverCount}`,
      'name them in this order: the producers, their instances, the relays, the broker, its replica, one consumer for each group, the workers; without these counts in config: the producer A, the broker, the consumer B',
    ],
  ];
}
