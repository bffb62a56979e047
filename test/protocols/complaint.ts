import { ConfigError } from '../../src/protocols/protocol.ts';

/** What a configuration is refused with: `key: reason; fix`, or `none`. */
export function complaintOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigError) return `${error.key}: ${error.message}; ${error.fix}`;
    throw error;
  }
  return 'none';
}
