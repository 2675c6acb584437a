/** JSON schemas for kubeconform, from the OpenAPI document of an API server: no network, and the very version that runs. */
import { z } from 'zod';

const definitionSchema = z.looseObject({
  'x-kubernetes-group-version-kind': z
    .array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
    .optional(),
});
const documentSchema = z.looseObject({ definitions: z.record(z.string(), definitionSchema) });

/** The pattern of kubeconform's `-schema-location` for the names below, after the folder. */
export const SCHEMA_NAME = '{{ .Group }}-{{ .ResourceAPIVersion }}-{{ .ResourceKind }}.json';

export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/** One file for each kind, with the definitions that it refers to. Unknown fields are refused. */
export function planSchemas(openApi: unknown): readonly SchemaFile[] {
  const { definitions } = documentSchema.parse(openApi);
  const closed: Record<string, unknown> = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, closeObjects(definition)]),
  );
  return Object.entries(definitions).flatMap(([name, definition]) =>
    (definition['x-kubernetes-group-version-kind'] ?? []).map(({ group, version, kind }) => ({
      // For kubeconform, the group of the core is the version.
      name: `${group === '' ? version : group}-${version}-${kind}.json`.toLowerCase(),
      text: JSON.stringify({
        $ref: `#/definitions/${name}`,
        definitions: Object.fromEntries(
          listReachable(name, closed).map((reached) => [reached, closed[reached]]),
        ),
      }),
    })),
  );
}

function listReachable(name: string, definitions: Readonly<Record<string, unknown>>) {
  const reached = new Set([name]);
  for (const current of reached) {
    const text = JSON.stringify(definitions[current] ?? {});
    for (const [, found = ''] of text.matchAll(/"\$ref":"#\/definitions\/(?<name>[^"]+)"/gu)) {
      reached.add(found);
    }
  }
  return [...reached];
}

/** `int-or-string` is no type of JSON Schema, and an object with named fields has no others. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const fields: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closeObjects(inner)]),
  );
  if (fields['format'] === 'int-or-string') return { type: ['string', 'integer'] };
  const isOpen = fields['type'] !== 'object' || fields['properties'] === undefined;
  if (isOpen || fields['additionalProperties'] !== undefined) return fields;
  return { ...fields, additionalProperties: false };
}
