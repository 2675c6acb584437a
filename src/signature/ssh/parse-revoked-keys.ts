/**
 * Files of revoked keys, as `gpg.ssh.revocationFile` of git and RevokedKeys of sshd name them: public keys one a line, or a
 * KRL of `ssh-keygen -k`. A line may also be the fingerprint that Holdfast and ssh-keygen print.
 */
import { SIGNATURE_LIMITS } from '../settings.ts';
import { isKrl, parseKrl } from './parse-krl.ts';
import { parseKeyText } from './parse-key-text.ts';
import type { RevokedKeys } from './revoked-keys.ts';
import { readLines, refuseFile, type TrustFile, type TrustFileProblem } from './trust-file.ts';

const FILE_BYTES_MAX = SIGNATURE_LIMITS['signature.ssh.revokedKeysBytesMax'].default;
/** 32 bytes in base64 without padding, and a comment. */
const FINGERPRINT = /^(?<fingerprint>SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])(?:[ \t].*)?$/u;

/** Reads the whole file, or says what is wrong. */
export function parseRevokedKeys(bytes: Uint8Array): TrustFile<RevokedKeys> {
  if (bytes.length > FILE_BYTES_MAX) {
    return refuseFile({
      problem: `the file has ${bytes.length} bytes, at most ${FILE_BYTES_MAX} are read`,
      remedy: 'revoke ranges of serial numbers, or the authority',
    });
  }
  return isKrl(bytes) ? parseKrl(bytes) : parseKeyList(bytes);
}

function parseKeyList(bytes: Uint8Array): TrustFile<RevokedKeys> {
  const lines = readLines(bytes);
  if (lines === undefined) {
    return refuseFile({
      problem: 'the file is neither text of UTF-8 without a byte order mark nor a KRL',
      remedy: 'write one public key on a line, or make a KRL with ssh-keygen -k',
    });
  }
  const fingerprints = new Set<string>();
  const problems: TrustFileProblem[] = [];
  for (const { line, text } of lines) {
    const written = FINGERPRINT.exec(text)?.groups?.['fingerprint'];
    if (written !== undefined) {
      fingerprints.add(written);
      continue;
    }
    const key = parseKeyText(text);
    if (key.status === 'read') fingerprints.add(key.value.fingerprint);
    else problems.push({ line, problem: key.problem, remedy: key.remedy });
  }
  if (problems.length > 0) return { status: 'invalid', problems };
  return { status: 'read', value: { fingerprints, sha1: new Set(), certificates: [] } };
}
