/**
 * Formats values and paths as one short printable line. The input is untrusted, and the output is
 * shown in terminals, logs and notifications.
 */
import { isRecord } from './is-record.ts';

/** Text with escaped control, format and lone surrogate characters, truncated to `charsMax`. */
export function formatText(text: string, charsMax: number): string {
  // Truncate first: an attacker could otherwise make us escape a megabyte to show a hundred characters.
  const isLong = text.length > charsMax;
  const shown = isLong ? text.slice(0, cutAt(text, charsMax)) : text;
  // Newlines can forge lines of a message; right-to-left overrides and zero-width characters can forge words.
  const visible = INVISIBLE.test(shown)
    ? shown.replaceAll(EVERY_INVISIBLE, escapeCharacter)
    : shown;
  return isLong ? `${visible}…` : visible;
}

/** A JSON value as text: strings unchanged, the rest as JSON. */
export function formatValue(value: unknown, charsMax: number): string {
  if (typeof value === 'string') return value === '' ? '""' : formatText(value, charsMax);
  return formatText(writeJson(value, charsMax + 1), charsMax);
}

/**
 * A path as in `spec.template.spec.containers[app].image`. Keys that are not plain words are
 * quoted: `metadata.annotations["a.b/c"]`. A segment that selects a list item stands in brackets.
 */
export function formatPath(segments: readonly PathSegment[], charsMax: number): string {
  let path = '';
  for (const segment of segments) {
    path += formatSegment(segment, path === '');
    if (path.length > charsMax) break;
  }
  return formatText(path, charsMax);
}

/** One step of a path: a key of an object, or an item of a list by its label or index. */
export type PathSegment =
  { readonly key: string } | { readonly item: string } | { readonly index: number };

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const EVERY_INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;
const PLAIN_ITEM = /^[\w.:/-]+$/;

function formatSegment(segment: PathSegment, isFirst: boolean): string {
  if ('index' in segment) return `[${String(segment.index)}]`;
  if ('item' in segment) {
    return `[${PLAIN_ITEM.test(segment.item) ? segment.item : JSON.stringify(segment.item)}]`;
  }
  if (!PLAIN_KEY.test(segment.key)) return `[${JSON.stringify(segment.key)}]`;
  return isFirst ? segment.key : `.${segment.key}`;
}

function cutAt(text: string, charsMax: number): number {
  const last = text.charCodeAt(charsMax - 1);
  // Never splits a surrogate pair, which would not be valid UTF-8.
  return last >= 0xd8_00 && last <= 0xdb_ff ? charsMax - 1 : charsMax;
}

function escapeCharacter(character: string): string {
  if (character === '\n') return String.raw`\n`;
  if (character === '\t') return String.raw`\t`;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** JSON text, written only up to the length that is shown. */
function writeJson(value: unknown, charsMax: number): string {
  const pieces: string[] = [];
  let left = charsMax;
  function put(piece: string): void {
    pieces.push(piece);
    left -= piece.length;
  }
  function write(node: unknown): void {
    if (left <= 0) return;
    if (Array.isArray(node)) writeList(node);
    else if (isRecord(node) && !isRawNumber(node)) writeRecord(node);
    // A long string is cut before it is quoted.
    else if (typeof node === 'string') put(JSON.stringify(node.slice(0, charsMax)));
    else put(isRawNumber(node) ? node.rawJSON : String(node));
  }
  function writeList(list: readonly unknown[]): void {
    put('[');
    list.every((item, index) => writeMember(index === 0 ? '' : ',', item));
    put(']');
  }
  function writeRecord(record: Readonly<Record<string, unknown>>): void {
    put('{');
    Object.keys(record).every((key, index) =>
      writeMember(
        `${index === 0 ? '' : ','}${JSON.stringify(key.slice(0, charsMax))}:`,
        record[key],
      ),
    );
    put('}');
  }
  function writeMember(prefix: string, item: unknown): boolean {
    put(prefix);
    // Every level costs a bracket, so `charsMax` bounds the depth too.
    write(item);
    return left > 0;
  }
  write(value);
  return pieces.join('');
}

/**
 * A number that a 64 bit float cannot represent, kept as its text (`JSON.rawJSON`: frozen, without a
 * prototype).
 */
export function isRawNumber(value: unknown): value is { readonly rawJSON: string } {
  return (
    isRecord(value) &&
    typeof value['rawJSON'] === 'string' &&
    Object.getPrototypeOf(value) === null &&
    Object.isFrozen(value)
  );
}
