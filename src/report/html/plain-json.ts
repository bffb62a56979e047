/**
 * A value as JSON has it: what JSON leaves out is left out, and what it would refuse or empty (data of people's own nodes)
 * becomes the text, list or object that says the most. The value itself when it is so already.
 */
export function plainJson(value: unknown): unknown {
  return isPlain(value) ? value : (converted(value) ?? null);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value)
    if (!isPlain((value as Readonly<Record<string, unknown>>)[key])) return false;
  return true;
}

function converted(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint' || typeof inner === 'symbol') return String(inner);
    if (inner instanceof Map) return Object.fromEntries(inner as Map<string, unknown>);
    return inner instanceof Set ? [...(inner as Set<unknown>)] : inner;
  }) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
