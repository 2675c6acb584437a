/** From an object to its verdict: finds the signature, and asks the verifier of its format. */
import type { WallMs } from '../base/clock.ts';
import type { SignatureFormat } from './git/classify-signature.ts';
import type { Identity } from './git/parse-identity.ts';
import type { GitObject } from './git/parse-object.ts';
import { rejected, type Verification } from './verification.ts';

export interface SignedContent {
  /** The bytes that were signed. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Buffer;
  /** The time that the object claims: of its committer or tagger. */
  readonly committedAtMs: WallMs;
  /** Committer or tagger: whoever makes the object can write any name. */
  readonly committer: Identity;
  readonly nowMs: WallMs;
}

/** Verifies signatures of one format; its trust is bound already. */
export type SignatureVerifier = (content: SignedContent) => Promise<Verification> | Verification;

/** The verifiers by format. A format without one is not trusted at all. */
export type SignatureVerifiers = Readonly<Partial<Record<SignatureFormat, SignatureVerifier>>>;

/** Verifies the signature of a commit or tag. What is unsigned, or signed twice, is rejected. */
export async function verifyObject(
  object: GitObject,
  verifiers: SignatureVerifiers,
  nowMs: WallMs,
): Promise<Verification> {
  const { signature, kind, algorithm } = object;
  if (signature.status === 'none') {
    const other = signature.otherHeader;
    const aside =
      other === undefined ? '' : `; "${other}" does not count in a repository of ${algorithm}`;
    return rejected('unsigned', `The ${kind} has no signature${aside}`);
  }
  if (signature.status === 'several') {
    return rejected('multiple_signatures', `The ${kind} has ${signature.count} signatures`);
  }
  const { format, payload, signature: block } = signature;
  if (format === undefined) {
    return rejected(
      'unsupported_signature',
      'The signature begins like none of OpenPGP, SSH or CMS',
    );
  }
  const verify = verifiers[format];
  if (verify === undefined) {
    return rejected(
      'unsupported_signature',
      `Nobody is configured whose ${NAMES[format]} signatures count`,
    );
  }
  const committer = object.kind === 'commit' ? object.committer : object.tagger;
  if (committer === undefined) {
    return rejected('malformed_object', 'The tag has no tagger, and so no time');
  }
  const committedAtMs = committer.atMs;
  return await verify({ payload, signature: block, committedAtMs, committer, nowMs });
}

const NAMES: Readonly<Record<SignatureFormat, string>> = {
  openpgp: 'OpenPGP',
  x509: 'CMS (X.509 or gitsign)',
  ssh: 'SSH',
};
