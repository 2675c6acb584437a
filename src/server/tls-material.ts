/** Certificate and key as files: read, checked as a pair, and described. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { HoldfastError } from '../errors.ts';

export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** CAs whose client certificates are accepted. */
  readonly clientCaFile?: string | undefined;
}

/** A pair that serves: the certificate matches the key. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly expiresAtMs: number;
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint` prints it. */
  readonly fingerprint: string;
}

/** Reads and checks the files. Throws a `HoldfastError` that names the file and what is wrong with it. */
export async function readTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const cert = await readPem(files.certificateFile, 'certificate');
  const key = await readPem(files.keyFile, 'key');
  const leaf = checkPair({ cert, key }, files);
  const ca = await readClientCa(files.clientCaFile);
  return {
    cert,
    key,
    ...(ca && { ca }),
    expiresAtMs: leaf.validToDate.getTime(),
    fingerprint: leaf.fingerprint256,
  };
}

async function readPem(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new HoldfastError('certificate_unreadable', `Cannot read the ${what} "${path}"`, {
      cause,
    });
  }
}

function checkPair(
  { cert, key }: { readonly cert: Buffer; readonly key: Buffer },
  { certificateFile, keyFile }: TlsFiles,
): X509Certificate {
  const leaf = attempt(() => new X509Certificate(cert), `"${certificateFile}" is no certificate`);
  const privateKey = attempt(() => createPrivateKey(key), `"${keyFile}" is no private key`);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new HoldfastError(
      'certificate_unusable',
      `The key "${keyFile}" does not belong to the certificate "${certificateFile}"`,
    );
  }
  attempt(() => createSecureContext({ cert, key }), `"${certificateFile}" cannot serve TLS`);
  return leaf;
}

async function readClientCa(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  const ca = await readPem(path, 'client CA');
  // TLS would take a damaged file for an empty list, and refuse every client without saying why.
  attempt(() => new X509Certificate(ca), `"${path}" is no CA certificate`);
  return ca;
}

function attempt<T>(act: () => T, message: string): T {
  try {
    return act();
  } catch (cause) {
    throw new HoldfastError('certificate_unusable', message, { cause });
  }
}
