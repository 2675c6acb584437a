/** What is concluded about an image, and kept. */
import { z } from 'zod';

const signer = z
  .object({
    /** The name of an entry of `images.authorities`. */
    authority: z.string(),
    /** The fingerprint of the key, or subject and issuer of the certificate. */
    identity: z.string(),
  })
  .readonly();

/** Checked where it is read back from a file. */
export const imageConclusionSchema = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('verified'),
      rule: z.string(),
      /** Of the manifest that was verified: what the tag named at that time. */
      digest: z.string(),
      signers: z.array(signer).readonly(),
    }),
    z.object({
      status: z.literal('rejected'),
      rule: z.string(),
      code: z.string(),
      /** One sentence, without a period. */
      reason: z.string(),
    }),
  ])
  .readonly();

export type ImageConclusion = z.output<typeof imageConclusionSchema>;
export type ImageSigner = z.output<typeof signer>;

/** With `retryAfterMs`, the registry may say otherwise later: a signature is added, access is given. */
export type JudgedImage = ImageConclusion & { readonly retryAfterMs?: number | undefined };

/** What policies read of the signature of an image (`input.facts.images[].signature`). */
export type ImageSignatureFact =
  | ImageConclusion
  | {
      readonly status: 'unavailable';
      readonly rule: string;
      readonly reason: string;
      /** What the rule says about that. */
      readonly mode: 'deny' | 'warn' | 'allow' | 'allow-if-last-good';
      /** The digest that was verified last by this rule, where it is that of the image or the image names none. */
      readonly lastVerifiedDigest?: string | undefined;
    }
  /** No rule names it. */
  | { readonly status: 'unjudged' };
