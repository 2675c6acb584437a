/**
 * The metadata of segments: a segment's own description, and the line that retention writes for each removed
 * segment.
 */
import { z } from 'zod';
import { isNewerFormat, SEGMENT_FORMAT } from '../journal/journal-version.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/u);
const sequence = z
  .string()
  .regex(/^\d{1,15}$/u)
  .transform(Number);

const open = {
  format: z.literal(String(SEGMENT_FORMAT)),
  chain: z.string().min(1).max(64),
  cluster: z.string().max(253),
  replica: z.string().max(253),
  first_sequence: sequence,
  first_previous_hash: hash,
};
const metaSchema = z.discriminatedUnion('sealed', [
  z.object({ ...open, sealed: z.literal('0') }),
  z.object({ ...open, sealed: z.literal('1'), last_sequence: sequence, last_hash: hash }),
]);

export interface SegmentMeta {
  readonly chain: string;
  readonly cluster: string;
  readonly replica: string;
  readonly firstSequence: number;
  /** The hash of the entry before its first; zeros if there is none. */
  readonly firstPreviousHash: string;
  /** Only if it was sealed. */
  readonly sealed?: { readonly lastSequence: number; readonly lastHash: string } | undefined;
}

export type SegmentMetaParse =
  | { readonly ok: true; readonly meta: SegmentMeta }
  | { readonly ok: false; readonly reason: string };

/** Reads the rows of `meta`; unknown keys are reserved for later versions. */
export function parseSegmentMeta(rows: ReadonlyMap<string, string>): SegmentMetaParse {
  const format = rows.get('format');
  if (format !== undefined && isNewerFormat(format)) {
    return {
      ok: false,
      reason: `a newer version of Holdfast wrote it (format ${format}), which can read it`,
    };
  }
  const parsed = metaSchema.safeParse(Object.fromEntries(rows));
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => `"${path.join('.')}"`);
    return { ok: false, reason: `its meta ${[...new Set(keys)].join(', ')} cannot be used` };
  }
  const { data } = parsed;
  return {
    ok: true,
    meta: {
      chain: data.chain,
      cluster: data.cluster,
      replica: data.replica,
      firstSequence: data.first_sequence,
      firstPreviousHash: data.first_previous_hash,
      sealed:
        data.sealed === '1'
          ? { lastSequence: data.last_sequence, lastHash: data.last_hash }
          : undefined,
    },
  };
}

const removedSchema = z.object({
  firstSequence: z.int().min(1),
  lastSequence: z.int().min(1),
  lastHash: z.string().regex(/^[0-9a-f]{64}$/u),
  // A signed head takes about a kilobyte.
  head: z.string().max(64 * 1024),
});

/** The note of retention about a removed segment. */
export type RemovedSegment = Readonly<z.output<typeof removedSchema>>;

/** `undefined` if the line is not such a note. */
export function parseRemoved(line: string): RemovedSegment | undefined {
  return parseJsonAs(removedSchema, line);
}
