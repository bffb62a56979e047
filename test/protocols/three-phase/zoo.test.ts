import { bugs } from '../../../src/protocols/three-phase/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('three-phase', '3pc-crashes', bugs);
