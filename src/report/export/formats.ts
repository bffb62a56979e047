import { csv } from './csv.ts';
import { dot } from './dot.ts';
import { edn } from './edn.ts';
import type { Exporter } from './exporter.ts';
import { itf } from './itf.ts';
import { jsonl } from './jsonl.ts';
import { markdown } from './markdown.ts';
import { mermaid } from './mermaid.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';
import { porcupine } from './porcupine.ts';
import { shiviz } from './shiviz.ts';

export interface ExportFormat {
  readonly write: Exporter;
  /** Where to open it, for people. */
  readonly about: string;
}

/** Every format of `splitbrain export`, by its name there. */
export const EXPORT_FORMATS: Readonly<Record<string, ExportFormat>> = {
  shiviz: { write: shiviz, about: 'vector clocks, for bestchai.bitbucket.io/shiviz' },
  perfetto: { write: perfetto, about: 'Chrome trace JSON, for ui.perfetto.dev' },
  edn: { write: edn, about: 'the history, for Jepsen, Knossos and Elle' },
  porcupine: { write: porcupine, about: "the history, as Porcupine's Go structs in JSON" },
  mermaid: { write: mermaid, about: 'a sequence diagram that GitHub draws' },
  markdown: { write: markdown, about: 'a bug report: text, diagram, faults, how to reproduce' },
  dot: { write: dot, about: 'for Graphviz: --graph cone, anomaly or states' },
  itf: { write: itf, about: 'the global state after every event, for Apalache and Quint' },
  otlp: { write: otlp, about: 'OpenTelemetry JSON: a trace for each client operation' },
  csv: { write: csv, about: '--table events, history, metrics, states or faults' },
  jsonl: { write: jsonl, about: 'every row of the trace, one object a line' },
};
