/**
 * The last good form of each template and constraint, as the published bundle carries it: a process that starts anew would not know it, and what
 * somebody broke meanwhile would hold up every other change. The signature of the bundle covers it: who can write the ConfigMap cannot change it.
 */
import { z } from 'zod';
import { isRecord } from '../../../base/is-record.ts';
import { parseStrictJson } from '../../../base/strict-json.ts';
import { BUNDLE_LIMITS } from '../../../policy/bundle/settings.ts';
import type { FoundDocument } from '../plan-constraints.ts';

const storedSchema = z.array(z.strictObject({ file: z.string().min(1), value: z.unknown() }));

/** What changes with every look at an object, and says nothing of what it judges. */
const UNSTEADY: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'uid',
]);

/** The documents in the order of their names, without their status. */
export function formatDocuments(documents: Iterable<FoundDocument>): Uint8Array {
  const kept = [...documents].map(({ file, value }) => ({ file, value: keepSteady(value) }));
  const sorted = kept.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return new TextEncoder().encode(JSON.stringify(sorted));
}

/** By name; none where the bundle has no such file, or one of another form: it is of another version. */
export function parseDocuments(bytes: Uint8Array | undefined): ReadonlyMap<string, FoundDocument> {
  if (bytes === undefined) return new Map();
  const json = parseStrictJson(bytes, {
    depthMax: BUNDLE_LIMITS['bundle.documentDepthMax'].default,
  });
  const parsed = storedSchema.safeParse(json.ok ? json.value : undefined);
  return new Map((parsed.data ?? []).map(({ file, value }) => [file, { file, value }]));
}

function keepSteady(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { status: _status, metadata, ...kept } = value;
  if (!isRecord(metadata)) return value;
  const steady = Object.entries(metadata).filter(([key]) => !UNSTEADY.has(key));
  return { ...kept, metadata: Object.fromEntries(steady) };
}
