import type { ProtocolDefinition, ReportViolation } from '../../../src/protocols/protocol.ts';
import type { NodeEnv, NodeId, NodeProgram } from '../../../src/sim/engine/env.ts';

interface Hello {
  readonly type: 'Hello';
}

class Greeter implements NodeProgram {
  readonly heard: NodeId[] = [];
  readonly #env: NodeEnv;
  readonly #servers: readonly NodeId[];
  readonly #report: ((heard: readonly NodeId[], id: NodeId) => void) | null;

  constructor(
    env: NodeEnv,
    servers: readonly NodeId[],
    report: ((heard: readonly NodeId[], id: NodeId) => void) | null,
  ) {
    this.#env = env;
    this.#servers = servers;
    this.#report = report;
  }

  onStart(): void {
    this.#env.setTimer('greet', 1_000_000);
  }

  onTimer(): void {
    const hello: Hello = { type: 'Hello' };
    for (const to of this.#servers) if (to !== this.#env.id) this.#env.send(to, hello);
  }

  onMessage(from: NodeId): void {
    this.heard.push(from);
    this.#report?.(this.heard, this.#env.id);
  }
}

/** What an order of greetings may break, by bug. */
const RULES: Readonly<Record<string, (heard: readonly NodeId[], id: NodeId) => boolean>> = {
  'third-hears-second-first': (heard, id) => id === 2 && heard[0] === 1 && heard.length === 2,
  'hears-thrice': (heard) => heard.length === 3,
};

/**
 * Servers that greet each other once, when their timer fires; how many states that gives is easily counted by other means.
 * `telling`: they tell their state, as a bag of who was heard.
 */
export function greeters(telling: boolean): ProtocolDefinition {
  return {
    name: 'greeters',
    parseConfig: () => ({}),
    createMonitor: (_servers, _config, _nameOf, report: ReportViolation) => report,
    createServer: ({ env, servers, monitor, bug }) => {
      const rule = bug === null ? undefined : RULES[bug];
      const report = monitor as ReportViolation | null;
      return new Greeter(env, servers, (heard, id) => {
        if (rule?.(heard, id) === true)
          report?.({ invariant: bug!, sentence: 'heard', because: [], nodes: [id] });
      });
    },
    createClient: () => {
      throw new Error('greeters have no clients');
    },
    view: { role: () => '', rank: () => 0, describe: () => '' },
    invariants: Object.keys(RULES).map((name) => ({ name, statement: name, source: 'test' })),
    bugs: Object.keys(RULES).map((id) => ({
      id,
      mutation: id,
      source: 'test',
      caughtBy: [id],
      needs: [],
      rarity: 'easy' as const,
    })),
    model: null,
    operations: ['none'],
    messageTypes: ['Hello'],
    marks: [],
    configKeys: {},
    ...(telling
      ? {
          states: {
            server: (program) => (program instanceof Greeter ? new Set(program.heard) : null),
            monitor: () => null,
            ignored: [],
          },
        }
      : {}),
  };
}

function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : 1));
}

interface Model {
  /** By server: what it was given, as the count wants it told. */
  readonly given: readonly (readonly string[])[];
  readonly greeted: readonly boolean[];
  readonly onTheirWay: readonly {
    readonly from: number;
    readonly to: number;
    readonly text: string;
  }[];
}

/**
 * Counts states and steps of greeters with lists and strings, and with nothing of the explorer. `telling`: a state is who
 * was heard; else all that was given, messages standing for all that their senders had been given.
 */
export function countGreeters(
  servers: number,
  timeouts: number,
  telling: boolean,
): { states: number; transitions: number; ends: number } {
  const nodes = Array.from({ length: servers }, (_, node) => node);
  const nameOf = ({ given, greeted, onTheirWay }: Model): string =>
    JSON.stringify([
      given.map((list) => (telling ? sorted(new Set(list)) : list)),
      greeted,
      sorted(onTheirWay.map(({ from, to, text }) => `${from}>${to} ${text}`)),
    ]);
  const next = (model: Model): Model[] => {
    const { given, greeted, onTheirWay } = model;
    const give = (to: number, word: string): string[][] =>
      given.map((list, node) => (node === to ? [...list, word] : [...list]));
    const arrivals = onTheirWay.map((message, index) => ({
      given: give(message.to, telling ? String(message.from) : message.text),
      greeted,
      onTheirWay: onTheirWay.filter((_, at) => at !== index),
    }));
    const used = greeted.filter(Boolean).length;
    const greetings = nodes
      .filter((node) => !greeted[node] && used < timeouts)
      .map((node) => {
        const after = telling ? given.map((list) => [...list]) : give(node, 'greet');
        const text = telling ? 'Hello' : `${node}:${after[node]!.join(',')}`;
        return {
          given: after,
          greeted: greeted.map((done, at) => done || at === node),
          onTheirWay: [
            ...onTheirWay,
            ...nodes.filter((to) => to !== node).map((to) => ({ from: node, to, text })),
          ],
        };
      });
    return [...arrivals, ...greetings];
  };
  const first: Model = {
    given: nodes.map(() => []),
    greeted: nodes.map(() => false),
    onTheirWay: [],
  };
  const seen = new Set([nameOf(first)]);
  const queue = [first];
  let transitions = 0;
  let ends = 0;
  for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
    const following = next(model);
    if (following.length === 0) ends += 1;
    for (const one of following) {
      transitions += 1;
      const name = nameOf(one);
      if (seen.has(name)) continue;
      seen.add(name);
      queue.push(one);
    }
  }
  return { states: seen.size, transitions, ends };
}
