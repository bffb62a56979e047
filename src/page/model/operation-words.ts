import type { OperationData } from '../../report/html/report-data.ts';

/** `write x 2`. */
export function requestText({ f, key, input }: OperationData): string {
  const words = [f];
  if (key !== null && key !== undefined)
    words.push(typeof key === 'string' ? key : JSON.stringify(key));
  if (f === 'cas' && Array.isArray(input))
    words.push(`${JSON.stringify(input[0])} -> ${JSON.stringify(input[1])}`);
  else if (input !== undefined && input !== null) words.push(JSON.stringify(input));
  return words.join(' ');
}

const READS: readonly string[] = ['read', 'get', 'r', 'dequeue', 'pop', 'peek', 'txn'];

/** `ok`, `→ 2`, `failed (compare)`, `unknown`. */
export function answerText({ status, output, error, f }: OperationData): string {
  if (status === 'info') return 'unknown: may or may not have happened';
  if (status === 'fail') return `failed${error === null ? '' : ` (${error})`}`;
  const answers = READS.includes(f) || (output !== null && output !== undefined);
  return answers ? `→ ${JSON.stringify(output ?? null)}` : 'ok';
}

/** `c2: read x → 1`. */
export function operationText(operation: OperationData, names: readonly string[]): string {
  const who = names[operation.node] ?? String(operation.process);
  return `#${operation.index} ${who}: ${requestText(operation)} ${answerText(operation)}`;
}
