/** Certificates of any kind, made by hand: also those that no authority would issue. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { bits, der, integer, octets, oid, sequence, set, certificateTime, utf8 } from './der.ts';

/** A certificate with its key. */
export interface Issued {
  /** DER. */
  readonly certificate: Buffer;
  readonly name: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly serial: number;
  /** As a signature names it. */
  readonly issuerName: Buffer;
  readonly serialElement: Buffer;
}

/** How a certificate looks; what is absent is as most authorities do it. */
export interface NewCertificate {
  readonly commonName: string;
  /** Absent: it signs itself. */
  readonly issuer?: Issued | undefined;
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  readonly curve?: 'P-256' | 'P-384' | 'secp256k1';
  readonly keys?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** One octet; null: no extension. */
  readonly keyUsage?: number | null;
  /** Null: no extension. */
  readonly purposes?: readonly string[] | null;
  /** DER of GeneralNames' members. */
  readonly names?: readonly Buffer[];
  readonly extensions?: readonly Buffer[];
  readonly hash?: 'sha1' | 'sha256' | 'sha384';
}

export const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALGORITHMS = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
} as const;

let lastSerial = 1000;

/** An e-mail address as subject alternative name. */
export function emailName(address: string): Buffer {
  return der(0x81, Buffer.from(address));
}

/** A URI as subject alternative name. */
export function uriName(uri: string): Buffer {
  return der(0x86, Buffer.from(uri));
}

/** An extension. */
export function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...critical, octets(value));
}

/** Makes a key and its certificate. */
export function issue(options: NewCertificate): Issued {
  const keys = options.keys ?? generateKeyPairSync('ec', { namedCurve: options.curve ?? 'P-256' });
  lastSerial += 1;
  const serial = lastSerial;
  const name = distinguishedName(options.commonName);
  const issuerName = options.issuer?.name ?? name;
  const serialElement = integer(serial);
  const own = { certificate: Buffer.alloc(0), name, serial, issuerName, serialElement, ...keys };
  return { ...own, certificate: encode(options, own) };
}

/** The same key and serial number with other extensions, as a log of certificates needs it. */
export function issueAgain(issued: Issued, options: NewCertificate): Issued {
  return { ...issued, certificate: encode(options, issued) };
}

function encode(options: NewCertificate, own: Issued): Buffer {
  const { issuer = own, hash = 'sha256', notBeforeMs = Date.now() - HOUR_MS } = options;
  const { notAfterMs = notBeforeMs + DAY_MS } = options;
  const algorithm = sequence(oid(ALGORITHMS[hash]));
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(own.serial),
    algorithm,
    issuer.name,
    sequence(certificateTime(notBeforeMs), certificateTime(notAfterMs)),
    own.name,
    own.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...listExtensions(options))),
  );
  return sequence(tbs, algorithm, bits(sign(hash, tbs, issuer.privateKey)));
}

function listExtensions(options: NewCertificate): readonly Buffer[] {
  const { isAuthority = false, pathLength, names = [], extensions = [] } = options;
  const { keyUsage = isAuthority ? 0x06 : 0x80 } = options;
  const { purposes = isAuthority ? null : [EMAIL_PROTECTION] } = options;
  const constraints = isAuthority
    ? sequence(
        der(0x01, Buffer.from([0xff])),
        ...(pathLength === undefined ? [] : [integer(pathLength)]),
      )
    : sequence();
  return [
    extension('2.5.29.19', constraints, true),
    ...(keyUsage === null
      ? []
      : [extension('2.5.29.15', der(0x03, Buffer.from([0, keyUsage])), true)]),
    ...(purposes === null
      ? []
      : [extension('2.5.29.37', sequence(...purposes.map((purpose) => oid(purpose))))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names), true)]),
    ...extensions,
  ];
}

function distinguishedName(commonName: string): Buffer {
  const attribute = (id: string, text: string) => set(sequence(oid(id), utf8(text)));
  return sequence(attribute('2.5.4.10', 'Example'), attribute('2.5.4.3', commonName));
}

/** PEM, as a bundle has it. */
export function pem(certificate: Buffer, label = 'CERTIFICATE'): string {
  const base64 = certificate.toString('base64').replaceAll(/.{64}(?=.)/gu, '$&\n');
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
