/** Certificates for tests of the rotation: each key is made once in a process, as that takes most of a test's time. */
import { issueAuthority, issueLeaf } from '../../../src/certificates/issue-certificate.ts';
import type { CertificateIssuer } from '../../../src/certificates/rotation-actor.ts';

/** Real certificates. What an issuer of the same label was asked for once with the same words is given again. */
export function issueFromPool(label: string): CertificateIssuer {
  return {
    issueAuthority: (validity) =>
      pooled(`${label} ${JSON.stringify(validity)}`, () => issueAuthority(validity)),
    issueLeaf: (authority, options) =>
      pooled(`${authority.certificatePem} ${JSON.stringify(options)}`, () =>
        issueLeaf(authority, options),
      ),
  };
}

const pool = new Map<string, ReturnType<typeof issueAuthority>>();

function pooled(
  key: string,
  issue: () => ReturnType<typeof issueAuthority>,
): ReturnType<typeof issueAuthority> {
  const found = pool.get(key) ?? issue();
  pool.set(key, found);
  return found;
}
