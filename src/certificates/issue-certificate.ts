/**
 * Issues X.509 certificates (RFC 5280). The only importer of node-forge, which writes the certificate; the keys come
 * from node:crypto, whose randomness and speed forge's own generator does not have.
 *
 * RSA, because node-forge signs with nothing else. 3072 bits for the CA, whose key is used for years; 2048 for the
 * leaf, which is replaced within a year, and whose handshakes would cost three times as much with 3072. Together they
 * take about a third of a second.
 */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { WallMs } from '../base/clock.ts';
import type { PemPair } from './certificate-facts.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';

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
/** Tolerance for clock skew between the API server and us. */
const CLOCK_SKEW_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
const SAN_DNS = 2;
const SAN_IP = 7;

const generate = promisify(generateKeyPair);

/** Issues a self-signed CA that may sign leaf certificates, but no intermediate CA. */
export async function issueAuthority(validity: ValidityOptions): Promise<PemPair> {
  const { certificate, keyPem, privateKey } = await begin(AUTHORITY_KEY_BITS, 'Holdfast CA');
  setValidity(certificate, validity);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return sign(certificate, privateKey, keyPem);
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
  return sign(certificate, forge.pki.privateKeyFromPem(authority.keyPem), keyPem);
}

async function begin(modulusLength: number, commonName: string) {
  const pair = await generate('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    // PKCS #8 inside; forge reads it, and so does every TLS server.
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = serialNumber();
  certificate.setSubject([
    { name: 'organizationName', value: 'Holdfast' },
    { name: 'commonName', value: commonName },
  ]);
  const privateKey = forge.pki.privateKeyFromPem(pair.privateKey);
  return { certificate, keyPem: pair.privateKey, privateKey };
}

// RFC 5280 section 4.1.2.2: positive and not zero; the fixed bits of the first byte ensure that, and the
// length.
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function setValidity(certificate: forge.pki.Certificate, { nowMs, days }: ValidityOptions): void {
  certificate.validity.notBefore = new Date(nowMs - CLOCK_SKEW_MS);
  certificate.validity.notAfter = new Date(nowMs + days * DAY_MS);
}

function alternativeNames({ dnsNames, ipAddresses }: AlternativeNames): readonly object[] {
  return [
    ...dnsNames.map((value) => ({ type: SAN_DNS, value })),
    ...ipAddresses.map((ip) => ({ type: SAN_IP, ip })),
  ];
}

function sign(
  certificate: forge.pki.Certificate,
  signingKey: forge.pki.rsa.PrivateKey,
  keyPem: string,
): PemPair {
  certificate.sign(signingKey, forge.md.sha256.create());
  return { certificatePem: unixLines(forge.pki.certificateToPem(certificate)), keyPem };
}

function unixLines(pem: string): string {
  return pem.replaceAll('\r\n', '\n');
}
