/** From files that say whom to trust to the authorities whose signatures of images count. */
import { HoldfastError } from '../errors.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import { importPublicKey } from '../signature/cosign/import-public-key.ts';
import type { NamedAuthority } from '../signature/cosign/image-rule.ts';
import { COSIGN_LIMITS } from '../signature/cosign/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import { findPatternFault, type AcceptedIdentity } from '../signature/sigstore/match-identity.ts';
import type { TrustedRoot } from '../signature/sigstore/sigstore-library.ts';
import { describeProblems, readTrustFile } from './read-trust-file.ts';

/** Paths of files, and whom certificates must be for. */
export interface ImageTrust {
  /** Public keys in PEM: any of them. */
  readonly keys: readonly string[];
  /** A `trusted_root.json` of sigstore: for certificates, and for the log of what keys have signed. */
  readonly trustedRoot?: string | undefined;
  readonly issuer?: string | undefined;
  /** The whole subject. */
  readonly identity?: string | undefined;
  /** A pattern of the whole subject. */
  readonly identityPattern?: string | undefined;
}

const KEY_BYTES_MAX = COSIGN_LIMITS['signature.cosign.keyBytesMax'].default;
const ROOT_BYTES_MAX = CMS_LIMITS['signature.cms.trustedRootBytesMax'].default;

/**
 * Reads the files. At least one authority is there, and none that accepts everybody.
 *
 * @throws HoldfastError `argument_invalid`, `input_unreadable`, `trust_file_invalid`
 */
export async function bindImageAuthorities(trust: ImageTrust): Promise<readonly NamedAuthority[]> {
  const identity = readIdentity(trust);
  const root = trust.trustedRoot === undefined ? undefined : await readRoot(trust.trustedRoot);
  const authorities: NamedAuthority[] = [];
  for (const file of trust.keys) {
    const key = await readKey(file);
    authorities.push({ name: `key ${file}`, authority: { kind: 'key', key, root } });
  }
  if (identity !== undefined && root !== undefined) {
    const name = `certificate of ${identity.issuer} for ${identity.subject.value}`;
    authorities.push({ name, authority: { kind: 'certificate', root, identities: [identity] } });
  }
  if (identity !== undefined && root === undefined) {
    throw new HoldfastError(
      'argument_invalid',
      '--certificate-identity needs --trusted-root: the trusted_root.json of the instance of sigstore',
    );
  }
  if (authorities.length > 0) return authorities;
  throw new HoldfastError(
    'argument_invalid',
    'Nobody is trusted: give --key, or --trusted-root with --certificate-oidc-issuer and --certificate-identity',
  );
}

async function readKey(file: string) {
  const reading = importPublicKey((await readTrustFile(file, KEY_BYTES_MAX)).toString('latin1'));
  if (reading.status === 'read') return reading.value;
  throw describeProblems(file, [{ place: '', message: reading.problem }]);
}

async function readRoot(file: string): Promise<TrustedRoot> {
  const reading = importTrustedRoot((await readTrustFile(file, ROOT_BYTES_MAX)).toString('utf8'));
  if (reading.status === 'read') return reading.root;
  const problems = reading.problems.map((message) => ({ place: '', message }));
  throw describeProblems(file, problems);
}

function readIdentity({
  issuer,
  identity,
  identityPattern: pattern,
}: ImageTrust): AcceptedIdentity | undefined {
  if (issuer === undefined && identity === undefined && pattern === undefined) return undefined;
  const isOne = (identity === undefined) !== (pattern === undefined);
  if (issuer === undefined || issuer === '' || identity === '' || !isOne) {
    // An issuer alone would accept everybody whom it knows.
    throw new HoldfastError(
      'argument_invalid',
      'Certificates need --certificate-oidc-issuer, and one of --certificate-identity and --certificate-identity-pattern',
    );
  }
  if (identity !== undefined) return { issuer, subject: { kind: 'exact', value: identity } };
  const value = pattern ?? '';
  const fault = findPatternFault(value);
  if (fault === undefined) return { issuer, subject: { kind: 'pattern', value } };
  throw new HoldfastError(
    'argument_invalid',
    `--certificate-identity-pattern "${value}": ${fault}`,
  );
}
