/** The `graphql` family. Documents are in the form of the Go library that OPA uses. */
import { RegoObject, type RegoValue } from '../rego-value.ts';
import {
  BuiltinError,
  BuiltinLimitError,
  type Builtin,
  type BuiltinContext,
  type BuiltinFamily,
} from './builtin.ts';
import { checkQuery } from './graphql/check-query.ts';
import { readQueryObject, readSchemaObject, writeDocument } from './graphql/document-shapes.ts';
import { writeQuery } from './graphql/document-text.ts';
import type { QueryDocument, SchemaDocument } from './graphql/document-types.ts';
import { readQuery } from './graphql/read-query.ts';
import { readSchema } from './graphql/read-schema.ts';
import { assembleSchema, type Schema } from './graphql/schema.ts';
import { checkSchema } from './graphql/schema-rules.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { textOperand, wrongType } from './operand.ts';

/** By their Rego name. */
export const GRAPHQL_BUILTINS: BuiltinFamily = {
  'graphql.is_valid': (operands, context) =>
    attempt(false, () => {
      checkOperands(operands, context);
      return true;
    }),
  'graphql.parse': (operands, context) => {
    const { query, document } = checkOperands(operands, context);
    return [writeDocument(query), writeDocument(document)];
  },
  'graphql.parse_and_verify': (operands, context) =>
    attempt([false, new RegoObject([]), new RegoObject([])], () => {
      const { query, document } = checkOperands(operands, context);
      return [true, writeDocument(query), writeDocument(document)];
    }),
  'graphql.parse_query': (operands, context) =>
    writeDocument(readQuery(payFor(textOperand(operands, 0), context))),
  'graphql.parse_schema': (operands, context) =>
    writeDocument(readSchema(payFor(textOperand(operands, 0), context))),
  'graphql.schema_is_valid': ([schema], context) =>
    attempt(false, () => {
      compile(readSchemaOperand(schema, 0, context));
      return true;
    }),
};

/** A character takes about a microsecond to read and to check. */
const CHARACTER_FUEL = 300;

function payFor(text: string, { spend }: BuiltinContext): string {
  if (text.length > BUILTIN_LIMITS.graphqlChars) {
    throw new BuiltinLimitError(
      `the GraphQL has more than ${BUILTIN_LIMITS.graphqlChars} characters`,
    );
  }
  spend?.(text.length * CHARACTER_FUEL);
  return text;
}

/** What OPA answers instead of an error. */
function attempt(otherwise: RegoValue, run: () => RegoValue): RegoValue {
  try {
    return run();
  } catch (fault) {
    if (fault instanceof BuiltinError) return otherwise;
    throw fault;
  }
}

interface Checked {
  readonly query: QueryDocument;
  readonly document: SchemaDocument;
}

function checkOperands(operands: Parameters<Builtin>[0], context: BuiltinContext): Checked {
  const [asked, asking] = operands;
  const query = readQueryOperand(asked, context);
  const document = readSchemaOperand(asking, 1, context);
  const schema = compile(document);
  const text = typeof asked === 'string' ? asked : payFor(writeQuery(query), context);
  checkQuery(schema, { query, text });
  return { query, document };
}

function readQueryOperand(value: RegoValue | undefined, context: BuiltinContext): QueryDocument {
  if (typeof value === 'string') return readQuery(payFor(value, context));
  if (value instanceof RegoObject) return readQueryObject(value);
  throw wrongType(0, value, 'string', 'object');
}

function readSchemaOperand(
  value: RegoValue | undefined,
  position: number,
  context: BuiltinContext,
): SchemaDocument {
  if (typeof value === 'string') return readSchema(payFor(value, context));
  if (value instanceof RegoObject) return readSchemaObject(value);
  throw wrongType(position, value, 'string', 'object');
}

function compile(document: SchemaDocument): Schema {
  const schema = assembleSchema(document);
  checkSchema(schema);
  return schema;
}
