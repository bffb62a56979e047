import { ConfigError } from './protocol.ts';

/** Refuses waits of 0, by the key they are written under. @throws ConfigError with the reason and the fix */
export function refuseEmptyWaits(waitsUs: Readonly<Record<string, number>>): void {
  for (const [key, us] of Object.entries(waitsUs))
    if (us === 0)
      throw new ConfigError(key, `${key} is over before it begins`, 'write more than 0s');
}
