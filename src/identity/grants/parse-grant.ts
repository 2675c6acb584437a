/** A break-glass grant: who may do what to which objects, until when, how often, and why. Signed by people, outside the cluster. */
import { z } from 'zod';
import { parseStrictJson } from '../../base/strict-json.ts';
import { GRANT_VERBS } from './settings.ts';

/**
 * The `typ` of the signature, so that an approval of a grant cannot be used as another kind of statement, or
 * the reverse.
 */
export const GRANT_TYPE = 'holdfast-grant+jwt';

/** A grant nests two levels. */
const DEPTH_MAX = 8;

const words = z.array(z.string().min(1).max(253)).min(1).max(100).readonly();

const grantSchema = z
  .strictObject({
    /** A ULID. */
    id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/u),
    /** The exact username of the person. */
    subject: z.string().min(1).max(1024),
    /** If there are any, the person must be in one of them at the time of use. */
    groups: z.array(z.string().min(1).max(1024)).max(100).readonly(),
    scope: z
      .strictObject({
        clusters: words,
        /** `*` for any; the empty string for cluster-scoped objects. */
        namespaces: z.array(z.string().max(253)).min(1).max(100).readonly(),
        /** Resources with their group, `deployments.apps`, with a subresource after "/"; `*` for any. */
        resources: words,
        /** `*` for any. */
        names: words,
        verbs: z.array(z.enum(GRANT_VERBS)).min(1).readonly(),
      })
      .readonly(),
    reason: z.string().min(1).max(1000),
    ticket: z.string().max(200),
    notBefore: z.iso.datetime(),
    expires: z.iso.datetime(),
    /** How many writes it allows. */
    uses: z.int().min(1).max(1000),
  })
  .readonly();

/** The text that the approvers have signed. */
export type Grant = z.output<typeof grantSchema>;

export type ParsedGrant =
  { readonly ok: true; readonly grant: Grant } | { readonly ok: false; readonly reason: string };

/** Reads a grant's JSON text; every field is required, and others are refused. */
export function parseGrant(text: string): ParsedGrant {
  // With duplicate keys, approvers could read one value and we another.
  const read = parseStrictJson(Buffer.from(text), { depthMax: DEPTH_MAX });
  if (!read.ok) return { ok: false, reason: 'it is not JSON' };
  const parsed = grantSchema.safeParse(read.value);
  if (parsed.success) return { ok: true, grant: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}" (${message})`);
  return { ok: false, reason: `it is malformed in ${fields.slice(0, 3).join(', ')}` };
}
