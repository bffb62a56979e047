import { ResourceNode } from '../../locks/index.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

class ResourceForgetsToken extends ResourceNode {
  protected override recover(record: Parameters<ResourceNode['recover']>[0]): void {
    super.recover({ ...record, token: null });
  }
}

/** Tokens are given out and carried, and nobody looks at them. */
class TokensIgnored extends ResourceNode {
  protected override isOlder(): boolean {
    return false;
  }
}

class TokensAsText extends ResourceNode {
  protected override isOlder(token: number, maxToken: number): boolean {
    return String(token) < String(maxToken);
  }
}

class TokenNotWrittenBack extends RedLock {
  protected override writesTokenBack(): boolean {
    return false;
  }
}

export const fencingBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'resource-forgets-token',
      mutation: 'the resource keeps the greatest token in memory only',
      source: 'RL-B37',
      caughtBy: ['mutual-exclusion-effect', 'no-lost-update'],
      needs: ['fence', 'pause longer than the ttl', 'the resource restarts meanwhile'],
      rarity: 'medium',
    },
    resource: ResourceForgetsToken,
  },
  {
    definition: {
      id: 'tokens-as-text',
      mutation: 'the resource compares tokens as text: "9" > "10"',
      source: 'RL-B38',
      caughtBy: ['newest-token-accepted', 'liveness'],
      needs: ['fence', 'ten grants'],
      rarity: 'easy',
    },
    resource: TokensAsText,
  },
  {
    definition: {
      id: 'token-not-written-back',
      mutation: 'takes the greatest counter of a quorum plus one and does not write it back',
      source: 'RL-B39; Kleppmann 2016',
      caughtBy: ['token-monotone'],
      needs: ['fence: quorum-max-writeback'],
      rarity: 'easy',
    },
    lock: TokenNotWrittenBack,
  },
  {
    definition: {
      id: 'tokens-ignored',
      mutation: 'the resource applies writes whatever their token',
      source: 'RL-B34, RL-B35, RL-B36; Kleppmann 2016',
      caughtBy: ['mutual-exclusion-effect', 'no-lost-update'],
      needs: ['fence', 'pause longer than the ttl, or a write as late as that'],
      rarity: 'easy',
    },
    resource: TokensIgnored,
  },
];
