/** A certificate that is read, with what verifies signatures. */
import { X509Certificate } from 'node:crypto';

import type { BuiltinContext } from '../builtin.ts';
import { BuiltinError, BuiltinLimitError } from '../builtin.ts';
import {
  readCertificate,
  splitCertificates,
  type CertificateFields,
} from './certificate-fields.ts';
import { malformed } from './der-values.ts';
import { isPem, readBase64, readPemBlocks } from './pem-blocks.ts';

/** Fields, and the same certificate for OpenSSL. */
export interface Certificate {
  readonly fields: CertificateFields;
  readonly x509: X509Certificate;
}

/** A certificate takes some 100 microseconds to read. */
const READ_FUEL = 40_000;
/** A bundle of all public authorities has about 150. */
const CERTIFICATES_MAX = 300;

/** Certificates of a text: PEM, or base64 of PEM or DER. */
export function readCertificates(text: string, context: BuiltinContext): readonly Certificate[] {
  if (isPem(text)) return readPem(text, context);
  const bytes = readBase64(text);
  const decoded = bytes.toString('latin1');
  return isPem(decoded) ? readPem(decoded, context) : readAll(bytes, context);
}

function readPem(text: string, context: BuiltinContext): readonly Certificate[] {
  const blocks = readPemBlocks(text);
  for (const { type } of blocks) {
    if (type !== 'CERTIFICATE') {
      throw new BuiltinError(`PEM block type is '${type}', expected CERTIFICATE`);
    }
  }
  return readAll(Buffer.concat(blocks.map(({ bytes }) => bytes)), context);
}

function readAll(bytes: Buffer, context: BuiltinContext): readonly Certificate[] {
  const list = splitCertificates(bytes);
  if (list.length > CERTIFICATES_MAX) {
    throw new BuiltinLimitError(`there are more than ${CERTIFICATES_MAX} certificates`);
  }
  return list.map((raw) => {
    context.spend?.(READ_FUEL);
    return { fields: readCertificate(raw), x509: readX509(raw) };
  });
}

/** OpenSSL has the last word on what a certificate is. */
function readX509(raw: Buffer): X509Certificate {
  try {
    return new X509Certificate(raw);
  } catch {
    throw malformed('OpenSSL cannot read it');
  }
}
