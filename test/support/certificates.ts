/** Certificates for tests of TLS: authorities, servers, and clients with any subject. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';

export interface TestPair {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificateOptions {
  readonly commonNames: readonly string[];
  /** Groups, to an API server. */
  readonly organizations?: readonly string[];
  readonly purpose: 'authority' | 'server' | 'client';
  /** Of a server, besides those of this machine. */
  readonly dnsNames?: readonly string[];
  /** Absent: signed by its own key. */
  readonly issuer?: TestPair;
}

const VALID_MS = 86_400_000;
const KEY_BITS = 2048;
/** Types of node-forge: 2 is a DNS name, 7 an IP address. */
const SERVER_NAMES = [
  { type: 7, ip: '127.0.0.1' },
  { type: 2, value: 'localhost' },
];
let serial = 1;

/** Issues a certificate for a day; a server's is valid for 127.0.0.1 and localhost. */
export function issueTestCertificate(options: TestCertificateOptions): TestPair {
  const { commonNames, organizations = [], issuer } = options;
  const keys = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  serial += 1;
  certificate.serialNumber = `0${serial}`.slice(-2);
  certificate.validity.notBefore = new Date(Date.now() - VALID_MS);
  certificate.validity.notAfter = new Date(Date.now() + VALID_MS);
  certificate.setSubject([
    ...organizations.map((value) => ({ name: 'organizationName', value })),
    ...commonNames.map((value) => ({ name: 'commonName', value })),
  ]);
  certificate.setIssuer(
    issuer
      ? forge.pki.certificateFromPem(issuer.cert).subject.attributes
      : certificate.subject.attributes,
  );
  certificate.setExtensions(extensionsOf(options));
  const signingKey = forge.pki.privateKeyFromPem(issuer?.key ?? keys.privateKey);
  certificate.sign(signingKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: keys.privateKey };
}

export interface ServerCertificates {
  readonly authority: TestPair;
  readonly server: TestPair;
}

const SERVER_CERTIFICATES = new Map<string, ServerCertificates>();

/** An authority, which bears the name of all others, and the certificate of its server, the same whenever `owner` asks: keys take most of the time of a small test. */
export function serverCertificatesOf(owner: string): ServerCertificates {
  const known = SERVER_CERTIFICATES.get(owner);
  if (known !== undefined) return known;
  const authority = issueTestCertificate({ commonNames: ['Test CA'], purpose: 'authority' });
  const server = issueTestCertificate({
    commonNames: [owner],
    purpose: 'server',
    issuer: authority,
  });
  const certificates = { authority, server };
  SERVER_CERTIFICATES.set(owner, certificates);
  return certificates;
}

function extensionsOf({ purpose, dnsNames = [] }: TestCertificateOptions): object[] {
  switch (purpose) {
    case 'authority':
      return [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ];
    case 'server':
      return [
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [...SERVER_NAMES, ...dnsNames.map((value) => ({ type: 2, value }))],
        },
      ];
    case 'client':
      return [{ name: 'extKeyUsage', clientAuth: true }];
  }
}

/** A folder of PEM files that is removed after the test. */
export interface TestFolder {
  readonly path: string;
  readonly write: (name: string, content: string) => string;
  readonly remove: () => void;
}

export function makeTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A certificate signing request (PKCS #10) with a key of its own, both as PEM. */
export function requestTestCertificate(options: {
  readonly commonName: string;
  readonly organization: string;
  /** For a server. */
  readonly dnsName?: string;
}): { readonly request: string; readonly key: string } {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  request.setSubject([
    { name: 'organizationName', value: options.organization },
    { name: 'commonName', value: options.commonName },
  ]);
  if (options.dnsName !== undefined) {
    const extensions = [
      { name: 'subjectAltName', altNames: [{ type: 2, value: options.dnsName }] },
    ];
    request.setAttributes([{ name: 'extensionRequest', extensions }]);
  }
  request.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return { request: forge.pki.certificationRequestToPem(request), key: keys.privateKey };
}
