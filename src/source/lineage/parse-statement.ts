/** A statement of a pipeline: that it has verified a version of an application. Signed outside of the cluster. */
import { z } from 'zod';
import { parseStrictJson } from '../../base/strict-json.ts';
import { APPLICATION_KINDS } from '../commits/settings.ts';

/** The `typ` of the signature, so that it cannot be used as another kind of statement, or the reverse. */
export const STATEMENT_TYPE = 'holdfast-verified-version+jwt';

/** A statement nests one level. */
const DEPTH_MAX = 4;

const statementSchema = z
  .strictObject({
    /** A statement about one cluster says nothing about another. */
    cluster: z.string().min(1).max(253),
    kind: z.enum(APPLICATION_KINDS),
    namespace: z.string().min(1).max(253),
    name: z.string().min(1).max(253),
    /** As the lineage names it: the id of the commit in full, or those of all Git sources, joined by "+". */
    revision: z
      .string()
      .max(1024)
      .regex(/^[0-9a-f]{40,64}(?:\+[0-9a-f]{40,64})*$/u),
    /** RFC 3339, UTC. */
    issuedAt: z.iso.datetime(),
  })
  .readonly();

/** What the pipeline has signed. */
export type VersionStatement = z.output<typeof statementSchema>;

export type ParsedStatement =
  | { readonly ok: true; readonly statement: VersionStatement }
  | { readonly ok: false; readonly reason: string };

/** Reads the JSON text of a statement; every field is required, and others are refused. */
export function parseStatement(text: string): ParsedStatement {
  const read = parseStrictJson(Buffer.from(text), { depthMax: DEPTH_MAX });
  if (!read.ok) return { ok: false, reason: 'it is not JSON' };
  const parsed = statementSchema.safeParse(read.value);
  if (parsed.success) return { ok: true, statement: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}" (${message})`);
  return { ok: false, reason: `it is malformed in ${fields.slice(0, 3).join(', ')}` };
}
