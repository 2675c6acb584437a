/** The metadata of segments: what a segment says about itself, and the line that retention leaves for each one it removed. */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/u);
const sequence = z
  .string()
  .regex(/^\d{1,15}$/u)
  .transform(Number);

const open = {
  format: z.literal('1'),
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
  /** Of the entry before its first; zeros where there is none. */
  readonly firstPreviousHash: string;
  /** Only where it was closed for good. */
  readonly sealed?: { readonly lastSequence: number; readonly lastHash: string } | undefined;
}

export type SegmentMetaParse =
  | { readonly ok: true; readonly meta: SegmentMeta }
  | { readonly ok: false; readonly reason: string };

/** Reads the rows of `meta`; unknown keys are for later versions. */
export function parseSegmentMeta(rows: ReadonlyMap<string, string>): SegmentMetaParse {
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
  // A signed head has about a kilobyte.
  head: z.string().max(64 * 1024),
});

/** What retention says of one segment that it removed. */
export type RemovedSegment = Readonly<z.output<typeof removedSchema>>;

/** `undefined` where the line says no such thing. */
export function parseRemoved(line: string): RemovedSegment | undefined {
  return parseJsonAs(removedSchema, line);
}
