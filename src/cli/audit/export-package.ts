/** Gathers what goes into a package for an auditor beside the journals, and writes it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EntryFilter } from '../../audit/query/entry-filter.ts';
import type { Verification } from '../../audit/verify/verify-journal.ts';
import { readSigningKey, type SigningKey } from '../../base/json-web-signature.ts';
import type { LoadedConfiguration } from '../../config/load.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { requireConfiguration } from '../find-configuration.ts';
import { formatVerification } from './format-verification.ts';
import type { JournalFolder } from './journal-folders.ts';

// Ten times the default interval of heads; more findings than these have one cause.
const HEAD_AGE_MAX_MS = 600_000;
const FINDINGS_MAX = 1000;

export interface PackageTask {
  readonly folders: readonly JournalFolder[];
  readonly filter: EntryFilter;
  readonly target: string | undefined;
}

interface Attachment {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Writes the package also where a journal does not verify: then the evidence is needed most. */
export async function exportPackage(
  context: CommandContext,
  input: CommandInput,
  { folders, filter, target }: PackageTask,
): Promise<ExitStatus> {
  if (target === undefined) {
    throw new HoldfastError('input_invalid', 'A package is a folder: name a new one with --output');
  }
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { writePackage } = await import('../../audit/export/write-package.ts');
  const { readOwnKeys } = await import('../../audit/verify/read-keys.ts');
  const key = await findSigningKey(context, input, { folders, loaded });
  const bundles = await readBundles(context, input, loaded);
  const verifications = await verifyJournals(folders);
  const report = `${JSON.stringify(verifications, undefined, 2)}\n`;
  const configuration = `${JSON.stringify(loaded.configuration, undefined, 2)}\n`;
  const { journals } = await writePackage({
    folder: target,
    journals: await Promise.all(
      folders.map(async ({ path }) => ({ path, keys: await readOwnKeys(path) })),
    ),
    range: filter,
    key,
    nowMs: Date.now(),
    attachments: [
      ...bundles.flatMap(({ attachments }) => attachments),
      { path: `configuration/${loaded.hash}.json`, content: configuration },
      { path: 'verification.json', content: report },
    ],
    includedRevisions: bundles.map(({ revision }) => revision),
    includedConfigurations: [loaded.hash],
  });
  const count = journals.reduce((sum, { entries }) => sum + entries, 0);
  context.print(`Wrote ${count} records of ${journals.length} journals to ${target}`);
  context.print(`Signed with key ${key.keyId}`);
  const faulty = verifications.filter(({ ok }) => !ok);
  for (const verification of faulty) context.report(formatVerification(verification));
  return faulty.length === 0 ? 'ok' : 'failed';
}

async function findSigningKey(
  context: CommandContext,
  input: CommandInput,
  {
    folders,
    loaded,
  }: { readonly folders: readonly JournalFolder[]; readonly loaded: LoadedConfiguration },
): Promise<SigningKey> {
  const named = input.text('sign-key');
  const configured = loaded.configuration.audit.journal?.headKeyFile;
  const candidates =
    named === undefined
      ? [
          ...folders.map(({ path }) => join(path, 'head-key.jwk')),
          ...(configured === undefined ? [] : [configured]),
        ]
      : [resolve(context.workingDirectory, named)];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const message = 'There is no private key to sign the package with: give --sign-key';
    throw new HoldfastError('input_unreadable', message);
  }
  const read = await readSigningKey(await readFile(file, 'utf8'));
  if (read.ok) return read.key;
  throw new HoldfastError('input_invalid', `No private key is in "${file}": ${read.reason}`);
}

async function readBundles(
  context: CommandContext,
  input: CommandInput,
  { configuration }: LoadedConfiguration,
): Promise<readonly { readonly revision: string; readonly attachments: readonly Attachment[] }[]> {
  const { loadBundle } = await import('../../policy/load-bundle.ts');
  const { MANIFEST_FILE, MODULE_FILE } = await import('../../policy/manifest.ts');
  const configured = configuration.policies.bundle;
  const named = input.texts('bundle').map((folder) => resolve(context.workingDirectory, folder));
  const folders = [...named, ...(configured === undefined ? [] : [configured])];
  return await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      const { revision } = (await loadBundle(folder)).manifest;
      const attach = async (file: string): Promise<Attachment> => ({
        path: `policies/${revision}/${file}`,
        content: await readFile(join(folder, file)),
      });
      return { revision, attachments: [await attach(MANIFEST_FILE), await attach(MODULE_FILE)] };
    }),
  );
}

async function verifyJournals(folders: readonly JournalFolder[]): Promise<readonly Verification[]> {
  const { createAnchorLedger } = await import('../../audit/verify/check-anchors.ts');
  const { openJournalFolder } = await import('../../audit/verify/journal-folder.ts');
  const { readOwnKeys } = await import('../../audit/verify/read-keys.ts');
  const { verifyJournal } = await import('../../audit/verify/verify-journal.ts');
  const verifications: Verification[] = [];
  for (const { shown, path } of folders) {
    const evidence = { ...openJournalFolder(path), name: shown };
    const keys = await readOwnKeys(path);
    verifications.push(
      await verifyJournal(evidence, {
        keys,
        keysAreOwn: true,
        anchors: createAnchorLedger([]),
        nowMs: Date.now(),
        headAgeMaxMs: HEAD_AGE_MAX_MS,
        findingsMax: FINDINGS_MAX,
      }),
    );
  }
  return verifications;
}
