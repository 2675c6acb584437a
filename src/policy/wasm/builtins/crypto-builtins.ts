/** The `crypto` family on certificates and private keys. Certificates have the members of Go's JSON. */
import type { RegoValue } from '../rego-value.ts';
import { BuiltinError, type BuiltinContext, type BuiltinFamily } from './builtin.ts';
import { objectOperand, textOperand } from './operand.ts';
import { toRegoValue } from './plain-value.ts';
import { readUriTexts } from './x509/alternative-names.ts';
import { readCertificates, type Certificate } from './x509/certificate.ts';
import { readCertificateRequest } from './x509/certificate-request.ts';
import { findChain } from './x509/find-chain.ts';
import { isPem, readBase64, readPemBlocks, type PemBlock } from './x509/pem-blocks.ts';
import { readPrivateKey, readPrivateKeys, toGoKey, toJsonWebKey } from './x509/private-keys.ts';
import {
  defaultVerifyOptions,
  readVerifyOptions,
  type VerifyOptions,
} from './x509/verify-options.ts';

/** By their Rego name. */
export const CRYPTO_BUILTINS: BuiltinFamily = {
  'crypto.parse_private_keys': (operands, context) => {
    const text = textOperand(operands, 0);
    if (text === '') return null;
    return toRegoValue(readPrivateKeys(decodeKeys(text), context).map(toGoKey));
  },
  'crypto.x509.parse_and_verify_certificates': (operands, context) => {
    const chain = verify(textOperand(operands, 0), defaultVerifyOptions(context), context);
    return chain === undefined ? UNVERIFIED : [true, chain.map(withUris)];
  },
  'crypto.x509.parse_and_verify_certificates_with_options': (operands, context) => {
    const options = readVerifyOptions(objectOperand(operands, 1), context);
    const chain = verify(textOperand(operands, 0), options, context);
    return chain === undefined
      ? UNVERIFIED
      : [true, chain.map(({ fields }) => toRegoValue(fields))];
  },
  'crypto.x509.parse_certificate_request': (operands) =>
    toRegoValue(readCertificateRequest(readRequestBytes(textOperand(operands, 0)))),
  'crypto.x509.parse_certificates': (operands, context) =>
    readCertificates(textOperand(operands, 0), context).map(withUris),
  'crypto.x509.parse_keypair': (operands, context) =>
    readKeyPair(textOperand(operands, 0), textOperand(operands, 1), context),
  'crypto.x509.parse_rsa_private_key': (operands, context) => {
    const text = textOperand(operands, 0);
    if (text === '') throw new BuiltinError('input PEM data was empty');
    const pem = isPem(text) ? text : readBase64(text).toString('latin1');
    const [key] = readPrivateKeys(pem, context);
    return key === undefined ? null : toRegoValue(toJsonWebKey(key));
  },
};

const UNVERIFIED: RegoValue = [false, []];

/** `undefined` where OPA says that the certificates are not valid, for whatever reason. */
function verify(
  text: string,
  options: VerifyOptions,
  context: BuiltinContext,
): readonly Certificate[] | undefined {
  try {
    return findChain(readCertificates(text, context), options, context);
  } catch (fault) {
    if (fault instanceof BuiltinError) return undefined;
    throw fault;
  }
}

/** OPA adds the URIs as texts. */
function withUris({ fields }: Certificate): RegoValue {
  return toRegoValue({ ...fields, URIStrings: readUriTexts(fields.Extensions ?? []) });
}

function decodeKeys(text: string): string {
  try {
    return readBase64(text).toString('latin1');
  } catch (fault) {
    if (fault instanceof BuiltinError) return text;
    throw fault;
  }
}

const REQUEST = 'CERTIFICATE REQUEST';

function readRequestBytes(text: string): Buffer {
  const isText = text.startsWith(`-----BEGIN ${REQUEST}-----`);
  const bytes = isText ? Buffer.from(text) : readBase64(text);
  const [block] = readPemBlocks(bytes.toString('latin1'));
  if (block === undefined) return bytes;
  if (block.type === REQUEST) return block.bytes;
  throw new BuiltinError('invalid PEM-encoded certificate signing request');
}

function readKeyPair(certificate: string, key: string, context: BuiltinContext): RegoValue {
  const chain = readBlocks(certificate, 'CERTIFICATE').filter(({ type }) => type === 'CERTIFICATE');
  const block = readBlocks(key, 'PRIVATE KEY').find(
    ({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'),
  );
  const [first] = chain;
  if (first === undefined) {
    throw new BuiltinError('tls: failed to find any PEM data in certificate input');
  }
  if (block === undefined) throw new BuiltinError('tls: failed to find any PEM data in key input');
  const [leaf] = readCertificates(first.bytes.toString('base64'), context);
  const privateKey = readPrivateKey(block, context);
  if (leaf?.x509.checkPrivateKey(privateKey) !== true) {
    throw new BuiltinError('tls: private key does not match public key');
  }
  return toRegoValue({
    Certificate: chain.map(({ bytes }) => bytes.toString('base64')),
    Leaf: leaf.fields,
    OCSPStaple: null,
    PrivateKey: toGoKey(privateKey),
    SignedCertificateTimestamps: null,
    SupportedSignatureAlgorithms: null,
  });
}

/** PEM, base64 of PEM, or base64 of the DER of one block. */
function readBlocks(text: string, type: string): readonly PemBlock[] {
  if (isPem(text)) return readPemBlocks(text);
  const bytes = readBase64(text);
  const decoded = bytes.toString('latin1');
  return isPem(decoded) ? readPemBlocks(decoded) : [{ type, bytes }];
}
