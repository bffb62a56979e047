import { bugs } from '../../../src/protocols/tcc/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('tcc', 'tcc-nemesis', bugs);
