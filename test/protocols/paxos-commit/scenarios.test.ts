import { describeBundled } from '../bundled-scenarios.ts';

describeBundled('paxos-commit');
