/**
 * Regular expressions with the syntax and the linear time of RE2. The only importer of `re2js`.
 *
 * A pattern or a text may come from a request: JavaScript's own RegExp goes back over the text, and an attacker can make it
 * take years.
 */
import { RE2JS, RE2JSException } from 're2js';

import { BuiltinError, BuiltinLimitError, type BuiltinContext } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';

/** A match: start and end of the whole and of each group, -1 for a group that took no part. */
export type PatternMatch = readonly { readonly start: number; readonly end: number }[];

export interface CompiledPattern {
  /** Whether it matches anywhere. */
  readonly test: (text: string, context: BuiltinContext) => boolean;
  /** All matches, one after the other, and at most so many. A negative number is no bound. */
  readonly matchAll: (
    text: string,
    context: BuiltinContext,
    max?: number,
  ) => readonly PatternMatch[];
  /** The number of a named group. */
  readonly groupNumber: (name: string) => number | undefined;
}

/** As many as OPA keeps: policies have a few, and a request that brings its own must not fill the memory. */
const CACHE_ENTRIES_MAX = 100;
/** A character of a pattern takes about a microsecond to compile. */
const COMPILE_FUEL = 300;
/** One instruction on one character takes a few nanoseconds. */
const STEP_FUEL = 1;

const cache = new Map<string, CompiledPattern>();

/** Compiles a pattern, or takes it from those that were used last. */
export function compilePattern(source: string, context: BuiltinContext): CompiledPattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > BUILTIN_LIMITS.patternChars) {
    throw new BuiltinLimitError(
      `the regular expression has more than ${BUILTIN_LIMITS.patternChars} characters`,
    );
  }
  context.spend?.(source.length * COMPILE_FUEL);
  const compiled = compile(source);
  const [oldest] = cache.keys();
  if (cache.size >= CACHE_ENTRIES_MAX && oldest !== undefined) cache.delete(oldest);
  cache.set(source, compiled);
  return compiled;
}

function compile(source: string): CompiledPattern {
  const pattern = parse(source);
  const instructions = pattern.programSize();
  if (instructions > BUILTIN_LIMITS.patternInstructions) {
    throw new BuiltinLimitError(
      `the regular expression has more than ${BUILTIN_LIMITS.patternInstructions} instructions`,
    );
  }
  const groups = new Map(Object.entries(pattern.namedGroups()));
  const pay = (length: number, context: BuiltinContext): void =>
    context.spend?.(length * instructions * STEP_FUEL);
  return {
    test: (text, context) => {
      pay(text.length, context);
      return pattern.test(text);
    },
    matchAll: (text, context, max = -1) =>
      // Each match may have looked at the whole rest of the text.
      matchAll(pattern, text, { max, pay: (length) => pay(length, context) }),
    groupNumber: (name) => groups.get(name),
  };
}

function parse(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (fault) {
    if (!(fault instanceof RE2JSException)) throw fault;
    throw new BuiltinError(fault.message);
  }
}

/** As Go's `FindAll`: an empty match does not count right after another. */
function matchAll(
  pattern: RE2JS,
  text: string,
  { max, pay }: { readonly max: number; readonly pay: (length: number) => void },
): readonly PatternMatch[] {
  const matches: PatternMatch[] = [];
  const matcher = pattern.matcher(text);
  const groups = pattern.groupCount();
  let lastEnd = -1;
  let from = 0;
  while (matches.length !== max && from <= text.length) {
    pay(text.length - from);
    if (!matcher.find(from)) break;
    const [start, end] = [matcher.start(), matcher.end()];
    if (end > start || start !== lastEnd) {
      matches.push(
        Array.from({ length: groups + 1 }, (_, group) => ({
          start: matcher.start(group),
          end: matcher.end(group),
        })),
      );
    }
    lastEnd = end;
    from = end > from ? end : from + characterLength(text, from);
    if (matches.length > BUILTIN_LIMITS.items) {
      throw new BuiltinLimitError(`there are more than ${BUILTIN_LIMITS.items} matches`);
    }
  }
  return matches;
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
