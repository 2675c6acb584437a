/** The hash of a file as a signature of a bundle names it. Source: the bundle signatures of Open Policy Agent. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parseStrictJson } from '../../base/strict-json.ts';
import { DATA_FILE, OPA_MANIFEST_FILE, type BundleReading } from './bundle-files.ts';
import { formatHashedDocument } from './format-hashed-document.ts';
import { HASH_ALGORITHMS } from './parse-signatures.ts';
import { BUNDLE_LIMITS } from './settings.ts';

const DOCUMENT_BYTES_MAX = BUNDLE_LIMITS['bundle.documentBytesMax'].default;
const DOCUMENT_DEPTH_MAX = BUNDLE_LIMITS['bundle.documentDepthMax'].default;

/** In hexadecimal. Documents of data are hashed by their meaning, all other files by their bytes. */
export function hashBundleFile(
  name: string,
  bytes: Uint8Array,
  algorithm: keyof typeof HASH_ALGORITHMS,
): BundleReading<string> {
  const hash = createHash(HASH_ALGORITHMS[algorithm]);
  const base = basename(name);
  if (base === 'data.yaml' || base === 'data.yml') {
    return {
      ok: false,
      reason: `"${name}" is YAML, which two readers may read differently: write ${DATA_FILE}`,
    };
  }
  if (base !== DATA_FILE && base !== OPA_MANIFEST_FILE) {
    return { ok: true, value: hash.update(bytes).digest('hex') };
  }
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    return { ok: false, reason: `"${name}" is larger than ${DOCUMENT_BYTES_MAX} bytes` };
  }
  const parsed = parseStrictJson(bytes, { depthMax: DOCUMENT_DEPTH_MAX });
  if (!parsed.ok) return { ok: false, reason: `"${name}": ${parsed.message}` };
  const text = formatHashedDocument(Buffer.from(bytes).toString('utf8'));
  return { ok: true, value: hash.update(text).digest('hex') };
}
