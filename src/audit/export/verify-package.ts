/** Verifies a package: the signature of its manifest, every file, and every journal in it. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  readVerificationKey,
  verifyText,
  type VerificationKey,
} from '../../base/json-web-signature.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { createFindingList, type ReportFinding } from '../verify/verification-finding.ts';
import { verifyJournal, type Verification, type VerifyOptions } from '../verify/verify-journal.ts';
import { openPackageJournals } from './package-folder.ts';
import {
  MANIFEST_FILE,
  parsePackageManifest,
  SIGNATURE_FILE,
  SIGNATURE_TYPE,
  type PackageManifest,
} from './package-manifest.ts';

/** A hundred thousand files. */
const MANIFEST_BYTES_MAX = 32 * 1024 * 1024;
const KEY_BYTES_MAX = 64 * 1024;

/** Whether a folder is a package rather than a journal. */
export function isPackage(folder: string): boolean {
  return existsSync(join(folder, SIGNATURE_FILE));
}

/** The keys inside a package. */
export async function readPackageKeys(folder: string): Promise<readonly VerificationKey[]> {
  const names = await readdir(join(folder, 'keys')).catch(() => []);
  const keys: VerificationKey[] = [];
  for (const name of names) {
    const read = await readBounded(join(folder, 'keys', name), KEY_BYTES_MAX);
    const parsed = read.ok ? await readVerificationKey(textOf(read.bytes)) : undefined;
    if (parsed?.ok === true) keys.push(parsed.key);
  }
  return keys;
}

/** The package itself first, then each of its journals. */
export async function verifyPackage(
  folder: string,
  name: string,
  options: VerifyOptions,
): Promise<readonly Verification[]> {
  const findings = createFindingList(options.findingsMax);
  const { report } = findings;
  const manifest = await readManifest(folder, options.keys, report);
  if (manifest !== undefined) await checkFiles(folder, manifest, report);
  const whole: Verification = {
    ...EMPTY,
    name,
    ok: findings.faultCount() === 0,
    findings: findings.shown(),
    counts: findings.counts(),
    faultCount: findings.faultCount(),
  };
  const journals: Verification[] = [];
  for (const journal of manifest?.journals ?? []) {
    const evidence = openPackageJournals(folder, journal);
    journals.push(await verifyJournal({ ...evidence, name: `${name}/${evidence.name}` }, options));
  }
  return [whole, ...journals];
}

const EMPTY = {
  chain: '',
  cluster: '',
  replica: '',
  segmentCount: 0,
  entryCount: 0,
  firstSequence: 0,
  lastSequence: 0,
  lastHash: '',
  unsignedCount: 0,
} as const;

async function readManifest(
  folder: string,
  keys: readonly VerificationKey[],
  report: ReportFinding,
): Promise<PackageManifest | undefined> {
  const [manifest, signature] = await Promise.all(
    [MANIFEST_FILE, SIGNATURE_FILE].map((file) =>
      readBounded(join(folder, file), MANIFEST_BYTES_MAX),
    ),
  );
  if (manifest?.ok !== true || signature?.ok !== true) {
    report({ kind: 'unreadable', file: MANIFEST_FILE, message: 'The manifest cannot be read' });
    return undefined;
  }
  const text = textOf(manifest.bytes);
  const verified = await verifyText(textOf(signature.bytes), keys, SIGNATURE_TYPE);
  if (!verified.ok || verified.payload !== text) {
    const why = verified.ok ? 'it was signed for another text' : verified.reason;
    const message = `The manifest is not the one that was signed: ${why}`;
    report({ kind: 'file-changed', file: MANIFEST_FILE, message });
  }
  const parsed = parsePackageManifest(text);
  if (parsed === undefined) {
    report({
      kind: 'unreadable',
      file: MANIFEST_FILE,
      message: 'The manifest is none of a package',
    });
  }
  return parsed;
}

async function checkFiles(
  folder: string,
  { files }: PackageManifest,
  report: ReportFinding,
): Promise<void> {
  const listed = new Set([MANIFEST_FILE, SIGNATURE_FILE, ...files.map(({ path }) => path)]);
  for (const { path, bytes, sha256 } of files) {
    const found = await digestOf(join(folder, path), bytes);
    if (found === sha256) continue;
    const message =
      found === undefined ? `The file "${path}" is not there` : `The file "${path}" was changed`;
    report({ kind: 'file-changed', file: path, message });
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name).slice(join(folder, sep).length);
    if (listed.has(path)) continue;
    const message = `The file "${path}" was not in the package when it was signed`;
    report({ kind: 'file-changed', file: path, message });
  }
}

/** Read up to one byte beyond its size: a larger file has another digest, and need not be read to its end. */
async function digestOf(file: string, bytes: number): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { end: bytes })) {
      if (chunk instanceof Uint8Array) digest.update(chunk);
    }
    return digest.digest('hex');
  } catch {
    return '';
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
