import { describeBundled } from './bundled-scenarios.ts';

describeBundled('shootout');
