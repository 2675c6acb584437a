/** Splits a template of Go's `text/template` into texts and actions, and an action into its words. */
import { BuiltinError } from '../builtin.ts';

/** A text, or what stands between braces. */
export interface TemplatePart {
  readonly type: 'text' | 'action';
  readonly text: string;
  readonly line: number;
}

/** A word of an action. `isAfterSpace` separates `.a .b` from `.a.b`. */
export interface Word {
  readonly type: 'field' | 'variable' | 'name' | 'text' | 'number' | 'character' | 'sign';
  readonly text: string;
  readonly isAfterSpace: boolean;
}

/** The failure of a template that cannot be read. */
export function unreadable(line: number, reason: string): BuiltinError {
  return new BuiltinError(`template: template:${line}: ${reason}`);
}

const SPACE = ' \t\r\n';

/** Texts are trimmed where an action asks for it; comments are gone. */
export function splitTemplate(source: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  let line = 1;
  let trimsStart = false;
  const addText = (to: number, trimsEnd: boolean): void => {
    const raw = source.slice(from, to);
    const left = trimsStart ? raw.replace(/^[ \t\r\n]+/, '') : raw;
    const text = trimsEnd ? trimEnd(left) : left;
    if (text !== '') parts.push({ type: 'text', text, line });
    line += countLines(raw);
  };
  for (;;) {
    const start = source.indexOf('{{', from);
    if (start === -1) {
      addText(source.length, false);
      return parts;
    }
    const trimsBefore = source[start + 2] === '-' && isSpace(source[start + 3]);
    addText(start, trimsBefore);
    const inner = start + (trimsBefore ? 3 : 2);
    const end = findEnd(source, inner);
    if (end === undefined) throw unreadable(line, 'unclosed action');
    const { text, isComment } = end;
    trimsStart = end.trims;
    if (!isComment) parts.push({ type: 'action', text, line });
    line += countLines(source.slice(start, end.at));
    from = end.at;
  }
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && SPACE.includes(character);
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

interface ActionEnd {
  readonly text: string;
  /** Behind the closing braces. */
  readonly at: number;
  readonly isComment: boolean;
  readonly trims: boolean;
}

const QUOTED = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/y;

function findEnd(source: string, start: number): ActionEnd | undefined {
  let at = start;
  while (isSpace(source[at])) at += 1;
  const isComment = source.startsWith('/*', at);
  if (isComment) {
    const close = source.indexOf('*/', at);
    if (close === -1) return undefined;
    at = close + 2;
  }
  for (; at < source.length; at += 1) {
    if (source.startsWith('}}', at)) {
      const trims = source[at - 1] === '-' && isSpace(source[at - 2]);
      const text = source.slice(start, trims ? at - 1 : at);
      return { text, at: at + 2, isComment, trims };
    }
    QUOTED.lastIndex = at;
    const quoted = QUOTED.exec(source)?.[0];
    if (quoted !== undefined) at += quoted.length - 1;
  }
  return undefined;
}

const WORDS: readonly (readonly [Word['type'], RegExp])[] = [
  ['text', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\.)+'/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)/y],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['sign', /:=|[=,|().]/y],
];

/** The words of an action. */
export function splitAction({ text, line }: TemplatePart): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  let isAfterSpace = true;
  while (at < text.length) {
    if (isSpace(text[at])) {
      at += 1;
      isAfterSpace = true;
      continue;
    }
    const found = WORDS.map(([type, pattern]) => {
      pattern.lastIndex = at;
      return { type, text: pattern.exec(text)?.[0] };
    }).find((word) => word.text !== undefined);
    if (found?.text === undefined) {
      throw unreadable(line, `unexpected ${JSON.stringify(text[at])} in command`);
    }
    words.push({ type: found.type, text: found.text, isAfterSpace });
    at += found.text.length;
    isAfterSpace = false;
  }
  return words;
}
