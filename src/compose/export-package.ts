/** Collects the other contents of an auditor's package, and writes it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writePackage } from '../audit/export/write-package.ts';
import type { EntryFilter } from '../audit/query/match-entry.ts';
import { createAnchorLedger } from '../audit/verify/check-anchors.ts';
import { openJournalFolder } from '../audit/verify/journal-folder.ts';
import { readOwnKeys } from '../audit/verify/read-keys.ts';
import { verifyJournal, type Verification } from '../audit/verify/verify-journal.ts';
import { readSigningKey, type SigningKey } from '../base/json-web-signature.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { readBounded } from '../base/read-bounded.ts';
import { HoldfastError } from '../errors.ts';
import { readBundleFiles } from '../policy/bundle/read-bundle-files.ts';
import { loadBundle } from '../policy/load-bundle.ts';
import { MANIFEST_FILE, MODULE_FILE } from '../policy/bundle/bundle-files.ts';

// Ten times the default interval of heads, and the number of findings to list.
const HEAD_AGE_MAX_MS = 600_000;
const FINDINGS_MAX = 1000;

/** Paths are absolute. */
export interface PackageOptions {
  readonly loaded: LoadedConfiguration;
  /** The journals, one for each replica; `shown` is its name in messages. */
  readonly folders: readonly { readonly shown: string; readonly path: string }[];
  readonly filter: EntryFilter;
  /** The folder to write; it must not exist yet. */
  readonly target: string;
  /** The private key that signs; by default the first one that a journal or the configuration has. */
  readonly signKeyFile: string | undefined;
  /** Policy bundles to include, besides the configured one. */
  readonly bundleFolders: readonly string[];
  readonly nowMs: number;
}

export interface WrittenPackage {
  readonly entries: number;
  readonly journals: number;
  readonly keyId: string;
  /**
   * The results for every journal. The package is written even if one does not verify, because then the
   * evidence matters most.
   */
  readonly verifications: readonly Verification[];
}

/** Writes the package. Throws a `HoldfastError` if there is no signing key, or a bundle cannot be read. */
export async function exportPackage(options: PackageOptions): Promise<WrittenPackage> {
  const { loaded, folders, filter, target, nowMs } = options;
  const key = await findSigningKey(options);
  const bundles = await readBundles(options);
  const verifications = await verifyJournals(options);
  const report = `${JSON.stringify(verifications, undefined, 2)}\n`;
  const configuration = `${JSON.stringify(loaded.configuration, undefined, 2)}\n`;
  const { journals } = await writePackage({
    folder: target,
    journals: await Promise.all(
      folders.map(async ({ path }) => ({ path, keys: await readOwnKeys(path) })),
    ),
    range: filter,
    key,
    nowMs,
    attachments: [
      ...bundles.flatMap(({ attachments }) => attachments),
      { path: `configuration/${loaded.hash}.json`, content: configuration },
      { path: 'verification.json', content: report },
    ],
    includedRevisions: bundles.map(({ revision }) => revision),
    includedConfigurations: [loaded.hash],
  });
  return {
    entries: journals.reduce((sum, { entries }) => sum + entries, 0),
    journals: journals.length,
    keyId: key.keyId,
    verifications,
  };
}

/** A key takes a few hundred bytes; a larger file is not a key. */
const KEY_BYTES_MAX = 64 * 1024;
const SIGN_KEY_REMEDY =
  'Name an Ed25519 or P-256 private key, as JSON web key or PEM, with --sign-key';

async function findSigningKey({
  loaded,
  folders,
  signKeyFile,
}: PackageOptions): Promise<SigningKey> {
  const configured = loaded.configuration.audit.journal?.headKeyFile;
  const candidates = [
    ...folders.map(({ path }) => join(path, 'head-key.jwk')),
    ...(configured === undefined ? [] : [configured]),
  ];
  const file = signKeyFile ?? candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const message = 'There is no private key to sign the package with';
    throw new HoldfastError('input_unreadable', message, { remedy: SIGN_KEY_REMEDY });
  }
  const content = await readBounded(file, KEY_BYTES_MAX);
  const read = content.ok
    ? await readSigningKey(Buffer.from(content.bytes).toString('utf8'))
    : content;
  if (read.ok) return read.key;
  const message = `No private key is in "${file}": ${read.reason}`;
  throw new HoldfastError('input_invalid', message, { remedy: SIGN_KEY_REMEDY });
}

interface Attachment {
  readonly path: string;
  readonly content: string | Uint8Array;
}

async function readBundles({
  loaded,
  bundleFolders,
}: PackageOptions): Promise<
  readonly { readonly revision: string; readonly attachments: readonly Attachment[] }[]
> {
  const configured = loaded.configuration.policies.bundle;
  const folders = [...bundleFolders, ...(configured === undefined ? [] : [configured])];
  return await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      const { revision } = (await loadBundle(folder)).manifest;
      const files = await readBundleFiles(folder);
      const attachments = [...(files.ok ? files.value : [])]
        .filter(([file]) => file === MANIFEST_FILE || file === MODULE_FILE)
        .map(([file, content]) => ({ path: `policies/${revision}/${file}`, content }));
      return { revision, attachments };
    }),
  );
}

async function verifyJournals({
  folders,
  nowMs,
}: PackageOptions): Promise<readonly Verification[]> {
  const verifications: Verification[] = [];
  for (const { shown, path } of folders) {
    const evidence = { ...openJournalFolder(path), name: shown };
    const keys = await readOwnKeys(path);
    verifications.push(
      await verifyJournal(evidence, {
        keys,
        keysAreOwn: true,
        anchors: createAnchorLedger([]),
        nowMs,
        headAgeMaxMs: HEAD_AGE_MAX_MS,
        findingsMax: FINDINGS_MAX,
      }),
    );
  }
  return verifications;
}
