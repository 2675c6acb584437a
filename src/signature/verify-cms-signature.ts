/** Verifies a CMS signature: by the rules of gitsign where a Fulcio has issued the signer's certificate, else by those of X.509. */
import type { WallMs } from '../base/clock.ts';
import { parseSignedData } from './cms/parse-signed-data.ts';
import { findSigner } from './cms/verify-signed-data.ts';
import { isFulcioCertificate } from './sigstore/parse-fulcio-identity.ts';
import { verifyGitsignSignature, type GitsignTrust } from './gitsign/verify-gitsign-signature.ts';
import type { Committer } from './match-committer.ts';
import { rejected, type Verification } from './verification.ts';
import { verifyX509Signature, type X509Trust } from './x509/verify-x509-signature.ts';

/** A signature over bytes, and what to judge it by. */
export interface CmsRequest {
  /** The commit without its signature headers, or the tag without its signature. */
  readonly payload: Uint8Array;
  /** The armored block. */
  readonly signature: Uint8Array;
  /** Absent parts are not trusted. */
  readonly trust: {
    readonly gitsign?: GitsignTrust | undefined;
    readonly x509?: X509Trust | undefined;
  };
  readonly committer?: Committer | undefined;
  readonly nowMs: WallMs;
}

/** Never throws: what cannot be read is rejected. */
export function verifyCmsSignature({ trust, ...request }: CmsRequest): Verification {
  const signedData = parseSignedData(request.signature);
  if ('code' in signedData) return signedData;
  const certificate = findSigner(signedData);
  if ('code' in certificate) return certificate;
  // A certificate of Fulcio is valid for minutes, and counts only with a proof of its time: never by the rules of X.509.
  if (isFulcioCertificate(certificate)) {
    if (trust.gitsign === undefined) return refuse('gitsign');
    return verifyGitsignSignature({ ...request, trust: trust.gitsign });
  }
  if (trust.x509 === undefined) return refuse('X.509');
  return verifyX509Signature({ ...request, trust: trust.x509 });
}

function refuse(format: string): Verification {
  return rejected('unsupported_signature', `Nobody is configured whose ${format} signatures count`);
}
