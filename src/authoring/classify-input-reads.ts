/**
 * Tells which parts of a request and of its parameters each policy reads, from OPA's plan: the same from which its WebAssembly is written.
 *
 * The plan is executed with sets of places in the input instead of values. What is done with a place decides: a member with
 * a known key leads on to that member, and whatever this file does not know reads the whole value. Too much is slow; too
 * little would be a wrong allow.
 */
import type { EntryLookup } from '../policy/entry-lookups.ts';
import type { ValueReads } from '../policy/value-reads.ts';
import type { Block, Operand, Plan, PlanFunction, Statement, StatementOf } from './opa-plan.ts';
import { PlanFrame } from './plan-frame.ts';
import {
  appendValue,
  arraysOf,
  EMPTY_COLLECTION,
  EMPTY_OBJECT,
  entryOf,
  insertMember,
  insertValue,
  isConstant,
  joinValues,
  memberOf,
  OTHER,
  type PlanValue,
  readWhole,
  textValue,
  UNDEFINED,
} from './plan-values.ts';
import { ReadNode } from './read-node.ts';

/** They tell types apart: a value with fewer members keeps its type. */
const READ_TYPES_ONLY: ReadonlySet<string> = new Set(
  'is_array is_boolean is_null is_number is_object is_set is_string type_name'.split(' '),
);

/** What a policy reads, as its descriptor has it. */
export interface InputReads {
  readonly requestReads: ValueReads;
  readonly parameterReads: ValueReads;
  /** Beside these, of some tables the entry that a fact names. */
  readonly parameterLookups: readonly EntryLookup[];
}

const EVERYTHING: InputReads = { requestReads: true, parameterReads: true, parameterLookups: [] };

/** What `data.holdfast.verdict.<policy>.verdict` reads of `input.request` and `input.parameters`. */
export function classifyInputReads(plan: Plan, policy: string): InputReads {
  const path = [undefined, 'holdfast', 'verdict', policy, 'verdict'];
  const [verdict, ...others] = findFunctions(plan, path);
  if (verdict === undefined || others.length > 0) return EVERYTHING;
  const input = new ReadNode();
  try {
    const interpreter = new PlanInterpreter(plan);
    readWhole(interpreter.call(verdict, [{ ...UNDEFINED, nodes: new Set([input]) }, OTHER]));
  } catch {
    // Whatever ends the execution leaves open what else is read.
    return EVERYTHING;
  }
  const reads = input.toReads();
  if (reads === true) return EVERYTHING;
  return {
    requestReads: reads['request'] ?? {},
    parameterReads: reads['parameters'] ?? {},
    parameterLookups: input.toLookups(),
  };
}

/** Names of the functions with such a path; `undefined` stands for any segment. */
function findFunctions(plan: Plan, wanted: readonly (string | undefined)[]): readonly string[] {
  return plan.paths.flatMap(([path, name]) => {
    const matches =
      path.length === wanted.length &&
      wanted.every((segment, index) => segment === undefined || segment === path[index]);
    return matches ? [name] : [];
  });
}

class PlanInterpreter {
  readonly #plan: Plan;
  /** Results by function and arguments; `undefined` while it runs. */
  readonly #results = new Map<string, PlanValue | undefined>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  call(name: string, given: readonly PlanValue[]): PlanValue {
    const key = `${name} ${given.map(keyOf).join(' ')}`;
    if (this.#results.has(key)) return this.#results.get(key) ?? refuse(`${name} calls itself`);
    this.#results.set(key, undefined);
    const called = this.#plan.functions.get(name) ?? refuse(`${name} is not understood`);
    const result = this.#run(called, given);
    this.#results.set(key, result);
    return result;
  }

  #run({ name, params, blocks }: PlanFunction, given: readonly PlanValue[]): PlanValue {
    if (params.length < given.length) refuse(`${name} has fewer parameters`);
    const frame = new PlanFrame();
    for (const [index, local] of params.entries()) {
      frame.assign(local, given[index] ?? refuse(`${name} has more parameters`));
    }
    frame.alias(...params);
    this.#runBlocks(blocks, frame);
    return frame.returned;
  }

  #runBlocks(blocks: readonly Block[], frame: PlanFrame): void {
    // Any statement may end its block: what follows sees what was assigned so far, or not.
    for (const block of blocks) frame.enter(() => this.#runBlock(block, frame));
  }

  #runBlock({ stmts }: Block, frame: PlanFrame): void {
    for (const statement of stmts) this.#step(statement, frame);
  }

  #step({ type, stmt }: Statement, frame: PlanFrame): void {
    switch (type) {
      case 'BlockStmt':
        return this.#runBlocks(stmt.blocks, frame);
      case 'NotStmt':
        return this.#runBlocks([stmt.block], frame);
      case 'ScanStmt':
        return this.#scan(stmt, frame);
      case 'WithStmt':
        return this.#replace(stmt, frame);
      case 'CallStmt':
        return this.#callStatement(stmt, frame);
      case 'CallDynamicStmt':
        return this.#callDynamic(stmt, frame);
      case 'DotStmt':
        frame.assign(
          stmt.target,
          entryOf(this.#read(stmt.source, frame), this.#read(stmt.key, frame)),
        );
        return frame.alias(stmt.target);
      case 'EqualStmt':
      case 'NotEqualStmt':
        return compare(this.#read(stmt.a, frame), this.#read(stmt.b, frame));
      case 'AssignVarStmt':
        frame.assign(stmt.target, this.#read(stmt.source, frame));
        return frame.alias(stmt.source, stmt.target);
      case 'AssignVarOnceStmt':
        frame.assignOnce(stmt.target, this.#read(stmt.source, frame));
        return frame.alias(stmt.source, stmt.target);
      case 'ArrayAppendStmt':
        return this.#collect(stmt.array, stmt.value, { frame, add: appendValue });
      case 'SetAddStmt':
        return this.#collect(stmt.set, stmt.value, { frame, add: insertValue });
      case 'IsUndefinedStmt':
        return frame.knowUndefined(stmt.source);
      case 'ResetLocalStmt':
        return frame.reset(stmt.target);
      case 'ReturnLocalStmt':
        return frame.return(stmt.source);
      case 'MakeArrayStmt':
      case 'MakeSetStmt':
        return frame.assign(stmt.target, EMPTY_COLLECTION);
      case 'MakeObjectStmt':
        return frame.assign(stmt.target, EMPTY_OBJECT);
      case 'ObjectInsertOnceStmt':
        // Two different values of one key end the evaluation with an error: they are compared.
        readWhole(this.#read(stmt.value, frame));
        return this.#insert(stmt, frame);
      case 'ObjectInsertStmt':
        return this.#insert(stmt, frame);
      case 'ObjectMergeStmt':
        frame.alias(stmt.a, stmt.b);
        readWhole(frame.read(stmt.a));
        readWhole(frame.read(stmt.b));
        return frame.assign(stmt.target, OTHER);
      case 'LenStmt':
        readWhole(this.#read(stmt.source, frame));
        return frame.assign(stmt.target, OTHER);
      case 'AssignIntStmt':
      case 'MakeNullStmt':
      case 'MakeNumberIntStmt':
      case 'MakeNumberRefStmt':
        return frame.assign(stmt.target, OTHER);
      case 'BreakStmt':
      case 'IsArrayStmt':
      case 'IsDefinedStmt':
      case 'IsObjectStmt':
      case 'IsSetStmt':
      case 'NopStmt':
    }
  }

  #read(operand: Operand, frame: PlanFrame): PlanValue {
    if (operand.type === 'local') return frame.read(operand.value);
    if (operand.type === 'bool') return textValue([String(operand.value)]);
    const text = this.#plan.texts[operand.value];
    return text === undefined ? OTHER : textValue([text]);
  }

  #scan({ source, key, value, block }: StatementOf<'ScanStmt'>, frame: PlanFrame): void {
    const scanned = frame.read(source);
    readWhole(scanned);
    const texts = arraysOf(scanned).flat();
    const isOther = scanned.isOther || scanned.nodes.size > 0 || scanned.members !== undefined;
    const item = { ...textValue(texts), isOther };
    // At least twice: the second turn sees what the first one assigned.
    const turn = (): boolean =>
      frame.enter(() => {
        frame.assign(key, OTHER);
        frame.assign(value, item);
        this.#runBlock(block, frame);
      });
    turn();
    while (turn());
  }

  #replace({ local, path, value, block }: StatementOf<'WithStmt'>, frame: PlanFrame): void {
    const given = this.#read(value, frame);
    frame.alias(value);
    frame.enter(() => {
      if (path.length === 0) frame.assign(local, given);
      else {
        readWhole(given);
        frame.assign(local, joinValues(frame.read(local), OTHER));
      }
      this.#runBlock(block, frame);
    });
  }

  #callStatement({ func, args, result }: StatementOf<'CallStmt'>, frame: PlanFrame): void {
    const given = args.map((operand) => this.#read(operand, frame));
    frame.alias(...args);
    frame.assign(result, this.#callNamed(func, given));
  }

  #callNamed(name: string, given: readonly PlanValue[]): PlanValue {
    if (this.#plan.functions.has(name)) return this.call(name, given);
    const [first = OTHER, key = OTHER, fallback = OTHER] = given;
    if (name === 'object.get') return joinValues(memberOf(first, key), fallback);
    if (!READ_TYPES_ONLY.has(name)) for (const value of given) readWhole(value);
    return OTHER;
  }

  /** A rule whose name is computed: any that may be meant. */
  #callDynamic({ args, path, result }: StatementOf<'CallDynamicStmt'>, frame: PlanFrame): void {
    const given = args.map((local) => frame.read(local));
    const wanted = path.map((operand) => {
      const value = this.#read(operand, frame);
      readWhole(value);
      return operand.type === 'string_index' ? this.#plan.texts[operand.value] : undefined;
    });
    const names = findFunctions(this.#plan, wanted);
    if (names.length === 0) refuse('no rule can be the one whose name is computed');
    const results = names.map((name) => this.call(name, given));
    frame.assign(result, results.reduce(joinValues, OTHER));
  }

  #collect(
    collection: number,
    value: Operand,
    { frame, add }: { readonly frame: PlanFrame; readonly add: typeof appendValue },
  ): void {
    const item = this.#read(value, frame);
    readWhole(item);
    this.#grow(collection, value, { frame, grown: add(frame.read(collection), item) });
  }

  #insert({ object, key, value }: StatementOf<'ObjectInsertStmt'>, frame: PlanFrame): void {
    const grown = insertMember(
      frame.read(object),
      this.#read(key, frame),
      this.#read(value, frame),
    );
    this.#grow(object, value, { frame, grown });
  }

  #grow(
    collection: number,
    item: Operand,
    { frame, grown }: { readonly frame: PlanFrame; readonly grown: PlanValue },
  ): void {
    if (frame.isAliased(collection)) refuse('a collection with two names grows');
    // What it holds has a second name from now on.
    frame.alias(item);
    frame.grow(collection, grown);
  }
}

/** An object differs from every text, whichever members it has. Two values that are not known may be equal. */
function compare(one: PlanValue, other: PlanValue): void {
  if (!isConstant(other)) readWhole(one);
  if (!isConstant(one)) readWhole(other);
}

const identifiers = new WeakMap<ReadNode, number>();
let identifierLast = 0;

function keyOf({ nodes, texts, arrays, members, isOther }: PlanValue): string {
  const numbers = [...nodes].map((node) => {
    const known = identifiers.get(node) ?? (identifierLast += 1);
    identifiers.set(node, known);
    return known;
  });
  const inner = members && [...members].map(([key, value]) => [key, keyOf(value)]);
  return JSON.stringify([
    numbers.toSorted((a, b) => a - b),
    [...texts],
    [...arrays],
    inner ?? null,
    isOther,
  ]);
}

function refuse(reason: string): never {
  throw new Error(`Cannot follow the plan: ${reason}`);
}
