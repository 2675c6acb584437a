/** The serving certificate and its key: read from their files, checked as a pair, and described. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { readTlsFiles } from '../base/tls-files.ts';
import { parseCertificates } from '../certificates/parse-certificates.ts';
import { HoldfastError } from '../errors.ts';
import { SECRET_LIMITS } from '../settings/secret-reference.ts';

export interface ServingCertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** CAs whose client certificates are accepted. */
  readonly clientCaFile?: string | undefined;
}

/** A valid pair: the certificate matches the key. */
export interface ServingCertificate {
  readonly cert: string;
  readonly key: string;
  /** The client CAs. */
  readonly ca?: string;
  /** When the first certificate of the chain expires. */
  readonly expiresAtMs: number;
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint` prints it. */
  readonly fingerprint: string;
}

/** Reads and checks the files. Throws a `HoldfastError` that names the file and what is wrong with it. */
export async function readServingCertificate(
  files: ServingCertificateFiles,
): Promise<ServingCertificate> {
  const { certificateFile, keyFile, clientCaFile } = files;
  const reading = await readTlsFiles(
    { certificateFile, keyFile, caFile: clientCaFile },
    SECRET_LIMITS['secret.bytesMax'].default,
  );
  if (!reading.ok) throw new HoldfastError('certificate_unreadable', reading.reason);
  const { cert = '', key = '', ca } = reading.material;
  const leaf = checkPair({ cert, key }, files);
  // TLS treats a damaged file as an empty list, and would refuse every client without a reason.
  if (ca !== undefined) {
    attempt(() => new X509Certificate(ca), `"${clientCaFile ?? ''}" is no CA certificate`);
  }
  return {
    cert,
    key,
    ...(ca !== undefined && { ca }),
    expiresAtMs: Math.min(
      ...parseCertificates(cert).map(({ validToDate }) => validToDate.getTime()),
      leaf.validToDate.getTime(),
    ),
    fingerprint: leaf.fingerprint256,
  };
}

function checkPair(
  { cert, key }: { readonly cert: string; readonly key: string },
  { certificateFile, keyFile }: ServingCertificateFiles,
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

function attempt<T>(act: () => T, message: string): T {
  try {
    return act();
  } catch (cause) {
    throw new HoldfastError('certificate_unusable', message, { cause });
  }
}
