/**
 * A layer as cosign before version 3 writes it: what was signed is the layer, and signature, certificate and log entry are its
 * annotations.
 *
 * Source: cosign, specs/SIGNATURE_SPEC.md; pkg/oci/static; pkg/cosign/bundle.
 */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parseCertificate } from '../cms/parse-certificate.ts';
import { decodeBase64 } from '../decode-base64.ts';
import { parsed, type Parsed } from '../parsed.ts';
import type { LoggedBody } from '../sigstore/log-entry.ts';
import { rejected, type Rejected } from '../verification.ts';
import type { AttachedLayer, Candidate, CandidateContent, ClaimedSigner } from './candidate.ts';
import { base64Schema, malformed, parseDocument, unsignedSchema } from './parse-document.ts';
import { COSIGN_LIMITS } from './settings.ts';

const BYTES_MAX = COSIGN_LIMITS['signature.cosign.documentBytesMax'].default;

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

const envelopeSchema = z.looseObject({
  payload: base64Schema,
  payloadType: z.string(),
  signatures: z.array(z.looseObject({ sig: base64Schema })),
});

const logEntrySchema = z.looseObject({
  SignedEntryTimestamp: base64Schema,
  Payload: z.looseObject({
    body: base64Schema,
    integratedTime: unsignedSchema,
    logIndex: unsignedSchema,
    logID: z.string().regex(/^[0-9a-f]{64}$/u),
  }),
});

const timestampSchema = z.looseObject({ SignedRFC3161Timestamp: base64Schema });

const bodySchema = z.looseObject({ kind: z.string(), apiVersion: z.string() });

/** A layer of the type `application/vnd.dev.cosign.simplesigning.v1+json`. */
export function parseSimpleSigningLayer(layer: AttachedLayer): Parsed<Candidate> {
  const { annotations, bytes } = layer;
  const signature = decodeBase64(annotations[SIGNATURE] ?? '');
  if (signature === undefined || signature.length === 0) {
    return malformed(`The annotation "${SIGNATURE}" is no base64`);
  }
  if (bytes.length > BYTES_MAX) {
    return rejected(
      'limit_exceeded',
      `The payload has ${bytes.length} bytes, at most ${BYTES_MAX} are read`,
    );
  }
  return finish(layer, { content: { kind: 'simple-signing', payload: bytes }, signature });
}

/** A layer of the type `application/vnd.dsse.envelope.v1+json`. */
export function parseEnvelopeLayer(layer: AttachedLayer): Parsed<Candidate> {
  const envelope = parseDocument(layer.bytes, { schema: envelopeSchema, what: 'The envelope' });
  if (envelope.status === 'rejected') return envelope;
  const { payload, payloadType, signatures } = envelope.value;
  const [first, ...others] = signatures;
  if (first === undefined) return malformed('The envelope has no signature');
  if (others.length > 0) {
    return rejected('multiple_signatures', `The envelope has ${signatures.length} signatures`);
  }
  return finish(layer, {
    content: { kind: 'envelope', payloadType, payload },
    signature: first.sig,
  });
}

function finish(
  { annotations }: AttachedLayer,
  signed: { readonly content: CandidateContent; readonly signature: Buffer },
): Parsed<Candidate> {
  const signer = readSigner(annotations[CERTIFICATE]);
  if ('code' in signer) return signer;
  const entries = readEntries(annotations[LOG_ENTRY]);
  if ('code' in entries) return entries;
  const timestamps = readTimestamps(annotations[TIMESTAMP]);
  if ('code' in timestamps) return timestamps;
  return parsed({ ...signed, signer, entries, timestamps });
}

const PEM_CERTIFICATE =
  /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/u;

/**
 * A certificate and nothing else: cosign once took a public key in its place, which nobody had certified, and asked for no
 * identity then (GHSA-fx35-mq7g-6g98).
 */
function readSigner(pem: string | undefined): ClaimedSigner | Rejected {
  if (pem === undefined || pem === '') return { kind: 'key' };
  const raw = PEM_CERTIFICATE.test(pem) ? readPem(pem) : undefined;
  const certificate = raw === undefined ? undefined : parseCertificate(raw);
  if (certificate === undefined) {
    return malformed(`The annotation "${CERTIFICATE}" is not one certificate in PEM`);
  }
  return { kind: 'certificate', certificate };
}

function readPem(pem: string): Buffer | undefined {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return undefined;
  }
}

function readEntries(text: string | undefined): readonly LoggedBody[] | Rejected {
  if (text === undefined || text === '') return [];
  const what = `The annotation "${LOG_ENTRY}"`;
  const entry = parseDocument(Buffer.from(text), { schema: logEntrySchema, what });
  if (entry.status === 'rejected') return entry;
  const { SignedEntryTimestamp: signedEntryTimestamp, Payload: payload } = entry.value;
  const body = parseDocument(payload.body, {
    schema: bodySchema,
    what: 'The body of the log entry',
  });
  if (body.status === 'rejected') return body;
  return [
    {
      logIndex: payload.logIndex,
      logId: Buffer.from(payload.logID, 'hex'),
      kind: body.value.kind,
      version: body.value.apiVersion,
      integratedTime: payload.integratedTime,
      signedEntryTimestamp,
      inclusionProof: undefined,
      body: payload.body,
    },
  ];
}

function readTimestamps(text: string | undefined): readonly Buffer[] | Rejected {
  if (text === undefined || text === '') return [];
  const what = `The annotation "${TIMESTAMP}"`;
  const timestamp = parseDocument(Buffer.from(text), { schema: timestampSchema, what });
  if (timestamp.status === 'rejected') return timestamp;
  return [timestamp.value.SignedRFC3161Timestamp];
}
