/** Describes a validation issue: expected and found value. */
import type { z } from 'zod';
import { nearestWord } from '../base/nearest-word.ts';
import { LIMITS } from './limits.ts';
import type { Limit } from '../settings/limit.ts';
import type { ValuePath } from '../base/parse-yaml.ts';

/** Longer values are cut: a message is a line. */
const FOUND_CHARS_MAX = 60;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
  record: 'a section with keys',
};

/** The message for zod; `undefined` keeps the schema's message. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue;
  if (code === 'invalid_type') {
    return `Expected ${TYPE_NAMES[issue.expected] ?? issue.expected}, found ${describeFound(input)}`;
  }
  if (code === 'invalid_value') {
    return `Expected ${issue.values.map(quote).join(', ')}, found ${describeFound(input)}`;
  }
  if (code === 'too_small') {
    return `Expected ${describeSize(issue.origin)} of at least ${issue.minimum}, found ${describeSizeOf(input)}`;
  }
  if (code === 'too_big') {
    return `Expected ${describeSize(issue.origin)} of at most ${issue.maximum}, found ${describeSizeOf(input)}`;
  }
  if (code === 'invalid_union') return describeChoice(issue);
  return code === 'invalid_key' ? issue.issues[0]?.message : undefined;
}

// A discriminated union: the value of the discriminator key is wrong.
function describeChoice(
  issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>,
): string | undefined {
  const { discriminator, options, input } = issue;
  if (discriminator === undefined || !Array.isArray(options)) return undefined;
  const found: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, discriminator) : input;
  return `Expected ${options.map(quote).join(', ')}, found ${describeFound(found)}`;
}

/** A hint: the nearest allowed word, or the reason of a limit. Needs issues that report their input. */
export function suggestRemedy(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const nearest = nearestWord(issue.input, issue.values.map(String));
    return nearest === undefined ? undefined : `Did you mean ${quote(nearest)}?`;
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const row = findLimit(issue.path);
    return row === undefined
      ? undefined
      : `In ${row.unit}, from ${row.minimum} to ${row.maximum}; the default is ${row.default}. ${row.reason}`;
  }
  return undefined;
}

/** An unknown key, and the known key that was probably meant. */
export function describeUnknownKey(
  key: string,
  known: readonly string[],
): { readonly message: string; readonly remedy: string } {
  const nearest = nearestWord(key, known);
  return {
    message: `Unknown key ${quote(cut(key))}`,
    remedy:
      nearest === undefined
        ? `Known keys here: ${known.join(', ')}`
        : `Did you mean ${quote(nearest)}?`,
  };
}

/** `the text "8443x"`, `the number 5`, `nothing`. */
export function describeFound(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${quote(cut(value))}`;
  if (typeof value === 'object') return 'a section with keys';
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}

function describeSize(origin: string): string {
  if (origin === 'string') return 'a length';
  return origin === 'array' || origin === 'set' ? 'a number of entries' : 'a number';
}

function describeSizeOf(value: unknown): string {
  const size: unknown = typeof value === 'string' || Array.isArray(value) ? value.length : value;
  return JSON.stringify(size);
}

function findLimit(path: readonly PropertyKey[]): Limit | undefined {
  // A row applies to every member of a list.
  const key = path.filter((segment) => typeof segment !== 'number').join('.');
  const table: Readonly<Record<string, Limit>> = LIMITS;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function quote(value: unknown): string {
  return JSON.stringify(value);
}

function cut(text: string): string {
  return text.length <= FOUND_CHARS_MAX ? text : `${text.slice(0, FOUND_CHARS_MAX)}…`;
}

/** Converts zod's path to a path of the file; symbols never occur in YAML. */
export function toValuePath(path: readonly PropertyKey[]): ValuePath {
  return path.map((segment) => (typeof segment === 'number' ? segment : String(segment)));
}
