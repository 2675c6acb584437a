/** The output of `holdfast verify keyring`. */
import { printable } from '../../base/printable.ts';
import type { ListedRevocations, TrustListing } from '../../compose/list-trust.ts';
import { isUsable, type ListedKey, type ListedSigningKey } from '../../signature/listed-key.ts';
import { formatRow } from './format-commit-report.ts';

/** Lines for a person: each key with its identities, each key that signs with its times and its worth, the verdict last. */
export function formatTrustListing({ files, revocations, status }: TrustListing): string {
  const keys = files.flatMap((each) => each.keys);
  const usable = keys.filter(isUsable).length;
  return [
    ...files.flatMap(({ file, keys: listed }) =>
      listed.length === 0
        ? [formatRow('file', `${file}: no key`), '']
        : listed.flatMap((key) => [...formatKey(file, key), '']),
    ),
    ...revocations.flatMap((each) => [...formatRevocations(each), '']),
    formatRow(status, `${usable} of ${keys.length} keys can sign or certify now`),
  ]
    .map(printable)
    .join('\n');
}

function formatKey(file: string, key: ListedKey): readonly string[] {
  const { scheme, role, fingerprint, identities, signingKeys } = key;
  return [
    formatRow('key', `${fingerprint} (${scheme}, ${role})`),
    formatRow('file', file),
    ...(identities.length === 0 ? ['none that counts'] : identities).map((identity) =>
      formatRow('identity', identity),
    ),
    ...signingKeys.flatMap((each) => formatSigningKey(each, fingerprint)),
  ];
}

function formatSigningKey(key: ListedSigningKey, listed: string): readonly string[] {
  const { fingerprint, algorithm, validFromMs, validUntilMs, fault } = key;
  const from = validFromMs === undefined ? 'the beginning' : formatTime(validFromMs);
  const until = validUntilMs === undefined ? 'without end' : `until ${formatTime(validUntilMs)}`;
  return [
    ...(fingerprint === listed ? [] : [formatRow('subkey', fingerprint)]),
    formatRow('algorithm', algorithm),
    formatRow('valid', `from ${from} ${until}`),
    fault === undefined
      ? formatRow('usable', 'a signature that it makes now counts')
      : formatRow('unusable', `${fault.code}: ${fault.reason}`),
  ];
}

function formatRevocations(revocations: ListedRevocations): readonly string[] {
  const { file, fingerprints, sha1, certificateAuthorities } = revocations;
  return [
    formatRow('revoked by', file),
    ...fingerprints.map((fingerprint) => formatRow('revoked', fingerprint)),
    ...sha1.map((hash) => formatRow('revoked', `SHA-1 ${hash}`)),
    ...certificateAuthorities.map((authority) =>
      formatRow('revoked', `certificates of ${authority ?? 'every authority'}`),
    ),
  ];
}

/** One JSON object, for programs. Times are RFC 3339; one that is absent has no bound. */
export function formatTrustListingJson({ files, revocations, status }: TrustListing): string {
  const keys = files.flatMap(({ file, keys: listed }) =>
    listed.map(({ signingKeys, ...key }) => ({
      file,
      ...key,
      isUsable: isUsable({ signingKeys, ...key }),
      signingKeys: signingKeys.map(({ validFromMs, validUntilMs, fault, ...each }) => ({
        ...each,
        validFrom: validFromMs === undefined ? undefined : formatTime(validFromMs),
        validUntil: validUntilMs === undefined ? undefined : formatTime(validUntilMs),
        isUsable: fault === undefined,
        code: fault?.code,
        reason: fault?.reason,
      })),
    })),
  );
  const revoked = revocations.map(({ certificateAuthorities, ...each }) => ({
    ...each,
    certificateAuthorities: certificateAuthorities.map((authority) => authority ?? 'any'),
  }));
  return JSON.stringify({ status, keys, revocations: revoked }, undefined, 2);
}

/** To the second: keys have no finer times. What no calendar can hold has no end. */
function formatTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? 'a time beyond every calendar'
    : date.toISOString().replace('.000Z', 'Z');
}
