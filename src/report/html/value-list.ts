import { plainJson } from './plain-json.ts';

/** Values as JSON has them, that are read by their index, and made only when somebody reads them. */
export interface ValueList {
  readonly count: number;
  /** @throws RangeError when there is no such index. */
  readonly at: (index: number) => unknown;
}

/** Values at hand as a list; those that are no JSON are made so. */
export function valueList(values: readonly unknown[]): ValueList {
  return {
    count: values.length,
    at: (index) => {
      if (index >= values.length)
        throw new RangeError(`there is no value ${index} in a list of ${values.length}`);
      return plainJson(values[index]);
    },
  };
}
