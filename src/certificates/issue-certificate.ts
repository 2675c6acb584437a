/**
 * Issues X.509 certificates (RFC 5280). The only importer of node-forge, which writes the certificate; keys and signatures
 * come from node:crypto: forge's own arithmetic would keep the thread that admits busy for a third of a second.
 *
 * RSA, because node-forge knows the public keys of nothing else. 3072 bits for the CA, whose key is used for years; 2048 for
 * the leaf, which is replaced within a year, and whose handshakes would cost three times as much with 3072.
 */
import { generateKeyPair, randomBytes, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { WallMs } from '../base/clock.ts';
import type { PemPair } from './certificate-facts.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import { CERTIFICATE_LIMITS } from './settings.ts';

declare module 'node-forge' {
  // Its types leave this one out. Source: node-forge lib/x509.js.
  namespace pki {
    function getTBSCertificate(certificate: Certificate): asn1.Asn1;
  }
}

export interface ValidityOptions {
  readonly nowMs: WallMs;
  readonly days: number;
}

const AUTHORITY_KEY_BITS = 3072;
const LEAF_KEY_BITS = 2048;
/**
 * 128 random bits: RFC 5280 section 4.1.2.2 requires unique serial numbers, and CA/Browser Forum 7.1 at least
 * 64 unpredictable bits.
 */
const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
/** Source: RFC 4055 section 5, sha256WithRSAEncryption. */
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const SAN_DNS = 2;
const SAN_IP = 7;

const generate = promisify(generateKeyPair);

/** Issues a self-signed CA that may sign leaf certificates, but no intermediate CA. */
export async function issueAuthority(validity: ValidityOptions): Promise<PemPair> {
  const { certificate, keyPem } = await begin(AUTHORITY_KEY_BITS, 'Holdfast CA');
  setValidity(certificate, validity);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return sign(certificate, keyPem, keyPem);
}

/** Issues a TLS server certificate for the given names. It never expires after the CA that signs it. */
export async function issueLeaf(
  authority: PemPair,
  { names, ...validity }: ValidityOptions & { readonly names: AlternativeNames },
): Promise<PemPair> {
  const issuer = forge.pki.certificateFromPem(authority.certificatePem);
  const { certificate, keyPem } = await begin(LEAF_KEY_BITS, 'holdfast');
  setValidity(certificate, validity);
  const { notAfter } = issuer.validity;
  // A leaf that expires after its CA has valid dates but fails every handshake.
  if (certificate.validity.notAfter > notAfter) certificate.validity.notAfter = notAfter;
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
    { name: 'subjectAltName', altNames: alternativeNames(names) },
  ]);
  return sign(certificate, authority.keyPem, keyPem);
}

async function begin(modulusLength: number, commonName: string) {
  const pair = await generate('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    // PKCS #8, which every TLS server reads.
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = serialNumber();
  certificate.setSubject([
    { name: 'organizationName', value: 'Holdfast' },
    { name: 'commonName', value: commonName },
  ]);
  return { certificate, keyPem: pair.privateKey };
}

// RFC 5280 section 4.1.2.2: positive and not zero; the fixed bits of the first byte ensure that, and the
// length.
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function setValidity(certificate: forge.pki.Certificate, { nowMs, days }: ValidityOptions): void {
  certificate.validity.notBefore = new Date(
    nowMs - CERTIFICATE_LIMITS['certificates.clockSkewMs'].default,
  );
  certificate.validity.notAfter = new Date(nowMs + days * DAY_MS);
}

function alternativeNames({ dnsNames, ipAddresses }: AlternativeNames): readonly object[] {
  return [
    ...dnsNames.map((value) => ({ type: SAN_DNS, value })),
    ...ipAddresses.map((ip) => ({ type: SAN_IP, ip })),
  ];
}

/** As `certificate.sign` of forge does it, but for the signature itself. */
function sign(certificate: forge.pki.Certificate, signingKeyPem: string, keyPem: string): PemPair {
  certificate.signatureOid = SHA256_WITH_RSA;
  certificate.siginfo.algorithmOid = SHA256_WITH_RSA;
  const signed = forge.pki.getTBSCertificate(certificate);
  certificate.tbsCertificate = signed;
  const bytes = Buffer.from(forge.asn1.toDer(signed).getBytes(), 'binary');
  certificate.signature = signBytes('sha256', bytes, signingKeyPem).toString('binary');
  return { certificatePem: unixLines(forge.pki.certificateToPem(certificate)), keyPem };
}

function unixLines(pem: string): string {
  return pem.replaceAll('\r\n', '\n');
}
