/** Trusted roots from the text of a `trusted_root.json`. */
import { parseStrictJson } from '../../base/strict-json.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { readTrustedRoot, type TrustedRootReading } from './sigstore-library.ts';

const BYTES_MAX = CMS_LIMITS['signature.cms.trustedRootBytesMax'].default;
/** A trusted root nests seven levels. */
const DEPTH_MAX = 16;

/** Reads a trusted root once; the value serves for every verification. */
export function importTrustedRoot(text: string): TrustedRootReading {
  const bytes = Buffer.from(text);
  if (bytes.length > BYTES_MAX) {
    return refused(`it has ${bytes.length} bytes, at most ${BYTES_MAX} are read`);
  }
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  return json.ok ? readTrustedRoot(json.value) : refused(`it is no JSON (${json.code})`);
}

function refused(problem: string): TrustedRootReading {
  return { status: 'refused', problems: [problem] };
}
