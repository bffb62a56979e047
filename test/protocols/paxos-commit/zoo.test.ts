import { bugs } from '../../../src/protocols/paxos-commit/bugs.ts';
import { describeZoo } from '../bundled-zoo.ts';

describeZoo('paxos-commit', 'paxos-commit-nemesis', bugs);
