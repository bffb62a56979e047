import { scenarioSchema } from './schema.ts';
import type { Path } from './source-map.ts';

interface SchemaNode {
  readonly _zod: {
    readonly def: {
      readonly type: string;
      readonly shape?: Readonly<Record<string, SchemaNode>>;
      readonly innerType?: SchemaNode;
      readonly element?: SchemaNode;
      readonly valueType?: SchemaNode;
      /** Of a record: its keys, which an enumeration may name. */
      readonly keyType?: { readonly _zod: { readonly def: object } };
      readonly options?: readonly SchemaNode[];
    };
  };
}

/** The keys that the schema knows at a path; for suggestions in errors. */
export function keysAt(path: Path): readonly string[] {
  let nodes: SchemaNode[] = [scenarioSchema];
  for (const part of path)
    nodes = nodes.flatMap(unwrap).flatMap((node) => {
      const { def } = node._zod;
      const next = typeof part === 'string' ? (def.shape?.[part] ?? def.valueType) : def.element;
      return next === undefined ? [] : [next];
    });
  return [
    ...new Set(
      nodes
        .flatMap(unwrap)
        .flatMap(({ _zod: { def } }) => Object.keys(def.shape ?? namedKeys(def.keyType))),
    ),
  ];
}

function unwrap(node: SchemaNode): SchemaNode[] {
  const { def } = node._zod;
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.options !== undefined) return def.options.flatMap(unwrap);
  return [node];
}

function namedKeys(keyType: SchemaNode['_zod']['def']['keyType']): object {
  const def = keyType?._zod.def;
  return def !== undefined && 'entries' in def ? (def.entries as object) : {};
}
