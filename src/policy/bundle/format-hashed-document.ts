/**
 * Writes a JSON document as OPA hashes it for a signature: keys in the order of their bytes, no white space, numbers as they were
 * written, and strings as Go encodes them.
 *
 * Source: the bundle signatures of Open Policy Agent (v1/bundle/hash.go), encoding/json of Go.
 */

/** The text of a document that is known to be JSON without duplicate keys, and not nested deep. */
export function formatHashedDocument(text: string): string {
  return format(JSON.parse(text, keepText));
}

/** A number has as many digits as its author wrote: `1.0` is not `1`. */
function keepText(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new WrittenNumber(String(context.source)) : value;
}

class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function format(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (typeof value === 'string') return formatString(value);
  if (Array.isArray(value)) return `[${value.map(format).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  // Go replaces a lone surrogate when it reads the key, before it sorts.
  const members = Object.entries(value)
    .map(([key, member]) => [key.toWellFormed(), member] as const)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, member]) => `${formatString(key)}:${format(member)}`);
  return `{${members.join(',')}}`;
}

/** Like `JSON.stringify`, but for the two line ends of Unicode, which JavaScript once did not allow in a string. */
function formatString(value: string): string {
  return JSON.stringify(value.toWellFormed())
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}
