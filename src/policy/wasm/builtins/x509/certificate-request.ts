/** A request for a certificate, named and shaped as Go's `x509.CertificateRequest` in JSON. Source: RFC 2986. */
import { parseBer, TAGS, type Element } from '../../../../base/parse-ber.ts';
import { BuiltinError } from '../builtin.ts';
import {
  ALTERNATIVE_NAMES,
  NO_ALTERNATIVE_NAMES,
  readAlternativeNames,
} from './alternative-names.ts';
import { readExtension, readKey } from './certificate-fields.ts';
import { readArcs, readBits, readIdentifier, readInteger } from './der-values.ts';
import type { Extension } from './extension-fields.ts';
import { orNull, readName } from './name-fields.ts';
import { signatureAlgorithm } from './public-key-fields.ts';

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/** Reads a request from its DER. Its signature is not verified. */
export function readCertificateRequest(raw: Buffer) {
  const [info, algorithm, signature] = parseBer(raw)?.children ?? [];
  const [version, subject, key] = info?.children ?? [];
  if (info === undefined || algorithm === undefined || subject === undefined || key === undefined) {
    throw new BuiltinError('asn1: structure error: no certificate request');
  }
  const attributes = info.children.find(({ tag }) => tag === TAGS.constructed0)?.children ?? [];
  const extensions = readRequested(attributes);
  const names = extensions.find(({ Id }) => Id.join('.') === ALTERNATIVE_NAMES);
  const list = names && parseBer(Buffer.from(names.Value, 'base64'));
  return {
    Raw: raw.toString('base64'),
    RawTBSCertificateRequest: info.raw.toString('base64'),
    RawSubjectPublicKeyInfo: key.raw.toString('base64'),
    RawSubject: subject.raw.toString('base64'),
    Version: Number(readInteger(version)),
    Signature: readBits(signature).toString('base64'),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
    ...readKey(key),
    Subject: readName(subject),
    Attributes: orNull(attributes.flatMap(readAttribute)),
    Extensions: orNull(extensions),
    ExtraExtensions: null,
    ...(list === undefined ? NO_ALTERNATIVE_NAMES : readAlternativeNames(list)),
  };
}

function readRequested(attributes: readonly Element[]): readonly Extension[] {
  return attributes
    .filter(({ children: [type] }) => readIdentifier(type) === EXTENSION_REQUEST)
    .flatMap(({ children: [, values] }) => values?.children[0]?.children ?? [])
    .map(readExtension);
}

/** Those that are lists of names and values, which Go alone tells: none where one of them is not. */
function readAttribute({ children: [type, values] }: Element): readonly unknown[] {
  const lists = values?.children ?? [];
  if (lists.some(({ children }) => children.some((pair) => pair.children.length !== 2))) return [];
  if (lists.some(({ children }) => children.length === 0)) return [];
  const Value = lists.map(({ children }) =>
    children.map(({ children: [name, value] }) => ({
      Type: readArcs(name),
      Value: value?.content.toString(value.tag === TAGS.octetString ? 'base64' : 'utf8') ?? null,
    })),
  );
  return [{ Type: readArcs(type), Value }];
}
