import { Document, isCollection, isMap, isScalar, isSeq, type Node } from 'yaml';

import type { ScenarioDocument } from './document.ts';

/** Comments for a written scenario: at its head, and after faults by their ids. */
export interface ScenarioNotes {
  readonly head?: readonly string[];
  readonly faults?: ReadonlyMap<string, string>;
}

/** Keys in the order in which a person reads a scenario. */
const ORDER: readonly string[] = [
  'name',
  'title',
  'claim',
  'source',
  'tags',
  'seed',
  'protocol',
  'bug',
  'topology',
  'config',
  'network',
  'disk',
  'clocks',
  'ties',
  'duration',
  'liveness',
  'maxEvents',
  'workload',
  'script',
  'faults',
  'nemesis',
  'require',
  'properties',
];
const LISTS: readonly string[] = ['script', 'faults'];

/** A scenario as YAML text that a person can read and edit: one line a fault, one line an operation. */
export function writeScenario(
  document: Partial<ScenarioDocument>,
  notes: ScenarioNotes = {},
): string {
  const ordered = Object.fromEntries(
    Object.entries(document)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)),
  );
  const yaml = new Document(ordered);
  if (notes.head !== undefined)
    yaml.commentBefore = notes.head.map((line) => ` ${line}`.trimEnd()).join('\n');
  if (isMap(yaml.contents))
    for (const { key, value } of yaml.contents.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (LISTS.includes(name) && isSeq(value))
        for (const item of value.items) layOut(item, notes.faults);
      else if (isCollection(value)) value.flow = true;
    }
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function layOut(item: unknown, comments: ReadonlyMap<string, string> | undefined): void {
  if (!isMap(item)) return;
  item.flow = true;
  const id: unknown = item.get('id');
  const comment = comments?.get(String(id));
  if (comment !== undefined) (item as Node).comment = ` ${comment}`;
}
