/** The functions on regular expressions and globs that OPA does not compile into WASM. */
import {
  BuiltinError,
  BuiltinLimitError,
  type BuiltinContext,
  type BuiltinFamily,
} from './builtin.ts';
import { findIntersection } from './glob-intersection.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { countOperand, textOperand } from './operand.ts';
import { compilePattern, type PatternMatch, type CompiledPattern } from './regex-engine.ts';

/** By their Rego name. */
export const REGEX_BUILTINS: BuiltinFamily = {
  'glob.quote_meta': (operands) =>
    textOperand(operands, 0).replace(/[*?\\[\]{}]/g, String.raw`\$&`),
  'regex.find_n': (operands, context) => {
    const text = textOperand(operands, 1);
    const pattern = compilePattern(textOperand(operands, 0), context);
    const matches = pattern.matchAll(text, context, countOperand(operands, 2));
    return matches.map(([whole]) => text.slice(whole?.start, whole?.end));
  },
  'regex.globs_match': (operands, { spend }) =>
    findIntersection(textOperand(operands, 0), textOperand(operands, 1), spend),
  'regex.replace': (operands, context) => {
    const [text, value] = [textOperand(operands, 0), textOperand(operands, 2)];
    return replaceAll(text, value, {
      pattern: compilePattern(textOperand(operands, 1), context),
      context,
    });
  },
  'regex.split': (operands, context) => {
    const text = textOperand(operands, 1);
    return splitText(
      text,
      compilePattern(textOperand(operands, 0), context).matchAll(text, context),
    );
  },
  'regex.template_match': (operands, context) => {
    const text = textOperand(operands, 1);
    const [start, end] = [delimiterOperand(operands, 2), delimiterOperand(operands, 3)];
    const source = formatTemplate(textOperand(operands, 0), start, end);
    return compilePattern(source, context).test(text, context);
  },
};

/** Go's `Split`: an empty match at the start separates nothing. */
function splitText(text: string, matches: readonly PatternMatch[]): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const [whole] of matches) {
    if (whole === undefined || (whole.end === 0 && text !== '')) continue;
    if (text === '') continue;
    parts.push(text.slice(from, whole.start));
    from = whole.end;
  }
  // An empty match at the end leaves nothing behind it.
  const last = matches.at(-1)?.[0];
  if (last !== undefined && last.start === text.length && last.end === text.length && text !== '') {
    return parts;
  }
  return [...parts, text.slice(from)];
}

/** The value's `$1`, `${1}` and `${name}` stand for what a group matched; `$1x` is the group of that name. */
function replaceAll(
  text: string,
  value: string,
  { pattern, context }: { readonly pattern: CompiledPattern; readonly context: BuiltinContext },
): string {
  const parts = readReplacement(value, pattern);
  let output = '';
  let from = 0;
  for (const groups of pattern.matchAll(text, context)) {
    output += text.slice(from, groups[0]?.start);
    for (const part of parts) {
      output += typeof part === 'string' ? part : groupText(text, groups[part]);
    }
    from = groups[0]?.end ?? from;
    if (output.length > BUILTIN_LIMITS.outputChars) {
      throw new BuiltinLimitError(
        `the text has more than ${BUILTIN_LIMITS.outputChars} characters`,
      );
    }
  }
  return output + text.slice(from);
}

/** Empty for a group that took no part. */
function groupText(text: string, group: PatternMatch[number] | undefined): string {
  return group === undefined || group.start < 0 ? '' : text.slice(group.start, group.end);
}

const REFERENCE = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** Texts, and the numbers of groups; a group that is not there is empty. */
function readReplacement(value: string, pattern: CompiledPattern): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  let from = 0;
  for (const reference of value.matchAll(REFERENCE)) {
    parts.push(value.slice(from, reference.index));
    from = reference.index + reference[0].length;
    const name = reference[1] ?? reference[2];
    if (name === undefined) parts.push('$');
    else if (/^(?:0|[1-9]\d{0,8})$/.test(name)) parts.push(Number(name));
    else parts.push(pattern.groupNumber(name) ?? '');
  }
  return [...parts, value.slice(from)];
}

function delimiterOperand(operands: Parameters<typeof textOperand>[0], position: number): string {
  const text = textOperand(operands, position);
  const length = Buffer.byteLength(text);
  if (length === 1) return text;
  const name = position === 2 ? 'start' : 'end';
  throw new BuiltinError(
    `${name} delimiter has to be exactly one character long but is ${length} long`,
  );
}

/** What is between the outermost delimiters is a regular expression, the rest is text. */
function formatTemplate(template: string, start: string, end: string): string {
  let source = '^';
  let level = 0;
  let from = 0;
  for (let at = 0; at < template.length; at += 1) {
    const character = template[at];
    if (character === start) {
      level += 1;
      if (level === 1) {
        source += quoteMeta(template.slice(from, at));
        from = at + 1;
      }
    } else if (character === end) {
      level -= 1;
      if (level === 0) {
        source += `(${template.slice(from, at)})`;
        from = at + 1;
      }
    }
    if (level < 0) break;
  }
  if (level !== 0) throw new BuiltinError(`unbalanced braces in "${template}"`);
  return `${source}${quoteMeta(template.slice(from))}$`;
}

function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
