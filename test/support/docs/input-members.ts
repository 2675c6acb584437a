/** The members of the input, one row each, from its schema. */
import type { InputSchema } from './input-schema.ts';

export interface InputMember {
  /** `input.facts.change.paths[].kind`. */
  readonly path: string;
  readonly type: string;
  /** Where that in which it stands is. */
  readonly isRequired: boolean;
  readonly meaning: string;
}

/** Each member once: alternatives of one place are put together. */
export function listInputMembers(schema: InputSchema): readonly InputMember[] {
  const found = new Map<string, InputMember>();
  collect({ schemas: [schema], path: 'input', isRequired: true }, found);
  found.delete('input');
  return [...found.values()];
}

interface Place {
  /** The alternatives. */
  readonly schemas: readonly InputSchema[];
  readonly path: string;
  readonly isRequired: boolean;
}

function collect({ schemas, path, isRequired }: Place, found: Map<string, InputMember>): void {
  const flat = schemas.flatMap((schema) => schema.anyOf ?? [schema]);
  const types = new Set(flat.flatMap(describeTypes));
  const meaning = schemas.map(({ description = '' }) => description).find((text) => text !== '');
  found.set(path, {
    path,
    type: types.size === 0 ? 'any' : [...types].join(', '),
    isRequired,
    meaning: meaning ?? '',
  });
  const names = new Set(flat.flatMap(({ properties = {} }) => Object.keys(properties)));
  for (const name of names) {
    const holders = flat.filter(({ properties }) => properties?.[name] !== undefined);
    collect(
      {
        schemas: holders.flatMap(({ properties }) => properties?.[name] ?? []),
        path: `${path}.${name}`,
        isRequired: flat.every(
          ({ type, required = [] }) => type === 'null' || required.includes(name),
        ),
      },
      found,
    );
  }
  const items = flat.flatMap((schema) => schema.items ?? []);
  const hasMembers = items.some(
    (item) => item.properties !== undefined || item.anyOf !== undefined,
  );
  if (hasMembers) collect({ schemas: items, path: `${path}[]`, isRequired: true }, found);
}

function describeTypes(schema: InputSchema): readonly string[] {
  const { type = [], items, additionalProperties } = schema;
  const values = schema.enum?.map((value) => `"${value}"`);
  return [type].flat().map((name) => {
    if (name === 'string' && values !== undefined) return values.join(', ');
    if (name === 'array') return `list of ${describeTypes(items ?? {}).join(', ')}`;
    const isMap = name === 'object' && typeof additionalProperties === 'object';
    return isMap ? `map to ${describeTypes(additionalProperties).join(', ')}` : name;
  });
}
