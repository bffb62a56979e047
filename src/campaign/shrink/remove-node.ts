import type { FaultEntry, TriggerEntry } from '../../scenario/schema.ts';
import { nodeNames, type ScenarioDocument } from '../documents/document.ts';

/** The document without one server or client, and without everything that is about this node alone. */
export function withoutNode(document: ScenarioDocument, name: string): ScenarioDocument {
  const servers = nodeNames(document.topology.servers, 'n');
  const clients = nodeNames(document.topology.clients, 'c');
  const { clocks, network, script } = document;
  return {
    ...document,
    topology: {
      servers: asEntry(
        servers.filter((one) => one !== name),
        'n',
      ),
      clients: asEntry(
        clients.filter((one) => one !== name),
        'c',
      ),
    },
    ...(script === undefined ? {} : { script: script.filter((step) => step.client !== name) }),
    ...(document.faults === undefined
      ? {}
      : { faults: document.faults.flatMap((fault) => faultWithout(fault, name)) }),
    ...livenessWithout(document.liveness, name),
    ...(clocks === undefined
      ? {}
      : { clocks: Object.fromEntries(Object.entries(clocks).filter(([node]) => node !== name)) }),
    ...(network?.links === undefined
      ? {}
      : {
          network: {
            ...network,
            links: network.links.filter(({ from, to }) => from !== name && to !== name),
          },
        }),
  };
}

function livenessWithout(
  liveness: ScenarioDocument['liveness'],
  name: string,
): Pick<ScenarioDocument, 'liveness'> {
  if (typeof liveness !== 'object' || typeof liveness.heal !== 'object') return {};
  const heal = liveness.heal.filter((one) => one !== name);
  const left = Object.fromEntries(
    Object.entries(liveness.left ?? {}).filter(([server]) => server !== name),
  );
  return { liveness: { ...liveness, heal, left } };
}

/** `[n1, n2, n3]` is written 3. */
function asEntry(names: readonly string[], prefix: string): number | string[] {
  return names.every((name, index) => name === `${prefix}${index + 1}`) ? names.length : [...names];
}

function faultWithout(fault: FaultEntry, name: string): FaultEntry[] {
  const isGone = (target: FaultEntry['target']): boolean =>
    target === name || (Array.isArray(target) && target.every((one) => one === name));
  if ([fault.target, fault.from, fault.to].some(isGone)) return [];
  if (fault.when !== undefined && speaksOf(fault.when, name)) return [];
  const rest = (target: FaultEntry['target']): FaultEntry['target'] =>
    Array.isArray(target) ? target.filter((one) => one !== name) : target;
  const groups = fault.groups
    ?.map((group) => group.filter((one) => one !== name))
    .filter((group) => group.length > 0);
  if (groups !== undefined && groups.length < 2) return [];
  const links = fault.links?.filter((pair) => !pair.includes(name));
  return [
    {
      ...fault,
      ...(fault.target === undefined ? {} : { target: rest(fault.target) }),
      ...(fault.from === undefined ? {} : { from: rest(fault.from) }),
      ...(fault.to === undefined ? {} : { to: rest(fault.to) }),
      ...(groups === undefined ? {} : { groups }),
      ...(links === undefined ? {} : { links }),
    },
  ];
}

function speaksOf(trigger: TriggerEntry, name: string): boolean {
  return Object.entries(trigger).some(
    ([key, value]) => ['node', 'from', 'to'].includes(key) && value === name,
  );
}
