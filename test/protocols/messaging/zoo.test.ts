import { bugs } from '../../../src/protocols/messaging/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('messaging', 'mq-nemesis', bugs);
