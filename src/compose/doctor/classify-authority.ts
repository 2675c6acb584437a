/** Whether the API server can trust the certificate that Holdfast serves: the registered caBundle against the chain. */
import { X509Certificate } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import type { RegisteredWebhook } from './registered-webhook.ts';
import type { Finding } from './finding.ts';

export interface AuthorityFacts {
  readonly webhooks: readonly Pick<RegisteredWebhook, 'name' | 'clientConfig'>[];
  /** What is served, in PEM, the leaf first; absent where it cannot be read from here. */
  readonly servedPem?: string | undefined;
  readonly nowMs: WallMs;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time for people to renew a certificate in working hours. */
const SOON_DAYS = 14;
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu;

/** Findings about authorities that are missing, over or of another certificate. */
export function classifyAuthority({
  webhooks,
  servedPem,
  nowMs,
}: AuthorityFacts): readonly Finding[] {
  const bundles = new Set(webhooks.map(({ clientConfig }) => clientConfig.caBundle ?? ''));
  if (bundles.size === 0) return [];
  if (bundles.size > 1) {
    return [
      {
        code: 'authorities_differ',
        status: 'failed',
        message:
          'The webhooks are registered with different authorities: some of them cannot be reached',
        remedy: 'Register all of them again with one --ca-file',
      },
    ];
  }
  const [bundle = ''] = bundles;
  if (bundle === '') {
    return [
      {
        code: 'authority_of_system',
        status: 'unknown',
        message: 'No caBundle is registered: the API server must trust the certificate by itself',
        remedy: 'Register with --ca-file, unless a public authority has issued the certificate',
      },
    ];
  }
  const authorities = parse(Buffer.from(bundle, 'base64').toString('utf8'));
  if (authorities.length === 0) return [damaged()];
  return [
    ...classifyExpiry('caBundle', authorities, nowMs),
    ...classifyChain(authorities, servedPem, nowMs),
  ];
}

function classifyChain(
  authorities: readonly X509Certificate[],
  servedPem: string | undefined,
  nowMs: WallMs,
): readonly Finding[] {
  const [leaf] = parse(servedPem ?? '');
  if (leaf === undefined) {
    return [
      {
        code: 'certificate_elsewhere',
        status: 'unknown',
        message: 'The certificate that is served cannot be read from here, so it is not compared',
        remedy: 'Run it where server.tls.certificateFile is: inside the pod',
      },
    ];
  }
  const expiry = classifyExpiry('served certificate', [leaf], nowMs);
  const isIssued = authorities.some(
    (authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey),
  );
  if (isIssued) {
    const message = 'The registered authority has issued the certificate that is served';
    return [...expiry, { code: 'chain_trusted', status: 'ok', message }];
  }
  return [
    ...expiry,
    {
      code: 'chain_untrusted',
      status: 'failed',
      message:
        'The registered authority has not issued the certificate that is served: every request fails',
      remedy:
        'Register again with the --ca-file that issued it, or serve the certificate of this authority',
    },
  ];
}

function* classifyExpiry(
  what: string,
  certificates: readonly X509Certificate[],
  nowMs: WallMs,
): Iterable<Finding> {
  const endMs = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
  const days = Math.floor((endMs - nowMs) / DAY_MS);
  if (days >= SOON_DAYS) return;
  const end = new Date(endMs).toISOString();
  yield {
    code: days < 0 ? 'certificate_over' : 'certificate_ends_soon',
    status: days < 0 ? 'failed' : 'warning',
    message: `The ${what} ${days < 0 ? 'ended' : 'ends'} at ${end}`,
    remedy:
      'Renew it with holdfast certs, or with what has issued it, and register a new authority before the old one ends',
  };
}

function damaged(): Finding {
  return {
    code: 'authority_damaged',
    status: 'failed',
    message: 'The registered caBundle holds no certificate: the API server cannot reach Holdfast',
    remedy: 'Register again with --ca-file',
  };
}

function parse(pem: string): readonly X509Certificate[] {
  return (pem.match(BLOCK) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}
