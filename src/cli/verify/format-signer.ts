/** Who signed, in words for a person. */
import type { Signer } from '../../signature/verification.ts';

/** Completes the sentence `signed by …`. */
export function formatSigner(signer: Signer): string {
  switch (signer.scheme) {
    case 'ssh': {
      const { principal, fingerprint, authorityFingerprint } = signer;
      const authority =
        authorityFingerprint === undefined ? '' : `, certified by ${authorityFingerprint}`;
      return `${principal} with the SSH key ${fingerprint}${authority}`;
    }
    case 'openpgp':
      return `${signer.userIds.join(', ')} with the OpenPGP key ${signer.fingerprint}`;
    case 'gitsign':
      return `${signer.subject}, known to ${signer.issuer}, with gitsign`;
    case 'cosign':
      return signer.method === 'key'
        ? `the key ${signer.fingerprint}`
        : `${signer.subject}, known to ${signer.issuer}`;
    case 'x509':
      return `${signer.subject} with a certificate of ${signer.issuer}`;
  }
}
