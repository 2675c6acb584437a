/** The table of credentials as the text of a Secret: hashes and dates, no id. */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import {
  LEARNED_BY,
  USERNAME_CHARS_MAX,
  type CredentialEntry,
  type CredentialTable,
} from './credential-table.ts';

const MS_PER_SECOND = 1000;

const entrySchema = z.tuple([
  z.string().regex(/^[0-9a-f]{32}$/u),
  z.enum(['certificate', 'token']),
  z.int().min(0),
  z.int().min(0),
  z.enum([...LEARNED_BY, 'unknown']),
]);

const tableSchema = z.strictObject({
  version: z.literal(1),
  createdMs: z.int().min(0),
  identities: z.record(z.string().max(USERNAME_CHARS_MAX), z.array(entrySchema).max(64)),
});

/** Seconds: the table of a large cluster must fit into one Secret. */
export function formatTable({ createdMs, identities }: CredentialTable): string {
  return JSON.stringify({
    version: 1,
    createdMs,
    identities: Object.fromEntries(
      [...identities].map(([username, entries]) => [username, entries.map(formatEntry)]),
    ),
  });
}

/** `undefined` for what is no table: then nothing is known, and nothing is overwritten. */
export function parseTable(text: string): CredentialTable | undefined {
  const parsed = parseJsonAs(tableSchema, text);
  if (parsed === undefined) return undefined;
  const identities = Object.entries(parsed.identities);
  return {
    createdMs: parsed.createdMs,
    identities: new Map(
      identities.map(([username, entries]) => [username, entries.map(parseEntry)] as const),
    ),
  };
}

function formatEntry({ fingerprint, kind, firstSeenMs, lastSeenMs, learnedBy }: CredentialEntry) {
  return [fingerprint, kind, seconds(firstSeenMs), seconds(lastSeenMs), learnedBy ?? 'unknown'];
}

function parseEntry([fingerprint, kind, first, last, learnedBy]: z.output<
  typeof entrySchema
>): CredentialEntry {
  return {
    fingerprint,
    kind,
    firstSeenMs: first * MS_PER_SECOND,
    lastSeenMs: last * MS_PER_SECOND,
    ...(learnedBy !== 'unknown' && { learnedBy }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / MS_PER_SECOND);
}
