import type { Buffer } from 'node:buffer';
import { HistoryError } from './history-error.ts';

/** `kv` is EDN maps with a `:key`, as Porcupine's key-value logs have them: strings that start out empty. */
export type HistoryFormat = 'jsonl' | 'edn' | 'porcupine' | 'porcupine-json' | 'kv';

/** Tells the format from the first bytes of a file. @throws HistoryError when they look like none of them. */
export function detectFormat(head: Buffer, file: string | undefined): HistoryFormat {
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  if (/^INFO\s+jepsen\.util\s+-/m.test(text)) return 'porcupine';
  const start = text.replace(/^(?:[\s,]+|;[^\n]*(?:\n|$))*/, '');
  if (/^\{\s*"operations"\s*:|^\[\s*\{\s*"(?:ClientId|Input)"/.test(start)) return 'porcupine-json';
  if (start === '' || /^\{\s*"/.test(start)) return 'jsonl';
  if (/^\{\s*:/.test(start)) return isKeyValueLog(start) ? 'kv' : 'edn';
  if (/^\[\s*\{\s*"/.test(start))
    throw new HistoryError(
      { file, line: 1, column: 1 },
      'a JSON array',
      'one event a line',
      'Convert it: jq -c ".[]" file.json > file.jsonl',
    );
  if (/^[[(#]/.test(start)) return 'edn';
  throw new HistoryError(
    { file, line: 1, column: 1 },
    `a file that starts with ${JSON.stringify(start.slice(0, 24))}`,
    'JSON lines ({"process": ...}), Jepsen EDN ([{:process ...), or jepsen.util log lines',
    'Name the format with --format if this is a history.',
  );
}

function isKeyValueLog(start: string): boolean {
  const line = start.split('\n', 1)[0]!;
  return /:key[\s,]/.test(line) && /:f\s+:(?:put|append|get)\b/.test(line);
}
