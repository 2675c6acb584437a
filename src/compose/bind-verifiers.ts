/** From files that say whom to trust to the verifiers of signatures, one for each format that is trusted. */
import { readBounded } from '../base/read-bounded.ts';
import { HoldfastError } from '../errors.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { parseAllowedSigners } from '../signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../signature/ssh/parse-revoked-keys.ts';
import { NOTHING_REVOKED, type RevokedKeys } from '../signature/ssh/revoked-keys.ts';
import { formatTrustFileProblems, type TrustFile } from '../signature/ssh/trust-file.ts';
import { verifySshSignature, type KeyValidity } from '../signature/ssh/verify-ssh-signature.ts';
import type { SignatureVerifier, SignatureVerifiers } from '../signature/verify-object.ts';

export interface TrustFiles {
  /** Who may sign with which SSH key. Without it, SSH signatures are not accepted. */
  readonly allowedSigners?: string | undefined;
  readonly revokedKeys?: string | undefined;
  readonly keyValidity: KeyValidity;
  /** Whether the committer's address must be one of the signer. */
  readonly committerMatch: boolean;
}

/**
 * Reads the files and binds the trust.
 *
 * @throws HoldfastError `input_unreadable`, `trust_file_invalid`
 */
export async function bindVerifiers(files: TrustFiles): Promise<SignatureVerifiers> {
  const ssh = await bindSsh(files);
  return ssh === undefined ? {} : { ssh };
}

async function bindSsh(files: TrustFiles): Promise<SignatureVerifier | undefined> {
  const { allowedSigners: file, keyValidity, committerMatch } = files;
  const revoked = await readRevoked(files.revokedKeys);
  if (file === undefined) return undefined;
  const bytesMax = SIGNATURE_LIMITS['signature.ssh.allowedSignersBytesMax'].default;
  const allowedSigners = accept(file, parseAllowedSigners(await read(file, bytesMax)));
  const trust = { allowedSigners, revoked, keyValidity, committerMatch };
  return (content) => verifySshSignature({ ...content, trust });
}

async function readRevoked(file: string | undefined): Promise<RevokedKeys> {
  if (file === undefined) return NOTHING_REVOKED;
  const bytesMax = SIGNATURE_LIMITS['signature.ssh.revokedKeysBytesMax'].default;
  return accept(file, parseRevokedKeys(await read(file, bytesMax)));
}

async function read(file: string, bytesMax: number): Promise<Uint8Array> {
  const content = await readBounded(file, bytesMax);
  if (content.ok) return content.bytes;
  throw new HoldfastError('input_unreadable', `"${file}" cannot be read: ${content.reason}`);
}

function accept<Value>(file: string, content: TrustFile<Value>): Value {
  if (content.status === 'read') return content.value;
  throw new HoldfastError('trust_file_invalid', formatTrustFileProblems(file, content.problems));
}
