import { bugs } from '../../../src/protocols/commit/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('commit', '2pc-nemesis', bugs);
