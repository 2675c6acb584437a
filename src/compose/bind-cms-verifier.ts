/** From trusted roots and bundles of authorities to the verifier of CMS signatures: gitsign's and those of X.509. */
import { HoldfastError } from '../errors.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import {
  findPatternFault,
  type AcceptedIdentity,
  type SubjectMatch,
} from '../signature/sigstore/match-identity.ts';
import type { GitsignTrust } from '../signature/gitsign/verify-gitsign-signature.ts';
import type { KeyValidity } from '../signature/key-validity.ts';
import { verifyCmsSignature } from '../signature/verify-cms-signature.ts';
import type { SignatureVerifier } from '../signature/verify-object.ts';
import { importCaBundle } from '../signature/x509/import-ca-bundle.ts';
import { importRevocationLists } from '../signature/x509/import-revocation-lists.ts';
import type { RevocationList } from '../signature/x509/import-revocation-lists.ts';
import type { X509Trust } from '../signature/x509/verify-x509-signature.ts';
import { describeProblems, readTrustFile, refuseProblems } from './read-trust-file.ts';

/** Paths of files, and whom gitsign's certificates must be for. */
export interface CmsFiles {
  /** A `trusted_root.json` of sigstore. */
  readonly trustedRoot?: string | undefined;
  readonly issuer?: string | undefined;
  /** The whole subject. */
  readonly identity?: string | undefined;
  /** A pattern of the whole subject. */
  readonly identityPattern?: string | undefined;
  /** Certificates of authorities. */
  readonly caBundle?: string | undefined;
  readonly revocationLists?: string | undefined;
  readonly keyValidity: KeyValidity;
  readonly committerMatch: boolean;
}

const TRUSTED_ROOT_BYTES_MAX = CMS_LIMITS['signature.cms.trustedRootBytesMax'].default;
const BUNDLE_BYTES_MAX = CMS_LIMITS['signature.cms.caBundleBytesMax'].default;
const LISTS_BYTES_MAX = CMS_LIMITS['signature.cms.revocationListBytesMax'].default;

/**
 * Undefined where neither is given.
 *
 * @throws HoldfastError `argument_invalid`, `input_unreadable`, `trust_file_invalid`
 */
export async function bindCmsVerifier(files: CmsFiles): Promise<SignatureVerifier | undefined> {
  const gitsign = await readGitsignTrust(files);
  const x509 = await readX509Trust(files);
  if (gitsign === undefined && x509 === undefined) return undefined;
  return (content) => verifyCmsSignature({ ...content, trust: { gitsign, x509 } });
}

async function readGitsignTrust(files: CmsFiles): Promise<GitsignTrust | undefined> {
  const { trustedRoot: file, committerMatch } = files;
  const identity = readIdentity(files);
  if (file === undefined && identity === undefined) return undefined;
  if (file === undefined || identity === undefined) {
    // A root without an identity would accept everybody whom sigstore knows.
    throw new HoldfastError(
      'argument_invalid',
      'gitsign needs --trusted-root, --issuer, and one of --identity and --identity-pattern',
    );
  }
  const text = (await readTrustFile(file, TRUSTED_ROOT_BYTES_MAX)).toString('utf8');
  const reading = importTrustedRoot(text);
  if (reading.status === 'refused') {
    const problems = reading.problems.map((message) => ({ place: '', message }));
    throw describeProblems(file, problems);
  }
  return { roots: [reading.root], identities: [identity], committerMatch };
}

function readIdentity({
  issuer,
  identity,
  identityPattern,
}: CmsFiles): AcceptedIdentity | undefined {
  if (issuer === undefined && identity === undefined && identityPattern === undefined) {
    return undefined;
  }
  const subject = readSubject(identity, identityPattern);
  if (issuer === undefined || subject === undefined) {
    throw new HoldfastError(
      'argument_invalid',
      'gitsign needs --issuer, and one of --identity and --identity-pattern',
    );
  }
  const fault = subject.kind === 'pattern' ? findPatternFault(subject.value) : undefined;
  if (fault === undefined) return { issuer, subject };
  throw new HoldfastError('argument_invalid', `--identity-pattern "${subject.value}": ${fault}`);
}

function readSubject(
  identity: string | undefined,
  identityPattern: string | undefined,
): SubjectMatch | undefined {
  if (identity !== undefined && identityPattern !== undefined) return undefined;
  if (identity !== undefined) return { kind: 'exact', value: identity };
  return identityPattern === undefined ? undefined : { kind: 'pattern', value: identityPattern };
}

async function readX509Trust(files: CmsFiles): Promise<X509Trust | undefined> {
  const { caBundle: file, keyValidity, committerMatch } = files;
  const revocationLists = await readRevocationLists(files.revocationLists);
  if (file === undefined) return undefined;
  const text = (await readTrustFile(file, BUNDLE_BYTES_MAX)).toString('latin1');
  const { authorities, problems } = importCaBundle(text);
  refuseProblems(file, problems.map(placeLine));
  return { authorities, revocationLists, keyValidity, committerMatch };
}

async function readRevocationLists(file: string | undefined): Promise<readonly RevocationList[]> {
  if (file === undefined) return [];
  const text = (await readTrustFile(file, LISTS_BYTES_MAX)).toString('latin1');
  const { lists, problems } = importRevocationLists(text);
  refuseProblems(file, problems.map(placeLine));
  return lists;
}

function placeLine({ line, message }: { readonly line: number; readonly message: string }) {
  return { place: `line ${line}`, message };
}
