import { ConfigError } from '../protocol.ts';

/**
 * Refuses tokens that nobody checks, and checks of tokens that nobody gives out. `sources`: the words of `fence` that
 * give tokens out.
 * @throws ConfigError
 */
export function refuseUselessFence(
  { fence, resourceChecks }: { readonly fence: string; readonly resourceChecks: boolean },
  sources: readonly string[],
): void {
  if (resourceChecks && fence === 'none')
    throw new ConfigError(
      'resourceChecks',
      'the resource cannot check fencing tokens that nobody gives out (fence: none)',
      `set fence: ${sources.join(' or ')}, or resourceChecks: false`,
    );
  if (!resourceChecks && fence !== 'none')
    throw new ConfigError(
      'fence',
      `the resource does not check the fencing tokens of fence: ${fence} (resourceChecks: false): they protect nothing`,
      'leave resourceChecks out, or set fence: none',
    );
}
