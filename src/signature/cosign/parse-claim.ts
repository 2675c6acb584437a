/**
 * What a candidate says about an image: the payload of simple signing, or a statement of in-toto.
 *
 * Source: containers/image, docs/containers-signature.5.md; in-toto attestation framework, spec/v1/statement.md.
 */
import { z } from 'zod';
import { parsed, type Parsed } from '../parsed.ts';
import { rejected } from '../verification.ts';
import type { ClaimContent } from './candidate.ts';
import { malformed, parseDocument } from './parse-document.ts';
import { COSIGN_LIMITS } from './settings.ts';

/** Nothing of it is verified. */
export type Claim =
  | {
      readonly kind: 'signature';
      /** For example `sha256:…`; of a statement, of each of its subjects. */
      readonly digests: readonly string[];
      /** The repository for which it was signed, where the payload says so. */
      readonly reference?: string | undefined;
    }
  | {
      readonly kind: 'attestation';
      readonly digests: readonly string[];
      readonly predicateType: string;
      /** As it was written. */
      readonly predicate: unknown;
    };

/** The statement that cosign signs to say "signed": any other says something about the image, and not that. */
export const SIGNATURE_PREDICATE_TYPE = 'https://sigstore.dev/cosign/sign/v1';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const SIMPLE_SIGNING_TYPE = 'cosign container image signature';
const SUBJECTS_MAX = COSIGN_LIMITS['signature.cosign.subjectsMax'].default;

const simpleSigningSchema = z.looseObject({
  critical: z.looseObject({
    identity: z.looseObject({ 'docker-reference': z.string() }),
    image: z.looseObject({ 'docker-manifest-digest': z.string() }),
    type: z.string(),
  }),
});

const statementSchema = z.looseObject({
  _type: z.string(),
  predicateType: z.string().min(1),
  predicate: z.unknown().optional(),
  subject: z
    .array(z.looseObject({ digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(SUBJECTS_MAX),
});

const STATEMENT_TYPES: ReadonlySet<string> = new Set([
  'https://in-toto.io/Statement/v0.1',
  'https://in-toto.io/Statement/v1',
]);

/** Reads what is claimed. */
export function parseClaim(content: ClaimContent): Parsed<Claim> {
  switch (content.kind) {
    case 'simple-signing':
      return parseSimpleSigning(content.payload);
    case 'envelope':
      return parseStatement(content.payloadType, content.payload);
  }
}

function parseSimpleSigning(payload: Buffer): Parsed<Claim> {
  const document = parseDocument(payload, { schema: simpleSigningSchema, what: 'The payload' });
  if (document.status === 'rejected') return document;
  const { type, image, identity } = document.value.critical;
  if (type !== SIMPLE_SIGNING_TYPE) {
    return rejected('wrong_usage', `The payload is no "${SIMPLE_SIGNING_TYPE}"`);
  }
  return parsed({
    kind: 'signature',
    digests: [image['docker-manifest-digest']],
    reference: identity['docker-reference'],
  });
}

function parseStatement(payloadType: string, payload: Buffer): Parsed<Claim> {
  if (payloadType !== PAYLOAD_TYPE) {
    return rejected('wrong_usage', `The envelope holds no "${PAYLOAD_TYPE}"`);
  }
  const document = parseDocument(payload, { schema: statementSchema, what: 'The statement' });
  if (document.status === 'rejected') return document;
  const { _type: type, predicateType, predicate, subject } = document.value;
  if (!STATEMENT_TYPES.has(type)) {
    return malformed('The statement is of no type of in-toto that is known');
  }
  const digests = subject.flatMap(({ digest }) =>
    Object.entries(digest).map(([algorithm, value]) => `${algorithm}:${value}`),
  );
  return predicateType === SIGNATURE_PREDICATE_TYPE
    ? parsed({ kind: 'signature', digests })
    : parsed({ kind: 'attestation', digests, predicateType, predicate });
}
