/**
 * The plan that OPA makes of policies before it writes WebAssembly, as `opa build -t plan` shows it. A statement that is
 * undefined ends the block it stands in.
 *
 * Source: OPA documentation, "Intermediate Representation (IR)".
 */
import { z } from 'zod';

const operandSchema = z.discriminatedUnion('type', [
  /** The number of a local variable. */
  z.object({ type: z.literal('local'), value: z.int() }),
  /** The position of a text in `static.strings`. */
  z.object({ type: z.literal('string_index'), value: z.int() }),
  z.object({ type: z.literal('bool'), value: z.boolean() }),
]);
export type Operand = z.output<typeof operandSchema>;

/** A plan writes what is empty as null. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

const local = z.int();
const statement = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), stmt: z.object(shape) });

const flatSchema = z.discriminatedUnion('type', [
  statement('ArrayAppendStmt', { value: operandSchema, array: local }),
  statement('AssignIntStmt', { target: local }),
  statement('AssignVarOnceStmt', { source: operandSchema, target: local }),
  statement('AssignVarStmt', { source: operandSchema, target: local }),
  statement('BreakStmt', {}),
  statement('CallDynamicStmt', {
    args: z.array(local),
    path: z.array(operandSchema),
    result: local,
  }),
  statement('CallStmt', { func: z.string(), args: listOf(operandSchema), result: local }),
  statement('DotStmt', { source: operandSchema, key: operandSchema, target: local }),
  statement('EqualStmt', { a: operandSchema, b: operandSchema }),
  statement('IsArrayStmt', {}),
  statement('IsDefinedStmt', {}),
  statement('IsObjectStmt', {}),
  statement('IsSetStmt', {}),
  statement('IsUndefinedStmt', { source: local }),
  statement('LenStmt', { source: operandSchema, target: local }),
  statement('MakeArrayStmt', { target: local }),
  statement('MakeNullStmt', { target: local }),
  statement('MakeNumberIntStmt', { target: local }),
  statement('MakeNumberRefStmt', { target: local }),
  statement('MakeObjectStmt', { target: local }),
  statement('MakeSetStmt', { target: local }),
  statement('NopStmt', {}),
  statement('NotEqualStmt', { a: operandSchema, b: operandSchema }),
  statement('ObjectInsertOnceStmt', { key: operandSchema, value: operandSchema, object: local }),
  statement('ObjectInsertStmt', { key: operandSchema, value: operandSchema, object: local }),
  statement('ObjectMergeStmt', { a: local, b: local, target: local }),
  statement('ResetLocalStmt', { target: local }),
  statement('ReturnLocalStmt', { source: local }),
  statement('SetAddStmt', { value: operandSchema, set: local }),
]);
type FlatStatement = z.output<typeof flatSchema>;

/** A statement with blocks of its own. */
type NestedStatement =
  | { readonly type: 'BlockStmt'; readonly stmt: { readonly blocks: readonly Block[] } }
  | { readonly type: 'NotStmt'; readonly stmt: { readonly block: Block } }
  | {
      readonly type: 'ScanStmt';
      readonly stmt: {
        readonly source: number;
        readonly key: number;
        readonly value: number;
        readonly block: Block;
      };
    }
  | {
      readonly type: 'WithStmt';
      readonly stmt: {
        readonly local: number;
        /** Where in the local the value goes; empty where it takes its place. */
        readonly path: readonly number[];
        readonly value: Operand;
        readonly block: Block;
      };
    };

export type Statement = FlatStatement | NestedStatement;
export type StatementOf<Type extends Statement['type']> = Extract<
  Statement,
  { readonly type: Type }
>['stmt'];

export interface Block {
  readonly stmts: readonly Statement[];
}

const block: z.ZodType<Block> = z.lazy(() => blockSchema);

const statementSchema: z.ZodType<Statement> = z.union([
  flatSchema,
  statement('BlockStmt', { blocks: listOf(block) }),
  statement('NotStmt', { block }),
  statement('ScanStmt', { source: local, key: local, value: local, block }),
  statement('WithStmt', { local, path: listOf(z.int()), value: operandSchema, block }),
]);
const blockSchema: z.ZodType<Block> = z.object({ stmts: listOf(statementSchema) });

const functionSchema = z.object({
  name: z.string(),
  path: listOf(z.string()),
  /** The first two are `input` and `data`. */
  params: z.array(local).min(2),
  blocks: listOf(blockSchema),
});
export type PlanFunction = z.output<typeof functionSchema>;

const planSchema = z.object({
  static: z.object({ strings: listOf(z.object({ value: z.string() })) }),
  funcs: z.object({ funcs: listOf(z.looseObject({ name: z.string(), path: listOf(z.string()) })) }),
});

export interface Plan {
  readonly texts: readonly string[];
  /** By name; `undefined` for one with a statement that is not known here. */
  readonly functions: ReadonlyMap<string, PlanFunction | undefined>;
  /** Names by their paths: `g0`, then the segments below `data`. */
  readonly paths: readonly (readonly [path: readonly string[], name: string])[];
}

/** Reads `plan.json`. Throws a ZodError where OPA speaks another dialect than the one tested. */
export function parsePlan(json: unknown): Plan {
  const { static: constants, funcs } = planSchema.parse(json);
  return {
    texts: constants.strings.map(({ value }) => value),
    functions: new Map(
      funcs.funcs.map((one) => [one.name, functionSchema.safeParse(one).data] as const),
    ),
    paths: funcs.funcs.map(({ path, name }) => [path, name] as const),
  };
}
