/**
 * Whether an entry of the log is about this signer.
 *
 * The library compares the signature and the digest of an entry, and not who has signed: an entry for one certificate would
 * prove the time of another's signature.
 *
 * Source: Rekor, pkg/types/{hashedrekord,dsse,intoto}; rekor-tiles, api/proto/rekor/v2.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { decodeBase64 } from '../decode-base64.ts';
import type { LoggedBody } from '../sigstore/log-entry.ts';
import { parseDocument } from './parse-document.ts';

const pemSchema = z.string();
const verifierSchema = z.looseObject({
  publicKey: z.looseObject({ rawBytes: z.string() }).optional(),
  x509Certificate: z.looseObject({ rawBytes: z.string() }).optional(),
});

const specSchema = z.looseObject({
  spec: z.looseObject({
    signature: z.looseObject({ publicKey: z.looseObject({ content: pemSchema }) }).optional(),
    signatures: z.array(z.looseObject({ verifier: pemSchema })).optional(),
    content: z
      .looseObject({
        envelope: z.looseObject({ signatures: z.array(z.looseObject({ publicKey: pemSchema })) }),
      })
      .optional(),
    hashedRekordV002: z
      .looseObject({ signature: z.looseObject({ verifier: verifierSchema }) })
      .optional(),
    dsseV002: z
      .looseObject({ signatures: z.array(z.looseObject({ verifier: verifierSchema })) })
      .optional(),
  }),
});

/** `signer`: DER of the certificate, or of the public key (SubjectPublicKeyInfo). */
export function matchLoggedSigner(entry: Pick<LoggedBody, 'body'>, signer: Buffer): boolean {
  const body = parseDocument(entry.body, { schema: specSchema, what: 'The body of the log entry' });
  if (body.status === 'rejected') return false;
  const { signature, signatures, content, hashedRekordV002, dsseV002 } = body.value.spec;
  const logged = [
    signature?.publicKey.content,
    ...(signatures ?? []).map(({ verifier }) => verifier),
    ...(content?.envelope.signatures ?? []).map(({ publicKey }) => publicKey),
  ].flatMap((pem) => (pem === undefined ? [] : [readPem(pem)]));
  const loggedByV2 = [
    hashedRekordV002?.signature.verifier,
    ...(dsseV002?.signatures ?? []).map(({ verifier }) => verifier),
  ].flatMap((verifier) => (verifier === undefined ? [] : [readVerifier(verifier)]));
  const [only, ...others] = [...logged, ...loggedByV2];
  // With two signers, one could be there for this check and the other for the next.
  return others.length === 0 && (only?.equals(signer) ?? false);
}

function readVerifier({
  publicKey,
  x509Certificate,
}: z.output<typeof verifierSchema>): Buffer | undefined {
  const [only, ...others] = [publicKey, x509Certificate].filter((one) => one !== undefined);
  return only === undefined || others.length > 0 ? undefined : decodeBase64(only.rawBytes);
}

/** PEM in base64. */
function readPem(text: string): Buffer | undefined {
  const pem = decodeBase64(text)?.toString('latin1') ?? '';
  try {
    return pem.includes('-----BEGIN CERTIFICATE-----')
      ? new X509Certificate(pem).raw
      : createPublicKey(pem).export({ format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
