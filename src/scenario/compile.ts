import type { ProtocolDefinition } from '../protocols/protocol.ts';
import type { Fault } from '../sim/faults/fault.ts';
import type { DiskOptions } from '../sim/storage/disk-array.ts';
import { reportCircles } from './circles.ts';
import { compileBug } from './compile-bug.ts';
import { compileConfig } from './compile-config.ts';
import { FaultCompiler } from './compile-faults.ts';
import { compileIdle } from './compile-idle.ts';
import { MomentCompiler } from './compile-moment.ts';
import { compileLiveness } from './compile-liveness.ts';
import { compileQuorumCommits } from './compile-quorum-commits.ts';
import { compileNemesis } from './compile-nemesis.ts';
import { compileLatency, compileLink } from './compile-network.ts';
import { compileRequire } from './compile-require.ts';
import { compileWorkload } from './compile-workload.ts';
import { TARGET_WORDS } from './compile-target.ts';
import type { Names } from './names.ts';
import { suggest } from '../protocols/nearest.ts';
import { Problems } from './problems.ts';
import { BUILT_IN_PROPERTIES } from './property-names.ts';
import type { Scenario, ScriptStep } from './scenario.ts';
import { scenarioSchema, type ScenarioFile } from './schema.ts';
import { keysAt } from './schema-keys.ts';
import { YamlSource, type Path } from './source-map.ts';
import { parseDurationUs, parsePercentPpm } from './units.ts';

const DEFAULT_MAX_EVENTS = 1_000_000;

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
  refuseWhatIsNoMapping(source.value, problems);
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

function refuseWhatIsNoMapping(value: unknown, problems: Problems): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  problems.add(
    [],
    value === null
      ? 'the file is empty: expected a scenario'
      : 'expected a scenario: a mapping with the keys name, title, protocol, topology, duration',
    'start from a file of `splitbrain list`; `splitbrain scenario schema` prints all keys',
  );
  problems.throwIfAny();
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
    const entries = file.faults ?? [];
    const known: Names = {
      servers,
      clients,
      faultIds: entries.map((fault) => fault.id),
      lastingFaultIds: entries
        .filter((fault) => fault.for === undefined && fault.until === undefined)
        .map((fault) => fault.id),
      stepIds,
      marks: protocol.marks,
      messageTypes: protocol.messageTypes,
      figures: protocol.figureNames ?? [],
      maxEvents,
      endUs: durationUs,
    };
    const moments = new MomentCompiler(known, this.#problems);
    const compiler = new FaultCompiler(known, this.#problems, moments);
    const faults = entries.map((entry, index) => compiler.fault(entry, ['faults', index]));
    const steps = script.map((step, index): ScriptStep => {
      const path = ['script', index];
      this.#checkNode(step.client, [...path, 'client'], clients, 'client');
      return {
        id: stepIds[index]!,
        start: moments.moment(step, path, stepIds[index]!),
        client: step.client,
        f: step.do,
        key: step.key ?? 'x',
        value: step.value ?? null,
      };
    });
    reportCircles(faults, steps, this.#problems);
    this.#checkIds(stepIds, faults);
    const config = compileConfig(file, protocol, known, this.#problems);
    this.#checkOperations(protocol, config);
    const network = compileLink(
      file.network ?? {},
      undefined,
      this.#complainAt(['network', 'latency']),
    );
    const links = (file.network?.links ?? []).map((entry, index) => {
      this.#checkNode(entry.from, ['network', 'links', index, 'from'], [...servers, ...clients]);
      this.#checkNode(entry.to, ['network', 'links', index, 'to'], [...servers, ...clients]);
      const complain = this.#complainAt(['network', 'links', index, 'latency']);
      return { from: entry.from, to: entry.to, profile: compileLink(entry, network, complain) };
    });
    const disk = this.#disk();
    const profiles = [network, ...links.map(({ profile }) => profile)];
    return {
      name: file.name,
      title: file.title,
      claim: file.claim?.trim() ?? '',
      source: file.source?.trim() ?? '',
      tags: file.tags ?? [],
      file: this.#path,
      defaultSeed: file.seed ?? '1',
      protocol,
      bug: compileBug(file, protocol, this.#problems),
      config,
      servers,
      clients,
      network,
      links,
      disk,
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
      ...compileLiveness(file.liveness, protocol, config, servers, this.#problems),
      quorumCommitsUs: compileQuorumCommits(
        file.liveness,
        protocol,
        config,
        profiles,
        disk,
        this.#problems,
      ),
      idleUs: compileIdle(file, profiles, this.#problems),
      maxEvents,
      workload: compileWorkload(file.workload, clients, durationUs, this.#problems),
      script: steps,
      faults,
      mayMiss: new Set(entries.filter((fault) => fault.mayMiss).map((fault) => fault.id)),
      nemesis: compileNemesis(file.nemesis, clients, durationUs, this.#problems),
      requireOkDuringFaults: this.#required(protocol),
      required: compileRequire(file.require ?? {}, known, this.#problems, file.liveness !== 'none'),
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

  #required(protocol: ProtocolDefinition): readonly string[] {
    const required = this.#file.require?.okDuringFaults ?? [];
    for (const [index, f] of required.entries())
      this.#checkOperation(f, ['require', 'okDuringFaults', index], protocol);
    return required;
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
        if (TARGET_WORDS.includes(name))
          this.#problems.add(
            ['topology', key, index],
            `"${name}" is a word that targets use for nodes`,
            'rename this node',
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

  #checkNode(name: string, path: Path, known: readonly string[], noun = 'node'): void {
    if (!known.includes(name))
      this.#problems.add(path, `no ${noun} is called "${name}"`, suggest(name, known));
  }

  /** What clients are told to do, they must know and be able to do. */
  #checkOperations(protocol: ProtocolDefinition, config: unknown): void {
    const { script = [], workload } = this.#file;
    const check = (f: string, path: Path, key?: string): void => {
      this.#checkOperation(f, path, protocol, key);
      const unfit = config === null ? null : (protocol.unfit?.(config, f) ?? null);
      if (unfit !== null) this.#problems.add(path, unfit.reason, unfit.fix, key);
    };
    for (const [index, step] of script.entries()) {
      check(step.do, ['script', index, 'do']);
      const unfit = protocol.unfitKey?.(step.key ?? '') ?? null;
      if (unfit !== null) this.#problems.add(['script', index, 'key'], unfit.reason, unfit.fix);
    }
    for (const f of Object.keys(workload?.mix ?? {})) check(f, ['workload', 'mix'], f);
  }

  #checkOperation(f: string, path: Path, protocol: ProtocolDefinition, key?: string): void {
    if (!protocol.operations.includes(f))
      this.#problems.add(
        path,
        `${protocol.name} clients know no operation "${f}"`,
        suggest(f, protocol.operations),
        key,
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
