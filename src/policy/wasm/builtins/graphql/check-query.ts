/** Whether a query can be asked of a schema. The only importer of `graphql`. */
import { buildASTSchema, GraphQLError, parse, validate } from 'graphql';

import { BuiltinError } from '../builtin.ts';
import type { QueryDocument } from './document-types.ts';
import { writeDirectiveDefinition, writeTypeDefinition } from './document-text.ts';
import { readPrelude, type Schema } from './schema.ts';
import { placeError } from './token-cursor.ts';

/** Throws for the first thing that is wrong. The text is that of the query: places in it are told. */
export function checkQuery(
  schema: Schema,
  { query, text }: { readonly query: QueryDocument; readonly text: string },
): void {
  const { Operations = [], Fragments = [] } = query;
  for (const { Operation = '' } of Operations) {
    if (!schema.roots.has(Operation)) {
      throw new BuiltinError(
        placeError(`Schema does not support operation type "${Operation}"`, undefined),
      );
    }
  }
  // The library knows no empty document.
  if (Operations.length + Fragments.length === 0) return;
  const [fault] = findFaults(schema, text);
  if (fault === undefined) return;
  throw new BuiltinError(placeError(fault.message.replace(/\.$/, ''), fault.locations?.[0]));
}

function findFaults(schema: Schema, text: string): readonly GraphQLError[] {
  try {
    const built = buildASTSchema(parse(writeSchema(schema), { noLocation: true }), {
      assumeValid: true,
      assumeValidSDL: true,
    });
    return validate(built, parse(text), undefined, { maxErrors: 1 });
  } catch (fault) {
    if (fault instanceof GraphQLError) return [fault];
    throw fault;
  }
}

/** The library brings the types and directives that every schema has. */
const OWN_OF_LIBRARY: ReadonlySet<string> = new Set(
  (readPrelude().Definitions ?? []).map(({ Name = '' }) => Name),
);

function writeSchema({ types, directives, roots }: Schema): string {
  const entries = [...roots].map(([operation, type]) => `${operation}: ${type}`);
  return [
    ...[...types.values()]
      .filter(({ Name = '' }) => !OWN_OF_LIBRARY.has(Name))
      .map(writeTypeDefinition),
    ...[...directives.values()].map(writeDirectiveDefinition),
    ...(entries.length === 0 ? [] : [`schema { ${entries.join(' ')} }`]),
  ].join('\n');
}
