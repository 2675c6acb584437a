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

const attestation = z
  .object({
    /** The name of an entry of the rule. */
    name: z.string(),
    predicateType: z.string(),
    authority: z.string(),
    identity: z.string(),
    /** Absent, as the two below: nobody says so, or not in one way. */
    builder: z.string().optional(),
    /** In its normal form, for example `https://github.com/example/shop`. */
    sourceRepository: z.string().optional(),
    /** An object id in lower-case hexadecimal. */
    sourceCommit: z.string().optional(),
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
      /** Those that the rule asks for, each with everyone who attests it. */
      attestations: z.array(attestation).readonly(),
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
export type ImageAttestation = z.output<typeof attestation>;
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
