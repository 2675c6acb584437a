/**
 * What a request tells of credentials that are about to be used: tokens that are asked for, certificates that were signed.
 *
 * Whether the caller is believed is asked by whoever learns from it.
 */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import { hashBytes } from './credential-secret.ts';
import { parseCredential, type ShownCredential } from './parse-credential.ts';

export type CredentialNews =
  | { readonly what: 'token-requested'; readonly username: string; readonly lifeMs: number }
  | {
      readonly what: 'certificate-signed';
      /** Whom the certificate names. */
      readonly username: string;
      readonly id: string;
      /** Who made the signing request, as the API server wrote it down. */
      readonly requester: {
        readonly username: string;
        readonly groups: readonly string[];
        readonly credential: ShownCredential;
      };
    };

/** The signer of the client certificates of kubelets. Source: KEP-1513. */
const NODE_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
const NODE_PREFIX = 'system:node:';
const NODE_ORGANISATION = 'system:nodes';
/** A chain of some certificates. */
const CERTIFICATE_CHARS_MAX = 64 * 1024;
const TOKEN_SECONDS_DEFAULT = 3600;
const MS_PER_SECOND = 1000;

const tokenRequest = z.looseObject({
  spec: z.looseObject({ expirationSeconds: z.number().min(0).nullish() }),
});

const signingRequest = z.looseObject({
  spec: z.looseObject({
    signerName: z.literal(NODE_SIGNER),
    username: z.string(),
    groups: z.array(z.string()).nullish(),
    extra: z.record(z.string(), z.array(z.string())).nullish(),
  }),
  status: z.looseObject({ certificate: z.base64().max(CERTIFICATE_CHARS_MAX) }),
});

/** `undefined` for nearly every request. */
export function observeRequest(request: AdmissionRequest): CredentialNews | undefined {
  // A dry run makes no token and signs nothing.
  if (request.dryRun === true || request.subResource === undefined) return undefined;
  const { group, resource } = request.resource;
  if (resource === 'serviceaccounts' && group === '' && request.subResource === 'token') {
    return request.operation === 'CREATE' ? observeTokenRequest(request) : undefined;
  }
  const isSigning =
    resource === 'certificatesigningrequests' &&
    group === 'certificates.k8s.io' &&
    request.subResource === 'status' &&
    request.operation === 'UPDATE';
  return isSigning ? observeSigning(request) : undefined;
}

function observeTokenRequest(request: AdmissionRequest): CredentialNews | undefined {
  const parsed = tokenRequest.safeParse(request.object);
  if (!parsed.success || !request.namespace || !request.name) return undefined;
  const seconds = parsed.data.spec.expirationSeconds ?? TOKEN_SECONDS_DEFAULT;
  return {
    what: 'token-requested',
    username: `system:serviceaccount:${request.namespace}:${request.name}`,
    lifeMs: seconds * MS_PER_SECOND,
  };
}

function observeSigning(request: AdmissionRequest): CredentialNews | undefined {
  const parsed = signingRequest.safeParse(request.object);
  if (!parsed.success) return undefined;
  const { spec, status } = parsed.data;
  const certificate = readCertificate(Buffer.from(status.certificate, 'base64'));
  if (certificate === undefined) return undefined;
  const { CN: name, O: organisation } = certificate.toLegacyObject().subject;
  if (typeof name !== 'string' || !name.startsWith(NODE_PREFIX)) return undefined;
  if (organisation !== NODE_ORGANISATION) return undefined;
  return {
    what: 'certificate-signed',
    username: name,
    // As k8s.io/apiserver pkg/authentication/request/x509 makes it: of the leaf's DER.
    id: `X509SHA256=${hashBytes(certificate.raw)}`,
    requester: {
      username: spec.username,
      groups: spec.groups ?? [],
      credential: parseCredential({ extra: spec.extra ?? {} }),
    },
  };
}

// node:crypto answers what is no certificate with an exception; here it is an expected outcome.
function readCertificate(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
