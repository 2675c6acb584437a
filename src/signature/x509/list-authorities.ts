/** What the authorities of a CA bundle are worth now. */
import { createHash } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import type { Certificate } from '../cms/parse-certificate.ts';
import type { ListedKey } from '../listed-key.ts';
import { decideAuthorityValidity } from './decide-chain-validity.ts';
import { formatDistinguishedName } from './format-distinguished-name.ts';

/** In the order of the bundle. */
export function listAuthorities(
  authorities: readonly Certificate[],
  nowMs: WallMs,
): readonly ListedKey[] {
  return authorities.map((authority) => {
    const fingerprint = createHash('sha256').update(authority.raw).digest('hex');
    return {
      scheme: 'x509',
      role: 'authority',
      fingerprint,
      identities: [formatDistinguishedName(authority.subject)],
      signingKeys: [
        {
          fingerprint,
          algorithm: nameAlgorithm(authority),
          validFromMs: authority.notBeforeMs,
          validUntilMs: authority.notAfterMs,
          fault: decideAuthorityValidity(authority, nowMs),
        },
      ],
    };
  });
}

function nameAlgorithm({ publicKey }: Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails: details } = publicKey;
  return [asymmetricKeyType, details?.namedCurve, details?.modulusLength]
    .filter((part) => part !== undefined)
    .join(' ');
}
