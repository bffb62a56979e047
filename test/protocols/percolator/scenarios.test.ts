import { describeBundled } from '../bundled-scenarios.ts';

describeBundled('percolator');
