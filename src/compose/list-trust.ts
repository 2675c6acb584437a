/** Lists the keys of the files that say whom to trust, as a decision about a signature made now sees them. */
import type { WallMs } from '../base/clock.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import { isUsable, type ListedKey } from '../signature/listed-key.ts';
import { importKeyring } from '../signature/openpgp/import-keyring.ts';
import { listOpenpgpKeys } from '../signature/openpgp/list-keys.ts';
import { listSshKeys } from '../signature/ssh/list-keys.ts';
import { importCaBundle } from '../signature/x509/import-ca-bundle.ts';
import { listAuthorities } from '../signature/x509/list-authorities.ts';
import { importConfigMap, readKeyring } from './bind-openpgp-verifier.ts';
import { readAllowedSigners, readRevoked } from './bind-verifiers.ts';
import { readTrustFile, refuseProblems } from './read-trust-file.ts';

/** Paths of files, each of any number. */
export interface ListedFiles {
  readonly keyrings: readonly string[];
  readonly argocdKeys: readonly string[];
  readonly forgeKeyrings: readonly string[];
  readonly allowedSigners: readonly string[];
  /** SSH keys that count no longer, whichever file allows them. */
  readonly revokedKeys: readonly string[];
  readonly caBundles: readonly string[];
}

/** A file and its keys, in its order. */
export interface ListedFile {
  readonly file: string;
  readonly keys: readonly ListedKey[];
}

/** What a file of revoked SSH keys takes back. */
export interface ListedRevocations {
  readonly file: string;
  /** `SHA256:…` of keys. */
  readonly fingerprints: readonly string[];
  /** SHA-1 of keys in hexadecimal, which a KRL can hold. */
  readonly sha1: readonly string[];
  /** By authority: `SHA256:…`, or undefined for every one. */
  readonly certificateAuthorities: readonly (string | undefined)[];
}

export interface TrustListing {
  readonly files: readonly ListedFile[];
  readonly revocations: readonly ListedRevocations[];
  /** `usable`: there is a key, and somebody can sign with each. */
  readonly status: 'usable' | 'unusable';
}

const CA_BUNDLE_BYTES_MAX = CMS_LIMITS['signature.cms.caBundleBytesMax'].default;

/**
 * Reads every file.
 *
 * @throws HoldfastError `input_unreadable`, `trust_file_invalid`: a file is never listed in part, as it is never used in part.
 */
export async function listTrust(files: ListedFiles, nowMs: WallMs): Promise<TrustListing> {
  const revoked = await Promise.all(
    files.revokedKeys.map(async (file) => ({ file, keys: await readRevoked(file) })),
  );
  const listed = [
    ...(await listKeyrings(files, nowMs)),
    ...(await listSsh(
      files.allowedSigners,
      revoked.map(({ keys }) => keys),
      nowMs,
    )),
    ...(await listBundles(files.caBundles, nowMs)),
  ];
  const keys = listed.flatMap((each) => each.keys);
  return {
    files: listed,
    revocations: revoked.map(({ file, keys: { fingerprints, sha1, certificates } }) => ({
      file,
      fingerprints: [...fingerprints],
      sha1: [...sha1],
      certificateAuthorities: certificates.map(({ authority }) => authority),
    })),
    status: keys.length > 0 && keys.every(isUsable) ? 'usable' : 'unusable',
  };
}

async function listKeyrings(
  { keyrings, argocdKeys, forgeKeyrings }: ListedFiles,
  nowMs: WallMs,
): Promise<readonly ListedFile[]> {
  const sources = [
    ...keyrings.map((file) => ({ file, role: 'signer', importText: importKeyring }) as const),
    ...argocdKeys.map((file) => ({ file, role: 'signer', importText: importConfigMap }) as const),
    ...forgeKeyrings.map((file) => ({ file, role: 'forge', importText: importKeyring }) as const),
  ];
  const listed: ListedFile[] = [];
  for (const { file, role, importText } of sources) {
    const keyring = await readKeyring(file, importText);
    listed.push({ file, keys: listOpenpgpKeys(keyring, { role, nowMs }) });
  }
  return listed;
}

async function listSsh(
  files: readonly string[],
  revoked: readonly Awaited<ReturnType<typeof readRevoked>>[],
  nowMs: WallMs,
): Promise<readonly ListedFile[]> {
  const joined = {
    fingerprints: new Set(revoked.flatMap(({ fingerprints }) => [...fingerprints])),
    sha1: new Set(revoked.flatMap(({ sha1 }) => [...sha1])),
    certificates: revoked.flatMap(({ certificates }) => certificates),
  };
  const listed: ListedFile[] = [];
  for (const file of files) {
    const lines = await readAllowedSigners(file);
    listed.push({ file, keys: listSshKeys(lines, { revoked: joined, nowMs }) });
  }
  return listed;
}

async function listBundles(
  files: readonly string[],
  nowMs: WallMs,
): Promise<readonly ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const file of files) {
    const text = (await readTrustFile(file, CA_BUNDLE_BYTES_MAX)).toString('utf8');
    const { authorities, problems } = importCaBundle(text);
    refuseProblems(
      file,
      problems.map(({ line, message }) => ({ place: `line ${line}`, message })),
    );
    listed.push({ file, keys: listAuthorities(authorities, nowMs) });
  }
  return listed;
}
