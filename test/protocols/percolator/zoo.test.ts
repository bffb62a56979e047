import { bugs } from '../../../src/protocols/percolator/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('percolator', 'percolator-nemesis', bugs);
