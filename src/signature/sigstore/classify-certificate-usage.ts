/** Whether a certificate is for signing code. Source: RFC 5280 section 4.2.1.12; Fulcio, docs/certificate-specification.md. */
import { readPurposes } from '../cms/certificate-extensions.ts';
import type { Certificate } from '../cms/parse-certificate.ts';
import { rejected, type Rejected } from '../verification.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** Undefined: it is. A certificate of an authority, or for TLS or mail, signs no code. */
export function classifyCertificateUsage(certificate: Certificate): Rejected | undefined {
  const isForCode = readPurposes(certificate)?.includes(CODE_SIGNING) ?? false;
  if (isForCode && !certificate.x509.ca) return undefined;
  return rejected('wrong_usage', 'The certificate is not for signing code');
}
