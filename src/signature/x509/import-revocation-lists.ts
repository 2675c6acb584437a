/** Certificate revocation lists from PEM (`X509 CRL`). Source: RFC 5280 section 5. */
import type { Element } from '../../base/parse-ber.ts';
import { parseBer, readObjectIdentifier, readTimeMs, TAGS } from '../../base/parse-ber.ts';
import { readExtensions } from '../cms/parse-certificate.ts';
import { CMS_LIMITS } from '../cms/settings.ts';
import { findSignatureScheme, type SignatureScheme } from '../cms/verify-signed-data.ts';
import { parseArmor } from '../parse-armor.ts';
import type { BundleProblem } from './import-ca-bundle.ts';

/** A list as it says; its signature is verified when it is used, with the key of the authority in the chain. */
export interface RevocationList {
  /** DER of the authority's name. */
  readonly issuer: Buffer;
  /** When the next list is due; undefined: the list does not say. */
  readonly nextUpdateMs: number | undefined;
  /** By serial number in hexadecimal. */
  readonly revoked: ReadonlyMap<string, RevokedCertificate>;
  readonly signedBytes: Buffer;
  readonly scheme: SignatureScheme;
  readonly signature: Buffer;
}

/** One entry of a list. */
export interface RevokedCertificate {
  readonly atMs: number;
  /** The key may be in other hands, so that what it signed before does not count either. */
  readonly isHard: boolean;
}

/** What was read, and what was not: a list that cannot be read revokes nothing, so that a caller should refuse the file. */
export interface ImportedRevocationLists {
  readonly lists: readonly RevocationList[];
  readonly problems: readonly BundleProblem[];
}

const BYTES_MAX = CMS_LIMITS['signature.cms.revocationListBytesMax'].default;
const REASON = '2.5.29.21';
/** CRL number and authority key: nothing that changes what is revoked. A delta or indirect list has others. */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(['2.5.29.20', '2.5.29.35']);
/** RFC 5280 section 5.3.1: affiliation changed, superseded, cessation of operation. */
const SOFT_REASONS: ReadonlySet<number> = new Set([3, 4, 5]);

/** Reads the text of a file with any number of lists. */
export function importRevocationLists(text: string): ImportedRevocationLists {
  if (text.length > BYTES_MAX) {
    const message = `the file has ${text.length} characters, at most ${BYTES_MAX} are read`;
    return { lists: [], problems: [{ line: 1, message }] };
  }
  const armor = parseArmor(text);
  const problems = [...armor.problems];
  if (armor.blocks.length === 0) {
    problems.push({ line: 1, message: 'there is no "-----BEGIN X509 CRL-----"' });
  }
  const lists: RevocationList[] = [];
  for (const { label, line, bytes } of armor.blocks) {
    const list = label === 'X509 CRL' ? readList(bytes) : `the block "${label}" is no list`;
    if (typeof list === 'string') problems.push({ line, message: list });
    else lists.push(list);
  }
  return { lists, problems };
}

function readList(bytes: Buffer): RevocationList | string {
  const [tbs, algorithm, value] = parseBer(bytes)?.children ?? [];
  const fields = tbs?.children ?? [];
  const [, issuer, , ...rest] = fields[0]?.tag === TAGS.integer ? fields.slice(1) : fields;
  const scheme = findSignatureScheme(readObjectIdentifier(algorithm?.children[0]) ?? '');
  if (tbs === undefined || issuer === undefined || value?.tag !== TAGS.bitString) {
    return 'the list cannot be read';
  }
  if (scheme === undefined) return 'the list is signed with a weak or unknown algorithm';
  const nextUpdateMs = readTimeMs(rest[0]);
  const entries = rest.find(({ tag }) => tag === TAGS.sequence)?.children ?? [];
  const list = rest.find(({ tag }) => tag === TAGS.constructed0)?.children[0]?.children ?? [];
  const extensions = readExtensions(list);
  const unknown = [...(extensions ?? [])].find(
    ([id, { isCritical }]) => isCritical && !KNOWN_EXTENSIONS.has(id),
  );
  if (extensions === undefined || unknown !== undefined) {
    return `the list has a critical extension that is not known (${unknown?.[0] ?? 'unreadable'}): write a full list of one authority`;
  }
  const revoked = readEntries(entries);
  if (revoked === undefined) return 'an entry of the list cannot be read';
  return {
    issuer: issuer.raw,
    nextUpdateMs,
    revoked,
    signedBytes: tbs.raw,
    scheme,
    // The first octet of a BIT STRING counts unused bits.
    signature: value.content.subarray(1),
  };
}

function readEntries(
  entries: readonly Element[],
): ReadonlyMap<string, RevokedCertificate> | undefined {
  const revoked = new Map<string, RevokedCertificate>();
  for (const { children } of entries) {
    const [serial, date, list] = children;
    const atMs = readTimeMs(date);
    const extensions = readExtensions(list?.children ?? []);
    if (serial?.tag !== TAGS.integer || atMs === undefined || extensions === undefined) {
      return undefined;
    }
    // ENUMERATED in DER: the number is the last octet.
    const reason = extensions.get(REASON)?.value.at(-1) ?? 0;
    revoked.set(serial.content.toString('hex'), { atMs, isHard: !SOFT_REASONS.has(reason) });
  }
  return revoked;
}
