import type { Figure } from './protocol.ts';

/** The figures of one run, in the order of `units`; every name has its value. */
export function figuresOf<Name extends string>(
  units: Readonly<Record<Name, Figure['unit']>>,
  values: Readonly<Record<Name, number>>,
): readonly Figure[] {
  const names = Object.keys(units) as Name[];
  return names.map((name) => ({ name, unit: units[name], value: values[name] }));
}
