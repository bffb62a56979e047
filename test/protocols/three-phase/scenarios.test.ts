import { describeBundled } from '../bundled-scenarios.ts';

describeBundled('three-phase');
