/**
 * Anchors: hashes of entries that are kept out of reach of anyone who can write the journal.
 *
 * A line is one of: a signed head; `{"sequence", "hash", "chain"?}`, as `audit export --format jsonl` prints among
 * others; or an event of the API server's audit log whose annotations carry the position of an entry. Files are read
 * line by line, because the audit log of an API server may be large.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { HoldfastError } from '../../errors.ts';
import { readUnverifiedHead } from './head.ts';

/** About 200 MB of memory; take a later part of the log for more. */
const ANCHORS_MAX = 1_000_000;

/** All anchors of the files. A malformed line is an error: it may be the one that matters. */
export async function readAnchors(
  files: readonly string[],
  anchorsMax = ANCHORS_MAX,
): Promise<readonly Anchor[]> {
  const anchors: Anchor[] = [];
  for (const file of files) {
    for await (const anchor of readAnchorFile(file)) {
      if (anchors.length >= anchorsMax) {
        const message = `More than ${anchorsMax} anchors are given: give the later part of "${file}"`;
        throw new HoldfastError('input_invalid', message);
      }
      anchors.push(anchor);
    }
  }
  return anchors;
}

async function* readAnchorFile(file: string): AsyncGenerator<Anchor> {
  const input = createReadStream(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      const anchors = readAnchorLine(line);
      if (anchors === undefined) {
        throw new HoldfastError('input_invalid', `Line ${number} of "${file}" is no anchor`);
      }
      yield* anchors;
    }
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError('input_unreadable', `Cannot read "${file}"`, { cause });
  } finally {
    input.destroy();
  }
}

const HASH = /^[0-9a-f]{64}$/u;
/** Our annotations, which the API server prefixes with the webhook's name. */
const HASH_ANNOTATION = 'record-hash';
const SEQUENCE_ANNOTATION = 'record-sequence';
const SEQUENCE = /^\d{1,15}$/u;

const anchorSchema = z.object({
  chain: z.string().max(64).optional(),
  sequence: z.int().min(1),
  hash: z.string().regex(HASH),
});
const eventSchema = z.object({ annotations: z.record(z.string(), z.string()) });

/** A known hash of an entry. */
export interface Anchor {
  /** Absent if any of the checked chains may contain it. */
  readonly chain?: string | undefined;
  readonly sequence: number;
  readonly hash: string;
}

/** Empty for an empty line or an unrelated event of an audit log; `undefined` for any other line. */
export function readAnchorLine(line: string): readonly Anchor[] | undefined {
  const text = line.trim();
  if (text === '') return [];
  if (!text.startsWith('{')) return readHead(text);
  const value = parseJson(text);
  const anchor = anchorSchema.safeParse(value);
  if (anchor.success) return [anchor.data];
  const event = eventSchema.safeParse(value);
  if (event.success) return readEvent(event.data.annotations);
  return isAuditEvent(value) ? [] : undefined;
}

function readHead(text: string): readonly Anchor[] | undefined {
  const head = readUnverifiedHead(text)?.head;
  if (head === undefined) return undefined;
  // An anchor is trusted because of where it was kept: its signature adds nothing.
  const { chain, sequence, hash } = head;
  return sequence === 0 ? [] : [{ chain, sequence, hash }];
}

/** Each of our webhooks annotates the event with the position of its record. */
function readEvent(annotations: Readonly<Record<string, string>>): readonly Anchor[] | undefined {
  const anchors: Anchor[] = [];
  for (const [key, hash] of Object.entries(annotations)) {
    const [webhook = '', name] = key.split('/');
    if (name !== HASH_ANNOTATION) continue;
    const sequence = annotations[`${webhook}/${SEQUENCE_ANNOTATION}`] ?? '';
    if (!HASH.test(hash) || !SEQUENCE.test(sequence)) return undefined;
    anchors.push({ sequence: Number(sequence), hash });
  }
  return anchors;
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
