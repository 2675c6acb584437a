/** Trusted certificate authorities from PEM, as in the files that OpenSSL and gpgsm read. */
import { parseCertificate, type Certificate } from '../cms/parse-certificate.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { parseArmor } from '../parse-armor.ts';

/** What cannot be read, and where. */
export interface BundleProblem {
  /** The line of the block; the first line is 1. */
  readonly line: number;
  readonly message: string;
}

/** What was read, and what was not. */
export interface ImportedCaBundle {
  /** Each is trusted, also one that another authority has issued. */
  readonly authorities: readonly Certificate[];
  readonly problems: readonly BundleProblem[];
}

const BYTES_MAX = CMS_LIMITS['signature.cms.caBundleBytesMax'].default;

/** Reads the text of a bundle; comments between the certificates are skipped. */
export function importCaBundle(text: string): ImportedCaBundle {
  if (text.length > BYTES_MAX) {
    return alone(`the bundle has ${text.length} characters, at most ${BYTES_MAX} are read`);
  }
  const armor = parseArmor(text);
  if (armor.blocks.length === 0 && armor.problems.length === 0) {
    return alone('there is no "-----BEGIN CERTIFICATE-----"');
  }
  const problems = [...armor.problems];
  const authorities: Certificate[] = [];
  for (const { label, line, bytes } of armor.blocks) {
    const certificate = label === 'CERTIFICATE' ? parseCertificate(bytes) : undefined;
    if (certificate === undefined) {
      problems.push({ line, message: `the block "${label}" is no certificate` });
    } else if (!certificate.x509.ca) {
      const message = 'the certificate is none of an authority (basicConstraints CA)';
      problems.push({ line, message });
    } else {
      authorities.push(certificate);
    }
  }
  return { authorities, problems };
}

function alone(message: string): ImportedCaBundle {
  return { authorities: [], problems: [{ line: 1, message }] };
}
