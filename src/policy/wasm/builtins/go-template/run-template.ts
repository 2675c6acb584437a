/** Writes a template of Go's `text/template` with its values. Source: the documentation of the package. */
import { BuiltinError, BuiltinLimitError, type BuiltinContext } from '../builtin.ts';
import { BUILTIN_LIMITS } from '../limits.ts';
import { callFunction } from './template-functions.ts';
import type {
  Command,
  Operand,
  ParsedTemplate,
  Pipe,
  TemplateList,
  TemplateNode,
} from './template-nodes.ts';
import {
  isList,
  isMembers,
  isTrue,
  printValue,
  TemplateFloat,
  typeOf,
  type TemplateValue,
} from './template-value.ts';

/** The text. Throws where Go has an error. */
export function runTemplate(
  template: ParsedTemplate,
  data: TemplateValue,
  context: BuiltinContext,
): string {
  const run = new TemplateRun(template, context);
  run.write(template.main, data, new Variables(data));
  return run.output;
}

/** Templates that call each other without end are an attack; each level takes stack. */
const DEPTH_MAX = 100;
/** A step takes about a microsecond. */
const STEP_FUEL = 300;

interface Variable {
  readonly name: string;
  value: TemplateValue;
}

/** The innermost stands last. */
class Variables {
  readonly #stack: Variable[];

  constructor(data: TemplateValue) {
    this.#stack = [{ name: '$', value: data }];
  }

  get depth(): number {
    return this.#stack.length;
  }

  declare(name: string, value: TemplateValue): void {
    this.#stack.push({ name, value });
  }

  find(name: string): Variable {
    const found = this.#stack.findLast((one) => one.name === name);
    if (found !== undefined) return found;
    throw new BuiltinError(`template: undefined variable ${JSON.stringify(name)}`);
  }

  cut(depth: number): void {
    this.#stack.length = depth;
  }
}

/** How a list ended: `break` and `continue` end those around it. */
type Ending = 'done' | 'break' | 'continue';

class TemplateRun {
  output = '';
  readonly #template: ParsedTemplate;
  readonly #context: BuiltinContext;
  #depth = 0;
  #steps = 0;

  constructor(template: ParsedTemplate, context: BuiltinContext) {
    this.#template = template;
    this.#context = context;
  }

  write(list: TemplateList, dot: TemplateValue, variables: Variables): Ending {
    const depth = variables.depth;
    for (const node of list) {
      const ending = this.#writeNode(node, dot, variables);
      if (ending !== 'done') return ending;
    }
    variables.cut(depth);
    return 'done';
  }

  #pay(): void {
    this.#context.spend?.(STEP_FUEL);
    this.#steps += 1;
    if (this.#steps > BUILTIN_LIMITS.items) {
      throw new BuiltinLimitError(`the template takes more than ${BUILTIN_LIMITS.items} steps`);
    }
  }

  #print(text: string): void {
    this.output += text;
    if (this.output.length > BUILTIN_LIMITS.outputChars) {
      throw new BuiltinLimitError(
        `the text has more than ${BUILTIN_LIMITS.outputChars} characters`,
      );
    }
  }

  #writeNode(node: TemplateNode, dot: TemplateValue, variables: Variables): Ending {
    this.#pay();
    switch (node.type) {
      case 'text': {
        this.#print(node.text);
        return 'done';
      }
      case 'action': {
        const value = this.#evaluate(node.pipe, dot, variables);
        if (node.pipe.variables.length === 0) this.#print(printValue(value));
        return 'done';
      }
      case 'template': {
        this.#call(node.name, node.pipe && this.#evaluate(node.pipe, dot, variables));
        return 'done';
      }
      case 'break':
      case 'continue':
        return node.type;
      case 'range':
        return this.#writeRange(node, dot, variables);
      case 'if':
      case 'with': {
        const depth = variables.depth;
        const value = this.#evaluate(node.pipe, dot, variables);
        const list = isTrue(value) ? node.list : node.otherwise;
        const inner = node.type === 'with' && isTrue(value) ? value : dot;
        const ending = this.write(list, inner, variables);
        variables.cut(depth);
        return ending;
      }
    }
  }

  #call(name: string, data: TemplateValue): void {
    const list = this.#template.defined.get(name);
    if (list === undefined) {
      throw new BuiltinError(`template: template ${JSON.stringify(name)} not defined`);
    }
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new BuiltinLimitError(`the template calls more than ${DEPTH_MAX} levels`);
    }
    this.write(list, data, new Variables(data));
    this.#depth -= 1;
  }

  #writeRange(
    { pipe, list, otherwise }: Extract<TemplateNode, { readonly type: 'if' | 'with' | 'range' }>,
    dot: TemplateValue,
    variables: Variables,
  ): Ending {
    const depth = variables.depth;
    const value = this.#run(pipe.commands, dot, variables);
    const entries = entriesOf(value);
    if (entries.length === 0) return this.write(otherwise, dot, variables);
    for (const [key, item] of entries) {
      this.#pay();
      const [first, second] = pipe.variables;
      const given: readonly (readonly [string | undefined, TemplateValue])[] =
        second === undefined
          ? [[first, item]]
          : [
              [first, key],
              [second, item],
            ];
      for (const [name, own] of given) {
        if (name === undefined) continue;
        if (pipe.isAssignment) variables.find(name).value = own;
        else variables.declare(name, own);
      }
      const ending = this.write(list, item, variables);
      variables.cut(depth);
      if (ending === 'break') break;
    }
    return 'done';
  }

  #evaluate(pipe: Pipe, dot: TemplateValue, variables: Variables): TemplateValue {
    const value = this.#run(pipe.commands, dot, variables);
    for (const name of pipe.variables) {
      if (pipe.isAssignment) variables.find(name).value = value;
      else variables.declare(name, value);
    }
    return value;
  }

  #run(commands: readonly Command[], dot: TemplateValue, variables: Variables): TemplateValue {
    let value: TemplateValue;
    for (const [index, command] of commands.entries()) {
      const piped = index === 0 ? [] : [value];
      value = this.#runCommand(command, { dot, variables, piped });
    }
    return value;
  }

  #runCommand([first, ...others]: Command, place: Place): TemplateValue {
    this.#pay();
    if (first === undefined) return undefined;
    const { base } = first;
    if (base.type === 'nil') throw new BuiltinError('template: nil is not a command');
    if (base.type !== 'function') {
      if (others.length > 0 || place.piped.length > 0) {
        throw new BuiltinError("template: can't give argument to non-function");
      }
      return this.#read(first, place);
    }
    if (base.text === 'and' || base.text === 'or') {
      return this.#runUntil(base.text === 'and', others, place);
    }
    const values = [...others.map((one) => this.#read(one, place)), ...place.piped];
    return callFunction(base.text, values);
  }

  /** `and` ends at the first value that is not true, `or` at the first that is. */
  #runUntil(isAnd: boolean, operands: readonly Operand[], place: Place): TemplateValue {
    if (operands.length + place.piped.length === 0) {
      throw new BuiltinError('template: wrong number of args: want at least 1 got 0');
    }
    let value: TemplateValue;
    for (const operand of operands) {
      value = this.#read(operand, place);
      if (isTrue(value) !== isAnd) return value;
    }
    return place.piped.length > 0 ? place.piped[0] : value;
  }

  #read({ base, fields }: Operand, place: Place): TemplateValue {
    return fields.reduce(fieldOf, this.#readBase(base, place));
  }

  #readBase(base: Operand['base'], { dot, variables }: Place): TemplateValue {
    switch (base.type) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'variable':
        return variables.find(base.text).value;
      case 'text':
        return base.text;
      case 'function':
        return callFunction(base.text, []);
      case 'float':
        return new TemplateFloat(base.value);
      case 'pipe':
        return this.#evaluate(base.pipe, dot, variables);
      case 'boolean':
      case 'integer':
        return base.value;
    }
  }
}

interface Place {
  readonly dot: TemplateValue;
  readonly variables: Variables;
  readonly piped: readonly TemplateValue[];
}

/** What is not there has no fields, which is no error in Go; what is null has, which is one. */
function fieldOf(value: TemplateValue, name: string): TemplateValue {
  if (value === undefined) return undefined;
  if (isMembers(value)) return value.get(name);
  if (value === null) {
    throw new BuiltinError(`template: nil pointer evaluating interface {}.${name}`);
  }
  throw new BuiltinError(`template: can't evaluate field ${name} in type ${typeOf(value)}`);
}

function entriesOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (isList(value)) return value.map((item, index) => [BigInt(index), item] as const);
  if (isMembers(value)) return [...value];
  if (value === undefined || value === null) return [];
  if (typeof value === 'bigint') {
    const count =
      value > BUILTIN_LIMITS.items ? BUILTIN_LIMITS.items + 1 : Math.max(0, Number(value));
    return Array.from({ length: count }, (_, index) => [BigInt(index), BigInt(index)] as const);
  }
  throw new BuiltinError(`template: range can't iterate over ${printValue(value)}`);
}
