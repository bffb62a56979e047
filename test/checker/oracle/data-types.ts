import { canonicalJson } from '../../../src/history/canonical-json.ts';
import type { Dialect, Operation } from '../../../src/history/history.ts';
import type { OracleRole, OracleStep } from './brute-force.ts';
import type { Draw, Request } from './random-histories.ts';

/** A data type as the oracle knows it, and requests to fuzz it with. */
export interface OracleType {
  readonly name: string;
  readonly model: string;
  readonly dialect: Dialect;
  readonly initial: unknown;
  readonly step: OracleStep;
  readonly role: OracleRole;
  readonly requests: () => (draw: Draw) => Request;
}

const plain: Dialect = { initial: null, nilRead: 'value', casFail: 'compare-failed' };
const equal = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
const nothing = (): unknown => undefined;

const usual =
  (reads: readonly string[]): OracleRole =>
  (op) => {
    if (op.status === 'fail') return op.f === 'cas' ? 'must' : 'nothing';
    if (op.status === 'ok') return 'must';
    return reads.includes(op.f) ? 'nothing' : 'may';
  };

function registerStep(state: unknown, op: Operation): unknown {
  if (op.f === 'read') return equal(state, op.output) ? state : undefined;
  if (op.f === 'write') return op.input;
  const [from, to] = op.input as [unknown, unknown];
  if (op.status === 'fail') return equal(state, from) ? undefined : state;
  return equal(state, from) ? to : undefined;
}

function registerRequests(values: number, cas: boolean, keys: number, unique: boolean) {
  return () => {
    let next = 0;
    return (draw: Draw): Request => {
      const key = keys === 0 ? {} : { key: draw(keys) };
      const any = (): unknown => {
        const value = draw(values + 1);
        return value === 0 ? null : value;
      };
      const kind = draw(cas ? 3 : 2);
      if (kind === 0)
        return {
          f: 'read',
          ...key,
          input: null,
          answer: unique ? () => draw(next + 1) || null : any,
        };
      if (kind === 1)
        return {
          f: 'write',
          ...key,
          input: unique ? ++next : 1 + draw(values),
          answer: nothing,
          mayFail: draw(4) === 0,
        };
      const input = [1 + draw(values), 1 + draw(values)];
      return { f: 'cas', ...key, input, answer: nothing, mayFail: true };
    };
  };
}

const base = { dialect: plain, initial: null };
export const ORACLE_TYPES: readonly OracleType[] = [
  {
    ...base,
    name: 'registers with unique values',
    model: 'register',
    step: registerStep,
    role: usual(['read']),
    requests: registerRequests(0, false, 0, true),
  },
  {
    ...base,
    name: 'registers with repeated values',
    model: 'register',
    step: registerStep,
    role: usual(['read']),
    requests: registerRequests(2, false, 0, false),
  },
  {
    ...base,
    name: 'cas registers',
    model: 'cas-register',
    step: registerStep,
    role: usual(['read']),
    requests: registerRequests(2, true, 0, false),
  },
  {
    ...base,
    name: 'cas registers over three values',
    model: 'cas-register',
    step: registerStep,
    role: usual(['read']),
    requests: registerRequests(3, true, 0, false),
  },
  {
    ...base,
    name: 'stores of two keys',
    model: 'kv',
    step: registerStep,
    role: usual(['read']),
    requests: registerRequests(2, true, 2, false),
  },
  {
    ...base,
    name: 'appending stores',
    model: 'kv',
    initial: '',
    dialect: { ...plain, initial: '' },
    step(state, op) {
      if (op.f === 'get') return state === op.output ? state : undefined;
      return op.f === 'put' ? op.input : (state as string) + (op.input as string);
    },
    role: usual(['get']),
    requests: () => (draw) => {
      const letter = 'ab'[draw(2)]!;
      if (draw(3) === 0) return { f: 'put', input: letter, answer: nothing };
      if (draw(2) === 0) return { f: 'append', input: letter, answer: nothing };
      return {
        f: 'get',
        input: null,
        answer: () => Array.from({ length: draw(4) }, () => 'ab'[draw(2)]!).join(''),
      };
    },
  },
  {
    ...base,
    name: 'counters',
    model: 'counter',
    initial: 0,
    dialect: { ...plain, initial: 0 },
    step(state, op) {
      if (op.f === 'read') return state === op.output ? state : undefined;
      return (state as number) + (op.f === 'add' ? (op.input as number) : 1);
    },
    role: usual(['read']),
    requests: () => (draw) =>
      draw(2) === 0
        ? { f: 'read', input: null, answer: () => draw(5) }
        : draw(2) === 0
          ? { f: 'add', input: 1 + draw(2), answer: nothing }
          : { f: 'increment', input: null, answer: nothing },
  },
  {
    ...base,
    name: 'sets',
    model: 'set',
    initial: [],
    step(state, op) {
      const elements = state as number[];
      const element = op.input as number;
      if (op.f === 'read') {
        const ascending = (values: number[]): number[] => [...values].sort((a, b) => a - b);
        return equal(ascending(elements), ascending(op.output as number[])) ? state : undefined;
      }
      if (op.f === 'contains') return elements.includes(element) === op.output ? state : undefined;
      if (op.f === 'remove') return elements.filter((other) => other !== element);
      return elements.includes(element) ? elements : [...elements, element];
    },
    role: usual(['read', 'contains']),
    requests: () => (draw) => {
      const kind = draw(4);
      const input = 1 + draw(2);
      if (kind === 0) return { f: 'add', input, answer: nothing };
      if (kind === 1) return { f: 'remove', input, answer: nothing };
      if (kind === 2) return { f: 'contains', input, answer: () => draw(2) === 0 };
      return { f: 'read', input: null, answer: () => [[], [1], [2], [1, 2]][draw(4)] };
    },
  },
  ...(['queue', 'stack'] as const).flatMap((model): OracleType[] =>
    [true, false].map((unique) => ({
      ...base,
      name: `${model}s with ${unique ? 'distinct' : 'repeated'} values`,
      model,
      initial: [],
      step(state, op) {
        const held = state as number[];
        if (op.f === 'enqueue' || op.f === 'push') return [...held, op.input];
        const next = model === 'queue' ? held[0] : held.at(-1);
        if (op.status === 'ok' && (next ?? null) !== op.output) return undefined;
        return model === 'queue' ? held.slice(1) : held.slice(0, -1);
      },
      role: usual([]),
      requests: () => {
        let next = 0;
        return (draw) =>
          draw(2) === 0
            ? {
                f: model === 'queue' ? 'enqueue' : 'push',
                input: unique ? ++next : 1 + draw(2),
                answer: nothing,
                mayFail: draw(4) === 0,
              }
            : {
                f: model === 'queue' ? 'dequeue' : 'pop',
                input: null,
                answer: () => (unique ? draw(next + 1) || null : draw(3) || null),
              };
      },
    })),
  ),
  {
    ...base,
    name: 'locks',
    model: 'lock',
    initial: { holder: null, token: 0 },
    step(state, op) {
      const { holder, token } = state as { holder: unknown; token: number };
      if (op.f === 'release') return holder === op.process ? { holder: null, token } : undefined;
      if (holder !== null) return undefined;
      if (typeof op.output !== 'number') return { holder: op.process, token };
      return op.output > token ? { holder: op.process, token: op.output } : undefined;
    },
    role: usual([]),
    requests: () => {
      let next = 0;
      return (draw) =>
        draw(2) === 0
          ? { f: 'acquire', input: null, answer: () => (draw(3) === 0 ? 1 + draw(4) : ++next + 4) }
          : { f: 'release', input: null, answer: nothing };
    },
  },
  {
    ...base,
    name: 'logs',
    model: 'log',
    initial: [],
    step(state, op) {
      const held = state as number[];
      if (op.f === 'read') return equal(held, op.output) ? state : undefined;
      return typeof op.output === 'number' && op.output !== op.input && op.output !== held.length
        ? undefined
        : [...held, op.input];
    },
    role: usual(['read']),
    requests: () => (draw) =>
      draw(2) === 0
        ? { f: 'append', input: 10 + draw(2), answer: () => (draw(2) === 0 ? draw(3) : undefined) }
        : {
            f: 'read',
            input: null,
            answer: () => Array.from({ length: draw(3) }, () => 10 + draw(2)),
          },
  },
];
