import type { ScenarioDocument } from '../documents/document.ts';

/**
 * What a scenario requires under any configuration: that operations were served while faults went on. How its script ends, what
 * is sent how often and what is measured belong to its own configuration, links and faults, not to drawn ones.
 */
export function lastingRequire({
  require: required,
}: Pick<ScenarioDocument, 'require'>): Pick<ScenarioDocument, 'require'> {
  const { okDuringFaults } = required ?? {};
  return okDuringFaults === undefined ? {} : { require: { okDuringFaults } };
}
