/** SSHSIG: what `ssh-keygen -Y sign` makes, and git with `gpg.format=ssh`. Source: OpenSSH PROTOCOL.sshsig. */
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { SIGNATURE_LIMITS } from '../settings.ts';
import { rejected, type Rejected } from '../verification.ts';
import { decodeBase64 } from '../decode-base64.ts';
import { isCertificateType, parseCertificate, type SshCertificate } from './parse-certificate.ts';
import { parsePublicKey, quoteName, type SshPublicKey } from './parse-public-key.ts';
import { WireReader } from './wire-reader.ts';

export interface SshSignature {
  /** The key that signed; where a certificate stands in its place, the certified one. */
  readonly key: SshPublicKey;
  readonly certificate: SshCertificate | undefined;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  /** The signature itself, still encoded. */
  readonly signature: Buffer;
}

const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '\n-----END SSH SIGNATURE-----';
const MAGIC = 'SSHSIG';
const VERSION = 1;
const SIGNATURE_BYTES_MAX = SIGNATURE_LIMITS['signature.signatureBytesMax'].default;

/** Reads the armored block. Nothing is verified, but for the signature on a certificate. */
export function parseSshSignature(armored: Buffer): Parsed<SshSignature> {
  if (armored.length > SIGNATURE_BYTES_MAX) {
    return rejected(
      'limit_exceeded',
      `The signature has ${armored.length} bytes, at most ${SIGNATURE_BYTES_MAX} are read`,
    );
  }
  const blob = decodeArmor(armored.toString('latin1'));
  if (Buffer.isBuffer(blob)) return readSignature(new WireReader(blob));
  return blob;
}

function decodeArmor(armored: string): Buffer | Rejected {
  const text = armored.replaceAll('\r\n', '\n');
  // Verifiers look at different ones of several blocks.
  if (text.split(BEGIN.trimEnd()).length > 2) {
    return rejected('multiple_signatures', 'The signature consists of several armored blocks');
  }
  const end = text.indexOf(END);
  if (!text.startsWith(BEGIN) || end < BEGIN.length - 1) {
    return malformed('the armor has no first or last line');
  }
  if (text.slice(end + END.length).trim() !== '') {
    return malformed('something follows the last line of the armor');
  }
  const blob = decodeBase64(text.slice(BEGIN.length, end).replaceAll(/[ \t\n]/gu, ''));
  return blob ?? malformed('the armor holds no base64 (RFC 4648 section 4)');
}

function readSignature(reader: WireReader): Parsed<SshSignature> {
  if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC) {
    return malformed('it does not begin with SSHSIG');
  }
  const version = reader.uint32();
  if (!reader.hasFailed && version !== VERSION) {
    return rejected(
      'unsupported_signature',
      `The signature has version ${version}, not ${VERSION}`,
    );
  }
  const signer = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  // OpenSSH verifies as if the reserved field were empty: any content could be added to a signature.
  if (!reader.isWhole || reserved.length > 0 || namespace === '') {
    return malformed('its fields are not those of PROTOCOL.sshsig');
  }
  if (hash !== 'sha256' && hash !== 'sha512') {
    return rejected(
      'unsupported_signature',
      `The signature hashes with ${quoteName(hash)}, not with sha512 or sha256`,
    );
  }
  const key = readSigner(signer);
  if (key.status === 'rejected') return key;
  return parsed({ ...key.value, namespace, hash, signature });
}

function readSigner(blob: Buffer): Parsed<Pick<SshSignature, 'key' | 'certificate'>> {
  if (isCertificateType(new WireReader(blob).text())) {
    const certificate = parseCertificate(blob);
    if (certificate.status === 'rejected') return certificate;
    return parsed({ key: certificate.value.key, certificate: certificate.value });
  }
  const key = parsePublicKey(new WireReader(blob));
  return key.status === 'rejected' ? key : parsed({ key: key.value, certificate: undefined });
}

function malformed(what: string): Rejected {
  return rejected('malformed_signature', `The SSH signature cannot be read: ${what}`);
}
