/** From files that say whom to trust to the verifiers of signatures, one for each format that is trusted. */
import { HoldfastError } from '../errors.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { parseAllowedSigners, type AllowedSigner } from '../signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../signature/ssh/parse-revoked-keys.ts';
import { NOTHING_REVOKED, type RevokedKeys } from '../signature/ssh/revoked-keys.ts';
import { formatTrustFileProblems, type TrustFile } from '../signature/ssh/trust-file.ts';
import { verifySshSignature } from '../signature/ssh/verify-ssh-signature.ts';
import type { SignatureVerifier, SignatureVerifiers } from '../signature/verify-object.ts';
import { bindCmsVerifier, type CmsFiles } from './bind-cms-verifier.ts';
import { bindOpenpgpVerifier, type OpenpgpFiles } from './bind-openpgp-verifier.ts';
import { readTrustFile } from './read-trust-file.ts';

/** Paths of files; a format without its file is not trusted. */
export interface TrustFiles extends OpenpgpFiles, CmsFiles {
  /** Who may sign with which SSH key. Without it, SSH signatures are not accepted. */
  readonly allowedSigners?: string | undefined;
  readonly revokedKeys?: string | undefined;
}

/**
 * Reads the files and binds the trust.
 *
 * @throws HoldfastError `argument_invalid`, `input_unreadable`, `trust_file_invalid`
 */
export async function bindVerifiers(files: TrustFiles): Promise<SignatureVerifiers> {
  const bound = {
    ssh: await bindSsh(files),
    openpgp: await bindOpenpgpVerifier(files),
    x509: await bindCmsVerifier(files),
  };
  return Object.fromEntries(Object.entries(bound).filter(([, verify]) => verify !== undefined));
}

async function bindSsh(files: TrustFiles): Promise<SignatureVerifier | undefined> {
  const { allowedSigners: file, keyValidity, committerMatch } = files;
  const { revokedKeys } = files;
  const revoked = revokedKeys === undefined ? NOTHING_REVOKED : await readRevoked(revokedKeys);
  if (file === undefined) return undefined;
  const allowedSigners = await readAllowedSigners(file);
  const trust = { allowedSigners, revoked, keyValidity, committerMatch };
  return (content) => verifySshSignature({ ...content, trust });
}

/** @throws HoldfastError `input_unreadable`, `trust_file_invalid` */
export async function readAllowedSigners(file: string): Promise<readonly AllowedSigner[]> {
  const bytesMax = SIGNATURE_LIMITS['signature.ssh.allowedSignersBytesMax'].default;
  return accept(file, parseAllowedSigners(await readTrustFile(file, bytesMax)));
}

/** @throws HoldfastError `input_unreadable`, `trust_file_invalid` */
export async function readRevoked(file: string): Promise<RevokedKeys> {
  const bytesMax = SIGNATURE_LIMITS['signature.ssh.revokedKeysBytesMax'].default;
  return accept(file, parseRevokedKeys(await readTrustFile(file, bytesMax)));
}

function accept<Value>(file: string, content: TrustFile<Value>): Value {
  if (content.status === 'read') return content.value;
  throw new HoldfastError('trust_file_invalid', formatTrustFileProblems(file, content.problems));
}
