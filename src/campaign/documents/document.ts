import { parse } from 'yaml';

import type { ProtocolDefinition } from '../../protocols/protocol.ts';
import { compileScenario } from '../../scenario/compile.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ScenarioFile } from '../../scenario/schema.ts';

/**
 * A scenario file as data. Campaigns work on documents and never on compiled scenarios: what was run can always be written
 * as a file, and a shrunk file is the very thing that was tried.
 */
export type ScenarioDocument = ScenarioFile;

export type Protocols = Readonly<Record<string, ProtocolDefinition>>;

/** A document and where it came from. */
export interface Subject {
  readonly document: ScenarioDocument;
  /** Named in errors and in the line that reproduces. */
  readonly file: string;
  readonly protocols: Protocols;
}

/**
 * Reads a scenario's YAML text.
 * @throws ScenarioError listing everything that is wrong, each with line and column.
 */
export function readSubject(text: string, file: string, protocols: Protocols = PROTOCOLS): Subject {
  compileScenario(text, file, protocols);
  return { document: parse(text) as ScenarioDocument, file, protocols };
}

/** The document as a runnable scenario. @throws ScenarioError */
export function compileDocument({ document, file, protocols }: Subject): Scenario {
  // JSON is YAML: the same door, the same checks as for a file.
  return compileScenario(JSON.stringify(document), file, protocols);
}

export function withDocument(subject: Subject, document: ScenarioDocument): Subject {
  return { ...subject, document };
}

/** The names of a topology entry: `3` with prefix `n` is n1, n2, n3. */
export function nodeNames(entry: number | readonly string[] | undefined, prefix: string): string[] {
  if (typeof entry === 'object') return [...entry];
  return Array.from({ length: entry ?? 0 }, (_, index) => `${prefix}${index + 1}`);
}
