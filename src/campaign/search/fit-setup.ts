import { ConfigError, type ProtocolDefinition } from '../../protocols/protocol.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';

/**
 * A document on which a setup's configuration was laid, without what does not go with it: options of the document's own
 * that the setup switches off, and operations that clients cannot do under it; they do others in their place.
 */
export function fitSetup(
  document: ScenarioDocument,
  setup: Readonly<Record<string, unknown>>,
  protocol: ProtocolDefinition,
): ScenarioDocument {
  const servers = nodeNames(document.topology.servers, 'n').length;
  const { config, parsed } = withoutRefused(document.config ?? {}, setup, protocol, servers);
  const fitted = { ...document, config };
  const fits = (f: string): boolean => (protocol.unfit?.(parsed, f) ?? null) === null;
  const other = protocol.operations.find(fits);
  const { workload, script } = document;
  if (other === undefined) return fitted;
  const instead = (f: string): string => (fits(f) ? f : other);
  const mix: Record<string, number> = {};
  for (const [f, weight] of Object.entries(workload?.mix ?? {}))
    mix[instead(f)] = (mix[instead(f)] ?? 0) + weight;
  return {
    ...fitted,
    ...(workload === undefined ? {} : { workload: { ...workload, mix } }),
    ...(script === undefined
      ? {}
      : { script: script.map((step) => ({ ...step, do: instead(step.do) })) }),
  };
}

/** @throws ConfigError about what the setup itself says, or about something that is not there. */
function withoutRefused(
  written: Readonly<Record<string, unknown>>,
  setup: Readonly<Record<string, unknown>>,
  protocol: ProtocolDefinition,
  servers: number,
): { readonly config: Readonly<Record<string, unknown>>; readonly parsed: unknown } {
  for (let config = written; ;) {
    try {
      return { config, parsed: protocol.parseConfig(config, servers) };
    } catch (error) {
      if (!(error instanceof ConfigError) || !(error.key in config) || error.key in setup)
        throw error;
      config = omit(config, error.key);
    }
  }
}
