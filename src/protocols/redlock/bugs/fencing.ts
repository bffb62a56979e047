import { ResourceNode } from '../../locks/index.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

export const fencingBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'resource-forgets-token',
    'the resource keeps the greatest token in memory only',
    'RL-B37',
    ['mutual-exclusion-effect', 'no-lost-update'],
    ['fence', 'pause longer than the ttl', 'the resource restarts meanwhile'],
    'medium',
    { resource: ResourceForgetsToken },
  ),
  bug(
    'tokens-as-text',
    'the resource compares tokens as text: "9" > "10"',
    'RL-B38',
    ['newest-token-accepted', 'liveness'],
    ['fence', 'ten grants'],
    'easy',
    { resource: TokensAsText },
  ),
  bug(
    'token-not-written-back',
    'takes the greatest counter of a quorum plus one and does not write it back',
    'RL-B39; Kleppmann 2016',
    ['token-monotone'],
    'fence: quorum-max-writeback',
    'easy',
    { lock: TokenNotWrittenBack },
  ),
  bug(
    'tokens-ignored',
    'the resource applies writes whatever their token',
    'RL-B34, RL-B35, RL-B36; Kleppmann 2016',
    ['mutual-exclusion-effect', 'no-lost-update'],
    ['fence', 'pause longer than the ttl, or a write as late as that'],
    'easy',
    { resource: TokensIgnored },
  ),
];
