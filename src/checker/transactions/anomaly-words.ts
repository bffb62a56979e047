import type { Anomaly, AnomalyAlias } from './anomaly.ts';
import type { Cycle } from './cycles.ts';
import type { Dependency } from './dependency.ts';
import type { TransactionWords } from './transaction-words.ts';

/** A cycle as an anomaly: a sentence and, edge by edge, the reasons. */
export function anomalyOf(cycle: Cycle, words: TransactionWords, lists: boolean): Anomaly {
  const { edges } = cycle;
  const because = edges.flatMap((edge) => reasons(edge, words, lists));
  const circle = [...edges.map((edge) => edge.from), edges[0]!.from];
  because.push(`A circle: ${circle.map((id) => words.name(id)).join(' before ')}.`);
  return {
    name: cycle.name,
    aliases: cycle.aliases,
    operations: [...new Set(edges.map((edge) => words.operation(edge.from)))],
    sentence: sentence(cycle, words),
    because,
  };
}

function reasons(edge: Dependency, words: TransactionWords, lists: boolean): string[] {
  const line = `${words.because(edge, lists)}.`;
  if (edge.because === undefined || edge.because.length === 0) return [line];
  const [first] = edge.because;
  return [
    ...edge.because.flatMap((inner) => reasons(inner, words, lists)),
    `${line} The versions have this order because ${words.name(first!.from)} comes before ${words.name(edge.because.at(-1)!.to)} anyway.`,
  ];
}

function sentence({ name, aliases, edges }: Cycle, words: TransactionWords): string {
  const label = title(name, aliases);
  const [a, b] = [words.name(edges[0]!.from), words.name(edges[0]!.to)];
  const all = edges.map((edge) => words.name(edge.from)).join(', ');
  if (aliases.includes('write-skew'))
    return `${label}: ${a} and ${b} each read what the other overwrote, so neither can come first.`;
  if (aliases.includes('long-fork')) {
    const readers = edges.filter((edge) => edge.type === 'rw').map((edge) => words.name(edge.from));
    const writers = edges.filter((edge) => edge.type === 'wr').map((edge) => words.name(edge.from));
    return `${label}: ${readers.join(' and ')} saw the writes of ${writers.join(' and ')} in opposite orders.`;
  }
  const missed = edges.find((edge) => edge.type === 'rw');
  if (name.startsWith('G-single') && missed !== undefined)
    return `${label}: ${words.name(missed.from)} missed a write of ${words.name(missed.to)} although it comes after ${words.name(missed.to)}.`;
  if (name.startsWith('G0')) return `${label}: ${all} overwrote each other in a circle.`;
  if (name.startsWith('G1c')) return `${label}: ${all} each depend on what another of them wrote.`;
  return `${label}: ${all} would each have to come before the next and the last before the first.`;
}

function title(name: string, aliases: readonly AnomalyAlias[]): string {
  const names: Readonly<Record<string, string>> = {
    G0: 'Write cycle',
    G1c: 'Circular information flow',
    'G-single': 'Read skew',
    'G-nonadjacent': 'Non-adjacent anti-dependency cycle',
    'G2-item': 'Anti-dependency cycle',
  };
  if (aliases.includes('write-skew')) return `Write skew (${name})`;
  if (aliases.includes('long-fork')) return `Long fork (${name})`;
  const plain = name.replace(/-(process|realtime)$/, '');
  const suffix = name.endsWith('-realtime')
    ? ' against real time'
    : name.endsWith('-process')
      ? ' against process order'
      : '';
  return `${names[plain] ?? plain}${suffix} (${name})`;
}

const DIRECT_TITLES: Readonly<Record<string, string>> = {
  G1a: 'Dirty read (G1a)',
  G1b: 'Intermediate read (G1b)',
  internal: 'Internal inconsistency (internal)',
  'lost-update': 'Lost update',
  'fractured-read': 'Fractured read',
  'dirty-update': 'Dirty update',
  'duplicate-elements': 'Duplicate elements',
  'incompatible-order': 'Incompatible orders (incompatible-order)',
  'garbage-read': 'Read of a value that was never written (garbage-read)',
};

/** The sentence of an anomaly that is no cycle, with its title. */
export function titled(anomaly: Anomaly): string {
  return `${DIRECT_TITLES[anomaly.name] ?? anomaly.name}: ${anomaly.sentence}.`;
}
