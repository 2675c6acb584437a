/** The four files of a certificate folder: `ca.crt`, `ca.key`, `tls.crt`, `tls.key`, each readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError } from '../base/describe-file-error.ts';
import { errorCode } from '../base/error-details.ts';
import { makeFolder } from '../base/make-folder.ts';
import { HoldfastError } from '../errors.ts';
import type { PemPair } from './certificate-facts.ts';

export interface CertificateFiles {
  readonly authorityCertificate: string;
  readonly authorityKey: string;
  readonly leafCertificate: string;
  readonly leafKey: string;
}

// Certificates are not secret, but no other user needs the folder, and one mode for all files is easier to
// check.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The paths of a folder's files. */
export function certificateFiles(folder: string): CertificateFiles {
  return {
    authorityCertificate: join(folder, 'ca.crt'),
    authorityKey: join(folder, 'ca.key'),
    leafCertificate: join(folder, 'tls.crt'),
    leafKey: join(folder, 'tls.key'),
  };
}

/** Reads a certificate and its key; `undefined` if either is missing. */
export async function readPair(
  certificateFile: string,
  keyFile: string,
): Promise<PemPair | undefined> {
  const [certificatePem, keyPem] = await Promise.all([read(certificateFile), read(keyFile)]);
  if (certificatePem === undefined || keyPem === undefined) return undefined;
  return { certificatePem, keyPem };
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new HoldfastError('certificate_unreadable', `"${file}" cannot be read`, { cause: error });
  }
}

/**
 * Writes a pair atomically per file. The key is written first: a server that reloads in between gets a pair that
 * does not match, which it refuses and reads again; a certificate without its key never occurs.
 */
export async function writePair(
  pair: PemPair,
  { certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string },
): Promise<void> {
  await writeAtomically(keyFile, pair.keyPem);
  await writeAtomically(certificateFile, pair.certificatePem);
}

/** Creates the folder if it is missing. */
export function makeCertificateFolder(folder: string): void {
  try {
    makeFolder(folder, { mode: FOLDER_MODE });
  } catch (error) {
    const reason = describeFileError(error);
    throw new HoldfastError('certificate_unwritable', `"${folder}" cannot be made: ${reason}`, {
      cause: error,
    });
  }
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // `wx` does not follow a symlink that an attacker created to receive the key.
    const handle = await open(temporary, 'wx', FILE_MODE);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new HoldfastError('certificate_unwritable', `"${file}" cannot be written`, {
      cause: error,
    });
  }
}
