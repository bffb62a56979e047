import { BrokenRule, type SimWorld } from './sim-world.ts';

/** One run of a test's body. */
export interface Attempt {
  readonly world: SimWorld;
  readonly error: Error | null;
}

/** What makes two failures of a body one and the same: the rule, or the line that threw. Null when it passed. */
export function failureOf({ error }: Attempt): string | null {
  if (error === null) return null;
  if (error instanceof BrokenRule) {
    const { cause } = error;
    return cause instanceof Error ? `${error.rule}: ${placeOf(cause)}` : error.rule;
  }
  return placeOf(error);
}

/** The error's kind, and the first line of people's own code in its stack. */
function placeOf({ name, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return `${name} ${(frames.find((line) => !line.includes('node_modules')) ?? '').trim()}`;
}
