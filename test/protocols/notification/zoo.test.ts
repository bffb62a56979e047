import { ownTableBugs, sharedTableBugs } from '../../../src/protocols/notification/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('notification', 'notify-nemesis', ownTableBugs);
describeZoo('notification', 'notify-two-notifiers-nemesis', sharedTableBugs);
