import type { History } from '../../history/history.ts';
import type { Dependencies } from './dependency.ts';
import { analyseLists } from './list-append.ts';
import { collectLists } from './list-reads.ts';
import { analyseRegisters } from './rw-register.ts';
import { transactionsOf, type Transaction } from './transaction.ts';
import { TransactionWords } from './transaction-words.ts';

export type TransactionAnalysis =
  | {
      readonly kind: 'list-append' | 'rw-register';
      readonly all: readonly Transaction[];
      readonly dependencies: Dependencies;
      /** Speaks of the transactions that dependencies speak of. */
      readonly words: TransactionWords;
    }
  | { readonly kind: 'not judged'; readonly reason: string };

/**
 * Reads a history as transactions and recovers what depends on what, or says why that cannot be done.
 * @throws HistoryError when a transaction's value has another shape.
 */
export function analyseTransactions(history: History): TransactionAnalysis {
  const reading = transactionsOf(history);
  if (reading.kind === 'not transactions') return { kind: 'not judged', reason: reading.reason };
  return analyse(history, reading.kind, reading.transactions);
}

/** The same for some of a history's transactions. */
export function analyse(
  history: History,
  kind: 'list-append' | 'rw-register',
  all: readonly Transaction[],
): TransactionAnalysis {
  const words = new TransactionWords(history, all);
  if (kind === 'list-append') {
    const collected = collectLists(all);
    if ('keys' in collected)
      return found(kind, history, all, analyseLists(all, collected.keys, words));
    const [a, b] = collected.transactions;
    return {
      kind: 'not judged',
      reason:
        `${words.value(collected.element)} was appended to ${words.key(collected.key)} twice ` +
        `(${words.name(a)}, ${words.name(b)}), so the order of versions cannot be recovered; ` +
        'append every element to a key once',
    };
  }
  const registers = analyseRegisters(all, history.values.intern(history.dialect.initial), words);
  if ('edges' in registers) return found(kind, history, all, registers);
  const [a, b] = registers.transactions;
  const written = `${words.value(registers.value)} was written to ${words.key(registers.key)}`;
  return {
    kind: 'not judged',
    reason:
      (b === undefined
        ? `${written} (${words.name(a)}) although it is the initial value`
        : `${written} twice (${words.name(b)}, ${words.name(a)})`) +
      ', so reads do not name their writer; write every value to a key once, and never the initial one',
  };
}

function found(
  kind: 'list-append' | 'rw-register',
  history: History,
  all: readonly Transaction[],
  dependencies: Dependencies,
): TransactionAnalysis {
  const words = new TransactionWords(history, dependencies.transactions);
  return { kind, all, dependencies, words };
}
