/** The four files of a certificate folder: `ca.crt`, `ca.key`, `tls.crt`, `tls.key`, each readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../base/error-details.ts';
import { HoldfastError } from '../errors.ts';
import type { PemPair } from './certificate-facts.ts';

export interface CertificateFiles {
  readonly authorityCertificate: string;
  readonly authorityKey: string;
  readonly leafCertificate: string;
  readonly leafKey: string;
}

// Certificates are no secret, but nobody but us has business with the folder, and one rule is easier to check than two.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Where each file of a folder lies. */
export function certificateFiles(folder: string): CertificateFiles {
  return {
    authorityCertificate: join(folder, 'ca.crt'),
    authorityKey: join(folder, 'ca.key'),
    leafCertificate: join(folder, 'tls.crt'),
    leafKey: join(folder, 'tls.key'),
  };
}

/** Reads a certificate and its key; `undefined` where either is missing. */
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
 * Writes a pair so that no reader sees half a file. The key goes first: a server that reloads in between then has a
 * pair that does not match, which it refuses and reads again, and never a certificate whose key is lost.
 */
export async function writePair(
  pair: PemPair,
  { certificateFile, keyFile }: { readonly certificateFile: string; readonly keyFile: string },
): Promise<void> {
  await writeAtomically(keyFile, pair.keyPem);
  await writeAtomically(certificateFile, pair.certificatePem);
}

/** Makes the folder where it is missing. */
export async function makeCertificateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw new HoldfastError('certificate_unwritable', `"${folder}" cannot be made`, {
      cause: error,
    });
  }
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // `wx` refuses to follow a link that someone laid there to receive the key.
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
