import { ConfigError, type ProtocolDefinition } from '../protocols/protocol.ts';
import { NEMESIS_PROFILES } from '../sim/faults/nemesis.ts';
import type { Fault } from '../sim/faults/fault.ts';
import type { DiskOptions } from '../sim/storage/disk-array.ts';
import { FaultCompiler } from './compile-faults.ts';
import { compileLatency, compileLink } from './compile-network.ts';
import { suggest } from './nearest.ts';
import { Problems } from './problems.ts';
import { BUILT_IN_PROPERTIES } from './property-names.ts';
import type { Scenario, ScriptStep, WorkloadPlan } from './scenario.ts';
import { scenarioSchema, type ScenarioFile } from './schema.ts';
import { keysAt } from './schema-keys.ts';
import { YamlSource, type Path } from './source-map.ts';
import { parseDurationUs, parsePercentPpm } from './units.ts';

const DEFAULT_MAX_EVENTS = 1_000_000;
const DEFAULT_LIVENESS_US = 5_000_000;

/**
 * A scenario from its YAML text; `file` names it in errors.
 * @throws ScenarioError listing everything that is wrong, each with line and column.
 */
export function compileScenario(
  text: string,
  file: string,
  protocols: Readonly<Record<string, ProtocolDefinition>>,
): Scenario {
  const source = new YamlSource(text, file);
  const problems = new Problems(file, source);
  const parsed = scenarioSchema.safeParse(source.value);
  if (!parsed.success) {
    problems.addSchemaIssues(parsed.error.issues, keysAt);
    problems.throwIfAny();
    throw parsed.error;
  }
  const scenario = new Compilation(parsed.data, file, problems, protocols).compile();
  problems.throwIfAny();
  return scenario;
}

class Compilation {
  readonly #file: ScenarioFile;
  readonly #path: string;
  readonly #problems: Problems;
  readonly #protocols: Readonly<Record<string, ProtocolDefinition>>;

  constructor(
    file: ScenarioFile,
    path: string,
    problems: Problems,
    protocols: Readonly<Record<string, ProtocolDefinition>>,
  ) {
    this.#file = file;
    this.#path = path;
    this.#problems = problems;
    this.#protocols = protocols;
  }

  compile(): Scenario {
    const file = this.#file;
    const protocol = this.#protocol();
    const servers = names(file.topology.servers, 'n');
    const clients = names(file.topology.clients ?? 0, 'c');
    this.#checkNames(servers, clients);
    const durationUs = parseDurationUs(file.duration);
    const maxEvents = file.maxEvents ?? DEFAULT_MAX_EVENTS;
    const script = file.script ?? [];
    const stepIds = script.map((step, index) => step.id ?? `op${index + 1}`);
    const compiler = new FaultCompiler(
      {
        servers,
        clients,
        faultIds: (file.faults ?? []).map((fault) => fault.id),
        stepIds,
        marks: protocol.marks,
        messageTypes: protocol.messageTypes,
        maxEvents,
        endUs: durationUs,
      },
      this.#problems,
    );
    const faults = (file.faults ?? []).map((entry, index) =>
      compiler.fault(entry, ['faults', index]),
    );
    this.#checkIds(stepIds, faults);
    this.#checkCircles(faults);
    const network = compileLink(
      file.network ?? {},
      undefined,
      this.#complainAt(['network', 'latency']),
    );
    return {
      name: file.name,
      title: file.title,
      claim: file.claim?.trim() ?? '',
      source: file.source?.trim() ?? '',
      tags: file.tags ?? [],
      file: this.#path,
      defaultSeed: file.seed ?? '1',
      protocol,
      bug: this.#bug(protocol),
      config: this.#config(protocol, servers.length),
      servers,
      clients,
      network,
      links: (file.network?.links ?? []).map((entry, index) => {
        this.#checkNode(entry.from, ['network', 'links', index, 'from'], [...servers, ...clients]);
        this.#checkNode(entry.to, ['network', 'links', index, 'to'], [...servers, ...clients]);
        return { from: entry.from, to: entry.to, profile: compileLink(entry, network) };
      }),
      disk: this.#disk(),
      clocks: Object.entries(file.clocks ?? {}).map(([node, clock]) => {
        this.#checkNode(node, ['clocks', node], [...servers, ...clients]);
        return {
          node,
          offsetUs: clock.offset === undefined ? 0 : parseDurationUs(clock.offset),
          driftPpm: clock.driftPpm ?? 0,
        };
      }),
      ties: file.ties ?? 'fifo',
      durationUs,
      livenessUs:
        file.liveness === 'none'
          ? null
          : file.liveness === undefined
            ? DEFAULT_LIVENESS_US
            : parseDurationUs(file.liveness),
      maxEvents,
      workload: this.#workload(protocol, clients),
      script: script.map((step, index): ScriptStep => {
        const path = ['script', index];
        this.#checkNode(step.client, [...path, 'client'], clients);
        this.#checkOperation(step.do, [...path, 'do'], protocol);
        return {
          id: stepIds[index]!,
          start: compiler.moment(step, path, stepIds[index]!),
          client: step.client,
          f: step.do,
          key: step.key ?? 'x',
          value: step.value ?? null,
        };
      }),
      faults,
      mayMiss: new Set(
        (file.faults ?? []).filter((fault) => fault.mayMiss).map((fault) => fault.id),
      ),
      nemesis: this.#nemesis(durationUs),
      requireOkDuringFaults: file.require?.okDuringFaults ?? [],
      declared: this.#declared(protocol),
    };
  }

  #protocol(): ProtocolDefinition {
    const known = Object.keys(this.#protocols);
    const protocol = this.#protocols[this.#file.protocol];
    if (protocol !== undefined) return protocol;
    this.#problems.add(
      ['protocol'],
      `no protocol is called "${this.#file.protocol}"`,
      suggest(this.#file.protocol, known),
    );
    this.#problems.throwIfAny();
    throw new Error('unreachable');
  }

  #bug(protocol: ProtocolDefinition): string | null {
    const { bug } = this.#file;
    if (bug === undefined) return null;
    const known = protocol.bugs.map((definition) => definition.id);
    if (!known.includes(bug))
      this.#problems.add(
        ['bug'],
        `${protocol.name} has no planted bug "${bug}"`,
        suggest(bug, known),
      );
    return bug;
  }

  #config(protocol: ProtocolDefinition, serverCount: number): unknown {
    try {
      return protocol.parseConfig(this.#file.config ?? {}, serverCount);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const inFile = error.key in (this.#file.config ?? {});
      this.#problems.add(inFile ? ['config', error.key] : ['config'], error.message, error.fix);
      return null;
    }
  }

  #disk(): DiskOptions {
    const { sync, unsynced, torn } = this.#file.disk ?? {};
    return {
      syncLatency:
        sync === undefined
          ? { kind: 'uniform', minUs: 500, maxUs: 3_000 }
          : compileLatency(sync, this.#complainAt(['disk', 'sync'])),
      unsynced: unsynced ?? 'prefix',
      tornPpm: torn === undefined ? 0 : parsePercentPpm(torn),
    };
  }

  #workload(protocol: ProtocolDefinition, clients: readonly string[]): WorkloadPlan | null {
    const { workload } = this.#file;
    if (workload === undefined) return null;
    if (clients.length === 0)
      this.#problems.add(['workload'], 'a workload without clients', 'add topology.clients');
    const mix = Object.entries(workload.mix).map(([f, weight]) => {
      this.#checkOperation(f, ['workload', 'mix', f], protocol);
      return { f, weight };
    });
    if (mix.every(({ weight }) => weight === 0))
      this.#problems.add(['workload', 'mix'], 'all weights are 0', 'give one operation a weight');
    const [thinkMin, thinkMax] = workload.think ?? ['1ms', '30ms'];
    const [thinkMinUs, thinkMaxUs] = [parseDurationUs(thinkMin), parseDurationUs(thinkMax)];
    if (thinkMinUs > thinkMaxUs)
      this.#complainAt(['workload', 'think'])(
        `the range [${thinkMin}, ${thinkMax}] ends before it begins`,
      );
    return {
      operations: workload.operations ?? Infinity,
      mix,
      keys: workload.keys ?? 1,
      values: workload.values ?? 'unique',
      thinkMinUs,
      thinkMaxUs,
      fromUs: workload.from === undefined ? 0 : parseDurationUs(workload.from),
    };
  }

  #nemesis(durationUs: number): Scenario['nemesis'] {
    const { nemesis } = this.#file;
    if (nemesis === undefined) return null;
    const entry = typeof nemesis === 'string' ? { profile: nemesis } : nemesis;
    const base = NEMESIS_PROFILES[entry.profile ?? 'default']!;
    const range = (
      key: 'gap' | 'for',
      fallback: readonly [number, number],
    ): readonly [number, number] => {
      const pair = entry[key];
      if (pair === undefined) return fallback;
      const [minUs, maxUs] = [parseDurationUs(pair[0]), parseDurationUs(pair[1])];
      if (minUs > maxUs || maxUs === 0)
        this.#complainAt(['nemesis', key])(
          `the range [${pair.join(', ')}] is empty or ends before it begins`,
        );
      return [minUs, maxUs];
    };
    const [gapMinUs, gapMaxUs] = range('gap', [base.gapMinUs, base.gapMaxUs]);
    const [forMinUs, forMaxUs] = range('for', [base.forMinUs, base.forMaxUs]);
    const weights = entry.weights ?? base.weights;
    if (Object.values(weights).every((weight) => weight === 0))
      this.#problems.add(
        ['nemesis', 'weights'],
        'all weights are 0',
        'give one kind of fault a weight',
      );
    const fromUs = entry.from === undefined ? 0 : parseDurationUs(entry.from);
    if (fromUs >= durationUs)
      this.#problems.add(
        ['nemesis', 'from'],
        'the nemesis begins when the fault phase is over',
        'raise `duration`',
      );
    return { profile: { weights, gapMinUs, gapMaxUs, forMinUs, forMaxUs }, fromUs };
  }

  #declared(protocol: ProtocolDefinition): Scenario['declared'] {
    const declared = this.#file.properties ?? {};
    const known = [
      ...BUILT_IN_PROPERTIES,
      ...protocol.invariants.map((invariant) => invariant.name),
    ];
    for (const name of Object.keys(declared))
      if (!known.includes(name))
        this.#problems.add(
          ['properties'],
          `no property is called "${name}"`,
          suggest(name, known),
          name,
        );
    return declared;
  }

  #checkNames(servers: readonly string[], clients: readonly string[]): void {
    const seen = new Set<string>();
    for (const [key, list] of Object.entries({ servers, clients }))
      for (const [index, name] of list.entries()) {
        if (seen.has(name))
          this.#problems.add(
            ['topology', key, index],
            `two nodes are called "${name}"`,
            'rename one',
          );
        seen.add(name);
      }
  }

  #checkIds(stepIds: readonly string[], faults: readonly Fault[]): void {
    const seen = new Set<string>();
    const check = (id: string, path: Path): void => {
      if (seen.has(id))
        this.#problems.add(path, `the id "${id}" is used twice`, 'rename one', 'id');
      seen.add(id);
    };
    for (const [index, fault] of faults.entries()) check(fault.id, ['faults', index]);
    for (const [index, id] of stepIds.entries()) check(id, ['script', index]);
  }

  /** Faults that wait for each other in a circle never begin. */
  #checkCircles(faults: readonly Fault[]): void {
    const waitsFor = new Map<string, string>();
    for (const { id, start } of faults)
      if ('when' in start && start.when.kind === 'fault') waitsFor.set(id, start.when.id);
    for (const [index, { id }] of faults.entries()) {
      const chain = [id];
      for (
        let next = waitsFor.get(id);
        next !== undefined && chain.length <= faults.length;
        next = waitsFor.get(next)
      ) {
        chain.push(next);
        if (next !== id) continue;
        if (chain.length > 2)
          this.#problems.add(
            ['faults', index],
            `can never fire: ${chain.join(' waits for ')}`,
            'let one of them begin at a time or on another event',
            'when',
          );
        break;
      }
    }
  }

  #checkNode(name: string, path: Path, known: readonly string[]): void {
    if (!known.includes(name))
      this.#problems.add(path, `no such node: "${name}"`, suggest(name, known));
  }

  #checkOperation(f: string, path: Path, protocol: ProtocolDefinition): void {
    if (!protocol.operations.includes(f))
      this.#problems.add(
        path,
        `${protocol.name} clients know no operation "${f}"`,
        suggest(f, protocol.operations),
      );
  }

  #complainAt(path: Path): (message: string) => void {
    return (message) => {
      this.#problems.add(path, message, 'write the smaller one first');
    };
  }
}

function names(entry: number | readonly string[], prefix: string): readonly string[] {
  return typeof entry === 'number'
    ? Array.from({ length: entry }, (_, index) => `${prefix}${index + 1}`)
    : entry;
}
