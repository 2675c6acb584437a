/** The manifest of a package: every file with its digest, and the scope of the package. */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';

/** Every file with its digest. */
export const MANIFEST_FILE = 'manifest.json';
/** A compact JSON web signature whose payload is the manifest, byte for byte. */
export const SIGNATURE_FILE = 'manifest.jws';
/** The `typ` header, so that the signature of a head cannot be used for a package. */
export const SIGNATURE_TYPE = 'holdfast-evidence+jwt';

const text = z.string().max(1024);
const count = z.int().min(0);

/**
 * File names consist of words, dots, dashes and slashes, so that none can point outside the package (path
 * traversal).
 */
const fileName = z
  .string()
  .max(512)
  .regex(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/u);

const segmentSchema = z.object({
  /** Without the extension: `<name>.meta.json`, `<name>.records.jsonl`, `<name>.heads.jsonl`. */
  name: fileName,
  entries: count,
});

const manifestSchema = z.object({
  format: z.literal('holdfast-evidence/1'),
  created: text,
  /** The requested range; whole segments are exported, so there may be more. */
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
  /** What the records refer to, and whether the package contains it. */
  policyRevisions: z.array(z.object({ revision: text, included: z.boolean() })).readonly(),
  configurationHashes: z.array(z.object({ hash: text, included: z.boolean() })).readonly(),
  files: z.array(
    z.object({ path: fileName, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/u) }),
  ),
});

export type PackageManifest = z.output<typeof manifestSchema>;

/** `undefined` if the text is not a manifest. */
export function parsePackageManifest(json: string): PackageManifest | undefined {
  return parseJsonAs(manifestSchema, json);
}
