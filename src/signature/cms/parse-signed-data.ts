/**
 * CMS SignedData as Git uses it: detached, with exactly one signer and with signed attributes.
 *
 * Source: RFC 5652 sections 3, 5 and 11.
 */
import { parseArmor } from '../parse-armor.ts';
import { rejected, type Rejected } from '../verification.ts';
import {
  formatSetOf,
  parseBer,
  readObjectIdentifier,
  readOctetString,
  readTimeMs,
  TAGS,
  type Element,
} from '../../base/parse-ber.ts';
import { CMS_LIMITS } from './settings.ts';

/** A signature that was found; nothing of it is verified yet. */
export interface SignedData {
  /** DER, in no order; only the signer's own must be here. */
  readonly certificates: readonly Buffer[];
  readonly signer: SignerIdentifier;
  readonly digestAlgorithm: string;
  readonly signatureAlgorithm: Algorithm;
  readonly signature: Buffer;
  readonly attributes: SignedAttributes;
  /** By object identifier: the one value of each. Anybody can add and change them. */
  readonly unsignedAttributes: ReadonlyMap<string, Element>;
}

/** An object identifier with its parameters. */
export interface Algorithm {
  readonly id: string;
  readonly parameters: Element | undefined;
}

/** Which certificate is the signer's. */
export type SignerIdentifier =
  | { readonly kind: 'issuer-and-serial'; readonly issuer: Buffer; readonly serial: Buffer }
  | { readonly kind: 'subject-key-id'; readonly keyId: Buffer };

/** What the signer has signed besides the content. */
export interface SignedAttributes {
  /** The bytes that the signature is over: DER of the SET OF attributes. */
  readonly signedBytes: Buffer;
  readonly messageDigest: Buffer;
  /** As the signer says. */
  readonly signingTimeMs: number | undefined;
}

const ID_DATA = '1.2.840.113549.1.7.1';
const ID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SUBJECT_KEY_ID_TAG = 0x80;
const BYTES_MAX = CMS_LIMITS['signature.cms.signatureBytesMax'].default;
const CERTIFICATES_MAX = CMS_LIMITS['signature.cms.certificatesMax'].default;

/** Reads the armored block `SIGNED MESSAGE`. Never throws. */
export function parseSignedData(signature: Uint8Array): SignedData | Rejected {
  if (signature.length > BYTES_MAX) {
    const message = `The signature has ${signature.length} bytes, at most ${BYTES_MAX} are read`;
    return rejected('limit_exceeded', message);
  }
  const armor = parseArmor(Buffer.from(signature).toString('latin1'));
  if (armor.blocks.length > 1) {
    const message = `There are ${armor.blocks.length} signature blocks, not one`;
    return rejected('multiple_signatures', message);
  }
  const [block] = armor.blocks;
  if (armor.problems.length > 0 || armor.otherTextLine !== undefined || block === undefined) {
    return malformed('it is not one block of base64');
  }
  if (block.label !== 'SIGNED MESSAGE') {
    return rejected('unsupported_signature', `A block "${block.label}" is not "SIGNED MESSAGE"`);
  }
  const contentInfo = parseBer(block.bytes);
  if (contentInfo === undefined) return malformed('it is not ASN.1');
  const [type, content] = contentInfo.children;
  const signedData = content?.children[0];
  if (readObjectIdentifier(type) !== ID_SIGNED_DATA || signedData?.tag !== TAGS.sequence) {
    return malformed('it is not CMS SignedData');
  }
  return readSignedData(signedData);
}

function readSignedData({ children }: Element): SignedData | Rejected {
  const [, , encapsulated, ...rest] = children;
  const [contentType, content] = encapsulated?.children ?? [];
  if (readObjectIdentifier(contentType) !== ID_DATA) return malformed('its content is not data');
  // With a content of its own, the signature could be about that, and not about the commit.
  if (content !== undefined) return malformed('it has a content of its own, and must be detached');
  const signers = rest.at(-1);
  if (signers?.tag !== TAGS.set) return malformed('it has no signers');
  const [signer] = signers.children;
  if (signer === undefined || signers.children.length > 1) {
    const message = `The signature has ${signers.children.length} signers, not one`;
    return rejected(signer === undefined ? 'malformed_signature' : 'multiple_signatures', message);
  }
  const certificates = rest.find(({ tag }) => tag === TAGS.constructed0)?.children ?? [];
  if (certificates.length > CERTIFICATES_MAX) {
    const message = `The signature has ${certificates.length} certificates, at most ${CERTIFICATES_MAX} are read`;
    return rejected('limit_exceeded', message);
  }
  return readSigner(
    signer,
    certificates.map(({ raw }) => raw),
  );
}

function readSigner({ children }: Element, certificates: readonly Buffer[]): SignedData | Rejected {
  const [, identifier, digest, ...rest] = children;
  const signer = readIdentifier(identifier);
  const digestAlgorithm = readObjectIdentifier(digest?.children[0]);
  const signed = rest[0]?.tag === TAGS.constructed0 ? rest[0] : undefined;
  // Without signed attributes, the bytes of attributes that somebody once signed pass for a content with the same signature.
  if (signed === undefined) {
    return rejected('unsupported_signature', 'The signature has no signed attributes');
  }
  const [, algorithm, value, unsigned] = rest;
  const signatureAlgorithm = readObjectIdentifier(algorithm?.children[0]);
  const signature = readOctetString(value);
  if (
    signer === undefined ||
    digestAlgorithm === undefined ||
    signatureAlgorithm === undefined ||
    signature === undefined
  ) {
    return malformed('its signer cannot be read');
  }
  const attributes = readSignedAttributes(signed);
  if ('code' in attributes) return attributes;
  const unsignedAttributes = readAttributes(unsigned?.children ?? []);
  if (unsignedAttributes === undefined) return malformed('an unsigned attribute cannot be read');
  return {
    certificates,
    signer,
    digestAlgorithm,
    signatureAlgorithm: { id: signatureAlgorithm, parameters: algorithm?.children[1] },
    signature,
    attributes,
    unsignedAttributes,
  };
}

function readIdentifier(element: Element | undefined): SignerIdentifier | undefined {
  if (element?.tag === SUBJECT_KEY_ID_TAG) {
    return { kind: 'subject-key-id', keyId: element.content };
  }
  const [issuer, serial] = element?.tag === TAGS.sequence ? element.children : [];
  if (issuer === undefined || serial?.tag !== TAGS.integer) return undefined;
  return { kind: 'issuer-and-serial', issuer: issuer.raw, serial: serial.content };
}

/** RFC 5652 section 11: content type and message digest must be there, once, with one value. */
function readSignedAttributes({ children }: Element): SignedAttributes | Rejected {
  const attributes = readAttributes(children);
  if (attributes === undefined) return malformed('a signed attribute cannot be read');
  const contentType = attributes.get(CONTENT_TYPE);
  if (readObjectIdentifier(contentType) !== ID_DATA) {
    return malformed('its signed attributes do not say that the content is data');
  }
  const messageDigest = readOctetString(attributes.get(MESSAGE_DIGEST));
  if (messageDigest === undefined) return malformed('its signed attributes have no message digest');
  const time = attributes.get(SIGNING_TIME);
  const signingTimeMs = readTimeMs(time);
  if (time !== undefined && signingTimeMs === undefined) {
    return malformed('its signing time cannot be read');
  }
  return { signedBytes: formatSetOf(children), messageDigest, signingTimeMs };
}

/** Undefined where one occurs twice or has not exactly one value: readers could take different ones. */
function readAttributes(elements: readonly Element[]): Map<string, Element> | undefined {
  const attributes = new Map<string, Element>();
  for (const { children } of elements) {
    const [type, values] = children;
    const id = readObjectIdentifier(type);
    const [value, ...others] = values?.tag === TAGS.set ? values.children : [];
    if (id === undefined || value === undefined || others.length > 0 || attributes.has(id)) {
      return undefined;
    }
    attributes.set(id, value);
  }
  return attributes;
}

function malformed(why: string): Rejected {
  return rejected('malformed_signature', `The CMS signature cannot be read: ${why}`);
}
