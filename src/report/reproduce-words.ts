import { SHORT_HASH_DIGITS } from './short-hash.ts';

/** The line that repeats a run; `scenario`: the word or path by which a command finds it. */
export function reproduceWords(
  scenario: string,
  seed: string,
  without: readonly string[],
  hash: string,
): string {
  const words = [scenario, '--seed', seed];
  if (without.length > 0) words.push('--without', ...without);
  words.push('--expect', hash.slice(0, SHORT_HASH_DIGITS));
  return `npx splitbrain replay ${words.map(shellWord).join(' ')}`;
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
