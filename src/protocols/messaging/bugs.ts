import { classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { Broker } from './broker.ts';
import { brokerBugs } from './bugs/broker.ts';
import { consumerBugs } from './bugs/consumer.ts';
import { halfBugs } from './bugs/half.ts';
import { outboxBugs } from './bugs/outbox.ts';
import { producerBugs } from './bugs/producer.ts';
import { Consumer } from './consumer.ts';
import type { ServerClasses } from './node.ts';
import { Outbox } from './outbox.ts';
import { Producer } from './producer.ts';
import { Puller } from './puller.ts';
import { Relay } from './relay.ts';
import { TransactionFlow } from './transaction-flow.ts';

const planted: readonly PlantedBug<ServerClasses>[] = [
  ...producerBugs,
  ...halfBugs,
  ...brokerBugs,
  ...consumerBugs,
  ...outboxBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith(
    'messaging',
    planted,
    {
      producer: Producer,
      flow: TransactionFlow,
      outbox: Outbox,
      relay: Relay,
      broker: Broker,
      consumer: Consumer,
      puller: Puller,
    },
    id,
  );
}
