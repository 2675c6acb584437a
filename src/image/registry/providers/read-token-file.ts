/** The token with which a process shows a cloud which service account it has: a file that the kubelet writes, and renews. */
import { readBounded } from '../../../base/read-bounded.ts';
import { REGISTRY_LIMITS } from '../settings.ts';

export type TokenFileReading =
  | { readonly ok: true; readonly token: string }
  | {
      readonly ok: false;
      /** Completes a sentence. Contains neither the path nor the content. */
      readonly problem: string;
    };

const BYTES_MAX = REGISTRY_LIMITS['image.registry.cloudTokenBytesMax'].default;
/** It becomes a header or a field: no space, and no line break that begins another header. */
const TOKEN = /^[!-~]+$/u;

/** Read anew each time: the kubelet renews it. `variable` names the file, and is what messages name. */
export async function readTokenFile(variable: string, file: string): Promise<TokenFileReading> {
  const content = await readBounded(file, BYTES_MAX);
  if (!content.ok) {
    return { ok: false, problem: `the file of ${variable} cannot be read: ${content.reason}` };
  }
  const token = Buffer.from(content.bytes).toString('utf8').trim();
  return TOKEN.test(token)
    ? { ok: true, token }
    : { ok: false, problem: `the file of ${variable} has no token` };
}
