import type { NodeProgram } from '../../sim/engine/env.ts';

/** What a program was given, not what it has become. */
const GIVEN: ReadonlySet<string> = new Set(['env', 'port', 'config', 'observer', 'monitor']);
const MAX_DEPTH = 8;

/** Plain data: what JSON holds. */
export type PlainData =
  null | boolean | number | string | readonly PlainData[] | { readonly [name: string]: PlainData };

/**
 * The state of a program as plain data: its public fields, maps and sets included, without what it was given (its env, its
 * configuration, its observer). Private fields stay private: a protocol's `view` tells of those.
 */
export function programData(program: NodeProgram | null): PlainData {
  return program === null ? null : plain(program, new Set(), 0);
}

function plain(value: unknown, above: Set<unknown>, depth: number): PlainData {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'undefined':
    case 'function':
      return null;
    case 'object':
      break;
  }
  if (value === null) return null;
  if (above.has(value) || depth > MAX_DEPTH) return '...';
  above.add(value);
  const result = container(value, (inner) => plain(inner, above, depth + 1));
  above.delete(value);
  return result;
}

function container(value: object, inner: (value: unknown) => PlainData): PlainData {
  if (Array.isArray(value)) return value.map((item) => inner(item));
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, inner);
  if (value instanceof Set) return [...value].map((item) => inner(item));
  const entries =
    value instanceof Map
      ? [...value].map(([key, field]) => [keyText(key), field] as const)
      : Object.entries(value).filter(
          ([name, field]) => !GIVEN.has(name) && typeof field !== 'function',
        );
  const fields = entries.map(([name, field]) => [name, inner(field)] as const);
  // An object all of whose state is private says nothing.
  return Object.fromEntries(fields.filter(([, field]) => !isSilent(field)));
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function isSilent(field: PlainData): boolean {
  return (
    typeof field === 'object' &&
    field !== null &&
    !Array.isArray(field) &&
    Object.keys(field).length === 0
  );
}
