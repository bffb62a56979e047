import { bugs } from '../../../src/protocols/saga/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('saga', 'saga-nemesis', bugs);
