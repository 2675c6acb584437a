/** What stands in a package's manifest: every file with its digest, and what the package is about. */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';

/** Every file with its digest. */
export const MANIFEST_FILE = 'manifest.json';
/** A compact JSON web signature whose payload is the manifest, byte for byte. */
export const SIGNATURE_FILE = 'manifest.jws';
/** So that a head's signature cannot pass for a package's. */
export const SIGNATURE_TYPE = 'holdfast-evidence+jwt';

const text = z.string().max(1024);
const count = z.int().min(0);

/** Names of a package are words, dots, dashes and slashes: none of them can point outside of it. */
const fileName = z
  .string()
  .max(512)
  .regex(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/u);

const segmentSchema = z.object({
  /** Without its ending: `<name>.meta.json`, `<name>.records.jsonl`, `<name>.heads.jsonl`. */
  name: fileName,
  entries: count,
});

const manifestSchema = z.object({
  format: z.literal('holdfast-evidence/1'),
  created: text,
  /** What was asked for; whole segments are exported, so there may be more. */
  since: text.optional(),
  until: text.optional(),
  journals: z.array(
    z.object({
      folder: fileName,
      cluster: text,
      replica: text,
      chain: text,
      segments: z.array(segmentSchema).readonly(),
      entries: count,
      denied: count,
    }),
  ),
  /** What the records name, and whether it is in the package. */
  policyRevisions: z.array(z.object({ revision: text, included: z.boolean() })).readonly(),
  configurationHashes: z.array(z.object({ hash: text, included: z.boolean() })).readonly(),
  files: z.array(
    z.object({ path: fileName, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/u) }),
  ),
});

export type PackageManifest = z.output<typeof manifestSchema>;

/** `undefined` where the text is no manifest. */
export function parsePackageManifest(json: string): PackageManifest | undefined {
  return parseJsonAs(manifestSchema, json);
}
