import type { RecordedRun } from '../trace/recorded-run.ts';

/** What a person may ask of an export; a format takes what concerns it. */
export interface ExportOptions {
  /** At most so many events (ShiViz), messages (Mermaid) or nodes (DOT); null: as many as the format stands. */
  readonly max: number | null;
  /** DOT: what to draw. */
  readonly graph: 'cone' | 'anomaly' | 'states';
  /** CSV: which table. */
  readonly table: 'events' | 'history' | 'metrics' | 'states' | 'faults';
  /** The row it is about: of the place asked for, else of the violation; -1: neither. */
  readonly row: number;
  /** Another run of the same scenario, to be compared with by the reader of the format; null: none. */
  readonly other: RecordedRun | null;
  /** Told, for stderr, what was left out. */
  readonly note: (text: string) => void;
}

/** Writes a run in one format, piece by piece: a large run is never held as text. */
export type Exporter = (run: RecordedRun, options: ExportOptions) => Iterable<string>;
