/** What extensions of a certificate say about its key. Source: RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12. */
import { parseBer, readObjectIdentifier, TAGS } from '../../base/parse-ber.ts';
import type { Certificate } from './parse-certificate.ts';

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';

/** The first octet of the bits; 0: none that can be read; undefined: the certificate does not say. */
export function readKeyUsage({ extensions }: Certificate): number | undefined {
  const usage = extensions.get(KEY_USAGE)?.value;
  if (usage === undefined) return undefined;
  // A BIT STRING: the first octet counts unused bits.
  return parseBer(usage)?.content[1] ?? 0;
}

/** What the certificate is for, by object identifier; undefined: the certificate does not say. */
export function readPurposes({ extensions }: Certificate): readonly string[] | undefined {
  const usage = extensions.get(EXTENDED_KEY_USAGE)?.value;
  if (usage === undefined) return undefined;
  const purposes = parseBer(usage)?.children ?? [];
  return purposes.map((purpose) => readObjectIdentifier(purpose) ?? '');
}

/** How many authorities may stand below this one; undefined: any number. */
export function readPathLength({ extensions }: Certificate): number | undefined {
  const constraints = extensions.get(BASIC_CONSTRAINTS)?.value ?? Buffer.alloc(0);
  const fields = parseBer(constraints)?.children ?? [];
  const length = fields.find(({ tag }) => tag === TAGS.integer)?.content;
  return length?.length === 1 ? length[0] : undefined;
}
