/** Examples in the JSON Schema of the configuration, which editors offer. */
import { z } from 'zod';
import { listConfigurationKeys } from './configuration-reference.ts';
import { findExample } from './configuration-examples.ts';

const nodeSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

type Node = z.output<typeof nodeSchema>;

interface Place {
  readonly path: string;
  readonly alternative: string | undefined;
}

/** The schema with `examples` beside each key that holds something of its own. */
export function addExamples(schema: object): object {
  const examples = new Map(
    listConfigurationKeys().flatMap((key) => {
      const example = findExample(key);
      return example === undefined ? [] : [[placeOf(key.path, key.alternative), example] as const];
    }),
  );
  const add = (value: unknown, { path, alternative }: Place): unknown => {
    const node = nodeSchema.safeParse(value).data;
    if (node === undefined) return value;
    const example = path.endsWith(']') ? undefined : examples.get(placeOf(path, alternative));
    return {
      ...walk(node, { path, alternative }, add),
      ...(example === undefined ? {} : { examples: [JSON.parse(example)] }),
    };
  };
  return walk(nodeSchema.parse(schema), { path: '', alternative: undefined }, add);
}

function walk(
  node: Node,
  { path, alternative }: Place,
  add: (value: unknown, place: Place) => unknown,
) {
  const { properties, items, oneOf, additionalProperties } = node;
  return {
    ...node,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [
          key,
          add(value, { path: path === '' ? key : `${path}.${key}`, alternative }),
        ]),
      ),
    }),
    ...(items !== undefined && { items: add(items, { path: `${path}[]`, alternative }) }),
    ...(oneOf && {
      oneOf: oneOf.map((each) => add(each, { path, alternative: typeOf(each) ?? alternative })),
    }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: add(additionalProperties, { path: `${path}.NAME`, alternative }),
    }),
  };
}

/** The constant under `type`: what tells the alternatives of a list apart. */
function typeOf(value: unknown): string | undefined {
  const type = nodeSchema.safeParse(value).data?.properties?.['type'];
  const constant = z.looseObject({ const: z.string() }).safeParse(type);
  return constant.data?.const;
}

function placeOf(path: string, alternative: string | undefined): string {
  return `${path}(${alternative ?? ''})`;
}
