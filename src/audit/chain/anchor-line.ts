/**
 * Anchors: hashes of entries that were kept where the journal's keeper cannot change them.
 *
 * A line is one of: a signed head; `{"sequence", "hash", "chain"?}`, as `audit export --format jsonl` prints among others;
 * or an event of the API server's audit log whose annotations carry an entry's place.
 */
import { z } from 'zod';
import { readUnverifiedHead } from './head.ts';

const HASH = /^[0-9a-f]{64}$/u;
/** Behind the webhook's name, as the API server writes annotations. */
const ANNOTATION = /(?:^|\/)record$/u;
/** `<sequence>:<hash>` or `<chain>:<sequence>:<hash>`. */
const PLACE = /^(?:(?<chain>[0-9A-Z]{26}):)?(?<sequence>\d{1,15}):(?<hash>[0-9a-f]{64})$/u;

const anchorSchema = z.object({
  chain: z.string().max(64).optional(),
  sequence: z.int().min(1),
  hash: z.string().regex(HASH),
});
const eventSchema = z.object({ annotations: z.record(z.string(), z.string()) });

/** A hash that some entry is known to have. */
export interface Anchor {
  /** Absent where any of the chains at hand may have it. */
  readonly chain?: string | undefined;
  readonly sequence: number;
  readonly hash: string;
}

/** `none` where a line is empty, or an event of an audit log that is about something else. */
export type AnchorParse =
  | { readonly status: 'anchor'; readonly anchor: Anchor }
  | { readonly status: 'none' }
  | { readonly status: 'unreadable' };

/** Reads one line. */
export function parseAnchor(line: string): AnchorParse {
  const text = line.trim();
  if (text === '') return { status: 'none' };
  if (!text.startsWith('{')) return readHead(text);
  const value = parseJson(text);
  const anchor = anchorSchema.safeParse(value);
  if (anchor.success) return { status: 'anchor', anchor: anchor.data };
  const event = eventSchema.safeParse(value);
  if (event.success) return readEvent(event.data.annotations);
  return isAuditEvent(value) ? { status: 'none' } : { status: 'unreadable' };
}

function readHead(text: string): AnchorParse {
  const head = readUnverifiedHead(text)?.head;
  if (head === undefined) return { status: 'unreadable' };
  // What is known is where it was kept: its signature adds nothing to that.
  const { chain, sequence, hash } = head;
  return sequence === 0
    ? { status: 'none' }
    : { status: 'anchor', anchor: { chain, sequence, hash } };
}

function readEvent(annotations: Readonly<Record<string, string>>): AnchorParse {
  const value = Object.entries(annotations).find(([key]) => ANNOTATION.test(key))?.[1];
  if (value === undefined) return { status: 'none' };
  const place = PLACE.exec(value)?.groups;
  if (place === undefined) return { status: 'unreadable' };
  const { chain, sequence, hash = '' } = place;
  return { status: 'anchor', anchor: { chain, sequence: Number(sequence), hash } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAuditEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Event';
}
