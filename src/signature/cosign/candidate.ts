/** Something beside an image that may be a signature: it was read, and nothing of it is verified. */
import type { Certificate } from '../cms/parse-certificate.ts';
import type { LoggedBody } from '../sigstore/log-entry.ts';

export interface Candidate {
  readonly content: CandidateContent;
  readonly signature: Buffer;
  /** With which key it was made, as the candidate says. */
  readonly signer: ClaimedSigner;
  readonly entries: readonly LoggedBody[];
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Buffer[];
}

/** What was signed. */
export type CandidateContent =
  | ClaimContent
  | {
      /** Bytes that the candidate does not hold. */
      readonly kind: 'message';
      readonly digest: Buffer;
    };

/** What was signed says what it is about. */
export type ClaimContent =
  | {
      /** The payload of cosign before version 3: JSON that names the image. */
      readonly kind: 'simple-signing';
      readonly payload: Buffer;
    }
  | {
      /** A DSSE envelope: the type is signed too. */
      readonly kind: 'envelope';
      readonly payloadType: string;
      readonly payload: Buffer;
    };

export type ClaimedSigner =
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** The candidate brings no key: it is among those that are trusted, or the signature does not count. */
  | { readonly kind: 'key' };

/** A layer of a manifest beside an image. */
export interface AttachedLayer {
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}
