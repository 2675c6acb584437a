/** Reads a template of Go's `text/template`. Source: the documentation of the package. */
import { BuiltinLimitError } from '../builtin.ts';
import { TEMPLATE_FUNCTION_NAMES } from './template-functions.ts';
import type { Command, Operand, ParsedTemplate, Pipe, TemplateNode } from './template-nodes.ts';
import {
  splitAction,
  splitTemplate,
  unreadable,
  type TemplatePart,
  type Word,
} from './template-words.ts';
import { unquote } from './unquote.ts';

/** Throws for what Go cannot read either. */
export function readTemplate(source: string): ParsedTemplate {
  const reader = new TemplateReader(splitTemplate(source));
  const { nodes } = reader.readList(['']);
  return { main: nodes, defined: reader.defined };
}

/** Blocks of a person nest three or four levels; each takes stack. */
const DEPTH_MAX = 100;

interface ReadList {
  readonly nodes: readonly TemplateNode[];
  /** The word that ended it, and the rest of its action; empty at the end of the text. */
  readonly ending: string;
  readonly rest: ActionReader | undefined;
}

class TemplateReader {
  readonly defined = new Map<string, readonly TemplateNode[]>();
  readonly #parts: readonly TemplatePart[];
  #at = 0;
  #depth = 0;
  #loops = 0;

  constructor(parts: readonly TemplatePart[]) {
    this.#parts = parts;
  }

  readList(endings: readonly string[]): ReadList {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const part = this.#parts[this.#at];
      this.#at += 1;
      if (part === undefined) {
        if (endings.includes('')) return { nodes, ending: '', rest: undefined };
        throw unreadable(this.#parts.at(-1)?.line ?? 1, 'unexpected EOF');
      }
      if (part.type === 'text') {
        nodes.push({ type: 'text', text: part.text });
        continue;
      }
      const action = new ActionReader(part);
      const word = action.keyword();
      if (word === 'end' || word === 'else') {
        if (endings.includes(word)) return { nodes, ending: word, rest: action };
        throw unreadable(part.line, `unexpected {{${word}}}`);
      }
      const node = this.#readNode(word, action);
      if (node !== undefined) nodes.push(node);
    }
  }

  #readNode(word: string | undefined, action: ActionReader): TemplateNode | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#nest(() => this.#readBlock(word, action));
      case 'define': {
        const name = action.readText();
        action.expectEnd();
        this.defined.set(
          name,
          this.#nest(() => this.readList(['end']).nodes),
        );
        return undefined;
      }
      case 'block': {
        const name = action.readText();
        const pipe = action.readPipe();
        this.defined.set(
          name,
          this.#nest(() => this.readList(['end']).nodes),
        );
        return { type: 'template', name, pipe };
      }
      case 'template': {
        const name = action.readText();
        return { type: 'template', name, pipe: action.isAtEnd ? undefined : action.readPipe() };
      }
      case 'break':
      case 'continue': {
        if (this.#loops === 0) throw action.wrong(`{{${word}}} outside {{range}}`);
        action.expectEnd();
        return { type: word };
      }
      case undefined:
      default:
        return { type: 'action', pipe: action.readPipe() };
    }
  }

  #readBlock(type: 'if' | 'with' | 'range', action: ActionReader): TemplateNode {
    const pipe = action.readPipe(type === 'range');
    this.#loops += type === 'range' ? 1 : 0;
    const { nodes: list, ending, rest } = this.readList(['end', 'else']);
    this.#loops -= type === 'range' ? 1 : 0;
    return { type, pipe, list, otherwise: ending === 'else' ? this.#readElse(type, rest) : [] };
  }

  #readElse(type: string, rest: ActionReader | undefined): readonly TemplateNode[] {
    const word = rest === undefined || rest.isAtEnd ? undefined : rest.keyword();
    if (rest !== undefined && word !== undefined && word === type && type !== 'range') {
      const again = word === 'if' ? 'if' : 'with';
      return [this.#nest(() => this.#readBlock(again, rest))];
    }
    rest?.expectEnd();
    return this.readList(['end']).nodes;
  }

  #nest<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new BuiltinLimitError(`the template nests more than ${DEPTH_MAX} levels`);
    }
    const result = read();
    this.#depth -= 1;
    return result;
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'if else end range with define block template break continue'.split(' '),
);

class ActionReader {
  readonly #words: readonly Word[];
  readonly #line: number;
  #at = 0;
  #depth = 0;

  constructor(part: TemplatePart) {
    this.#words = splitAction(part);
    this.#line = part.line;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  get #word(): Word | undefined {
    return this.#words[this.#at];
  }

  keyword(): string | undefined {
    const word = this.#word;
    if (word?.type !== 'name' || !KEYWORDS.has(word.text)) return undefined;
    this.#at += 1;
    return word.text;
  }

  readText(): string {
    const word = this.#word;
    if (word?.type !== 'text') throw this.wrong('expected a string constant');
    this.#at += 1;
    return unquote(word.text);
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw this.wrong(`unexpected ${JSON.stringify(this.#word?.text)}`);
  }

  wrong(reason: string) {
    return unreadable(this.#line, reason);
  }

  readPipe(isRange = false): Pipe {
    const pipe = this.#readPipe(isRange);
    this.expectEnd();
    return pipe;
  }

  #readPipe(isRange: boolean): Pipe {
    const { variables, isAssignment } = this.#readDeclaration(isRange);
    const commands: Command[] = [];
    do commands.push(this.#readCommand());
    while (this.#skip('|'));
    return { variables, isAssignment, commands };
  }

  /** `$x :=`, `$x =` and in a range `$i, $x :=`. */
  #readDeclaration(isRange: boolean): Pick<Pipe, 'variables' | 'isAssignment'> {
    const [first, sign, second, other] = this.#words.slice(this.#at, this.#at + 4);
    const isPair = isRange && sign?.text === ',' && second?.type === 'variable';
    const assign = isPair ? other : sign;
    const isDeclared = assign?.text === ':=' || assign?.text === '=';
    if (first?.type !== 'variable' || !isDeclared) return { variables: [], isAssignment: false };
    this.#at += isPair ? 4 : 2;
    const variables = isPair ? [first.text, second.text] : [first.text];
    return { variables, isAssignment: assign.text === '=' };
  }

  #skip(sign: string): boolean {
    const word = this.#word;
    const isThere = word?.type === 'sign' && word.text === sign;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #readCommand(): Command {
    const operands: Operand[] = [];
    while (!this.isAtEnd && !(this.#word?.type === 'sign' && '|)'.includes(this.#word.text))) {
      operands.push(this.#readOperand());
    }
    if (operands.length === 0) throw this.wrong('missing value for command');
    return operands;
  }

  #readOperand(): Operand {
    const word = this.#word;
    const base = this.#readBase();
    const fields = word?.type === 'field' ? [word.text.slice(1)] : [];
    while (this.#word?.type === 'field' && !this.#word.isAfterSpace) {
      fields.push(this.#word.text.slice(1));
      this.#at += 1;
    }
    return { base, fields };
  }

  #readBase(): Operand['base'] {
    const word = this.#word;
    this.#at += 1;
    switch (word?.type) {
      case 'field':
        return { type: 'dot' };
      case 'variable':
        return { type: 'variable', text: word.text };
      case 'text':
        return { type: 'text', text: unquote(word.text) };
      case 'character':
        return { type: 'integer', value: BigInt(unquote(word.text).codePointAt(0) ?? 0) };
      case 'number':
        return readNumber(word.text);
      case 'name':
        return this.#readName(word.text);
      case 'sign':
      case undefined:
      default:
        if (word?.text === '.') return { type: 'dot' };
        if (word?.text === '(') return this.#readParenthesis();
        throw this.wrong(`unexpected ${JSON.stringify(word?.text ?? 'end')} in operand`);
    }
  }

  #readName(text: string): Operand['base'] {
    if (text === 'true' || text === 'false') return { type: 'boolean', value: text === 'true' };
    if (text === 'nil') return { type: 'nil' };
    if (TEMPLATE_FUNCTION_NAMES.has(text)) return { type: 'function', text };
    throw this.wrong(`function ${JSON.stringify(text)} not defined`);
  }

  #readParenthesis(): Operand['base'] {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new BuiltinLimitError(`the template nests more than ${DEPTH_MAX} levels`);
    }
    const pipe = this.#readPipe(false);
    this.#depth -= 1;
    if (!this.#skip(')')) throw this.wrong('unclosed left paren');
    return { type: 'pipe', pipe };
  }
}

function readNumber(text: string): Operand['base'] {
  if (/^[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text)) {
    const value = BigInt(text.replace(/^[+-]/, ''));
    return { type: 'integer', value: text.startsWith('-') ? -value : value };
  }
  return { type: 'float', value: Number(text) };
}
