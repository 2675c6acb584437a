/** The fields of a certificate, named and shaped as Go's `x509.Certificate` in JSON. Source: RFC 5280, section 4. */
import { parseBer, readTimeMs, TAGS, type Element } from '../../../../base/parse-ber.ts';
import { malformed, readArcs, readBits, readIdentifier, readInteger } from './der-values.ts';
import { readExtensionFields, type Extension, type ExtensionFields } from './extension-fields.ts';
import { readName, type NameFields } from './name-fields.ts';
import { PUBLIC_KEY_ALGORITHMS, readPublicKey, signatureAlgorithm } from './public-key-fields.ts';

/** A certificate. Values that Go has as bytes are base64. */
export interface CertificateFields extends ExtensionFields {
  readonly Raw: string;
  readonly RawTBSCertificate: string;
  readonly RawSubjectPublicKeyInfo: string;
  readonly RawSubject: string;
  readonly RawIssuer: string;
  readonly Signature: string;
  readonly SignatureAlgorithm: number;
  readonly PublicKeyAlgorithm: number;
  readonly PublicKey: unknown;
  readonly Version: number;
  readonly SerialNumber: bigint;
  readonly Issuer: NameFields;
  readonly Subject: NameFields;
  readonly NotBefore: string;
  readonly NotAfter: string;
  readonly Extensions: readonly Extension[] | null;
  readonly ExtraExtensions: null;
}

/** Reads a certificate from its DER. Nothing of it is verified. */
export function readCertificate(raw: Buffer): CertificateFields {
  const [tbs, algorithm, signature] = parseBer(raw)?.children ?? [];
  if (tbs === undefined || algorithm === undefined) throw malformed('no sequence');
  const hasVersion = tbs.children[0]?.tag === TAGS.constructed0;
  const [serial, , issuer, validity, subject, key] = hasVersion
    ? tbs.children.slice(1)
    : tbs.children;
  if (issuer === undefined || subject === undefined || key === undefined) {
    throw malformed('a field is missing');
  }
  const version = hasVersion ? readInteger(tbs.children[0]?.children[0]) : 0n;
  const list = tbs.children.find(({ tag }) => tag === TAGS.constructed3)?.children[0]?.children;
  const extensions = list?.map(readExtension) ?? null;
  return {
    Raw: raw.toString('base64'),
    RawTBSCertificate: tbs.raw.toString('base64'),
    RawSubjectPublicKeyInfo: key.raw.toString('base64'),
    RawSubject: subject.raw.toString('base64'),
    RawIssuer: issuer.raw.toString('base64'),
    Signature: readBits(signature).toString('base64'),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
    ...readKey(key),
    Version: Number(version) + 1,
    SerialNumber: readInteger(serial),
    Issuer: readName(issuer),
    Subject: readName(subject),
    NotBefore: readTime(validity?.children[0]),
    NotAfter: readTime(validity?.children[1]),
    Extensions: extensions,
    ExtraExtensions: null,
    ...readExtensionFields(extensions ?? []),
  };
}

/** Several certificates, one after the other. */
export function splitCertificates(bytes: Buffer): readonly Buffer[] {
  const list = parseBer(wrap(bytes))?.children ?? [];
  if (bytes.length > 0 && list.length === 0) throw malformed('no sequence');
  return list.map(({ raw }) => raw);
}

/** A sequence of indefinite length around what is there. */
function wrap(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([TAGS.sequence, 0x80]), bytes, Buffer.alloc(2)]);
}

/** The key of a certificate or a request. */
export function readKey(
  info: Element,
): Pick<CertificateFields, 'PublicKeyAlgorithm' | 'PublicKey'> {
  const identifier = readIdentifier(info.children[0]?.children[0]);
  return {
    PublicKeyAlgorithm: PUBLIC_KEY_ALGORITHMS.get(identifier) ?? 0,
    PublicKey: readPublicKey(info, identifier),
  };
}

/** An extension as it is written. */
export function readExtension({ children }: Element): Extension {
  const value = children.at(-1);
  if (value?.tag !== TAGS.octetString) throw malformed('an extension has no value');
  const Critical = children[1]?.tag === TAGS.boolean && children[1].content[0] !== 0;
  return { Id: readArcs(children[0]), Critical, Value: value.content.toString('base64') };
}

function readTime(element: Element | undefined): string {
  const ms = readTimeMs(element);
  if (ms === undefined) throw malformed('no time');
  return new Date(ms).toISOString().replace('.000', '');
}
