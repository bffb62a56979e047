import { bugs } from '../../../src/protocols/notification/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('notification', 'notify-nemesis', bugs);
