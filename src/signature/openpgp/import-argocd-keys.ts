/**
 * The keys that Argo CD trusts: the data of its ConfigMap `argocd-gpg-keys-cm`, one key per entry, named by its key ID.
 *
 * A key ID has 64 bits, and two keys can share one. It is compared once, here; from then on the full fingerprint counts.
 */
import { importKeyring } from './import-keyring.ts';
import {
  fingerprintOf,
  type ImportedKeyring,
  type KeyringProblem,
  type TrustedKey,
} from './keyring.ts';

const KEY_ID = /^[0-9A-F]{16}$/iu;

/** Reads the ConfigMap's `data`. Each entry is read on its own: a bad one leaves the others as they are. */
export async function importArgocdKeys(
  data: Readonly<Record<string, string>>,
): Promise<ImportedKeyring> {
  const keys: TrustedKey[] = [];
  const problems: KeyringProblem[] = [];
  for (const [keyId, text] of Object.entries(data)) {
    const imported = await importKeyring(text);
    const [key, ...others] = imported.keyring.keys;
    const fault = findEntryFault(keyId, key, others);
    const place = `entry "${keyId}"`;
    problems.push(
      ...imported.problems.map((problem) => ({ ...problem, place: `${place}, ${problem.place}` })),
    );
    if (fault !== undefined) problems.push({ place, message: fault });
    if (key !== undefined && fault === undefined) keys.push(key);
  }
  return { keyring: { keys }, problems };
}

function findEntryFault(
  keyId: string,
  key: TrustedKey | undefined,
  others: readonly TrustedKey[],
): string | undefined {
  if (!KEY_ID.test(keyId)) {
    return 'the name is no key ID of 16 hexadecimal digits: name the entry after its key';
  }
  // Its own problems say why.
  if (key === undefined) return undefined;
  if (others.length > 0) return `there are ${others.length + 1} keys, not one`;
  const fingerprint = fingerprintOf(key);
  const found = key.signingKeys[0].material.keyId;
  return found === keyId.toUpperCase()
    ? undefined
    : `the key has the ID ${found} (${fingerprint}): name the entry after its key`;
}
