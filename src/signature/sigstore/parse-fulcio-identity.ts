/**
 * Who a certificate of Fulcio is for, issuer and subject, and what the issuer has told of the build.
 *
 * Source: Fulcio, docs/oid-info.md; RFC 5280 section 4.2.1.6.
 */
import { parseBer, readObjectIdentifier, TAGS, type Element } from '../../base/parse-ber.ts';
import type { Certificate } from '../cms/parse-certificate.ts';

/** As the certificate says; the certificate itself is verified elsewhere. */
export interface FulcioIdentity {
  /** The OpenID Connect issuer. */
  readonly issuer: string;
  readonly subject: string;
  readonly subjectKind: 'email' | 'uri' | 'username';
}

/**
 * The workflow and its source, as the OpenID Connect issuer has told Fulcio: the workflow itself cannot write it. Absent: the
 * certificate does not say so, for example as it is for a person.
 */
export interface FulcioBuild {
  /** The workflow that ran, for example `https://github.com/example/shop/.github/workflows/build.yml@refs/heads/main`. */
  readonly buildSigner?: string | undefined;
  /** For example `https://github.com/example/shop`. */
  readonly sourceRepository?: string | undefined;
  /** Of that repository: an id in hexadecimal. */
  readonly sourceDigest?: string | undefined;
}

const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const USERNAME = '1.3.6.1.4.1.57264.1.7';
const BUILD_SIGNER = '1.3.6.1.4.1.57264.1.9';
const SOURCE_REPOSITORY = '1.3.6.1.4.1.57264.1.12';
const SOURCE_DIGEST = '1.3.6.1.4.1.57264.1.13';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const NAME_TAGS = { otherName: 0xa0, email: 0x81, uri: 0x86 } as const;

/** Whether a certificate was issued by a Fulcio, of whatever instance. */
export function isFulcioCertificate({ extensions }: Certificate): boolean {
  return extensions.has(ISSUER_V1) || extensions.has(ISSUER_V2);
}

/** Undefined where the certificate names nobody, or more than one. */
export function parseFulcioIdentity({ extensions }: Certificate): FulcioIdentity | undefined {
  const issuer = readIssuer(extensions);
  const names = extensions.get(SUBJECT_ALTERNATIVE_NAME)?.value;
  const [name, ...others] = (names === undefined ? undefined : parseBer(names)?.children) ?? [];
  // Fulcio writes one name; with two, each reader could take another.
  if (issuer === undefined || name === undefined || others.length > 0) return undefined;
  const subject = readName(name);
  return subject === undefined ? undefined : { issuer, ...subject };
}

/** Undefined where one of these extensions is there and is no text: then nobody knows what it says. */
export function parseFulcioBuild({
  extensions,
}: Pick<Certificate, 'extensions'>): FulcioBuild | undefined {
  const [buildSigner, sourceRepository, sourceDigest] = [
    BUILD_SIGNER,
    SOURCE_REPOSITORY,
    SOURCE_DIGEST,
  ].map((id) => {
    const extension = extensions.get(id);
    return extension === undefined ? { text: undefined } : readUtf8(extension.value);
  });
  if (buildSigner === undefined || sourceRepository === undefined || sourceDigest === undefined) {
    return undefined;
  }
  return {
    buildSigner: buildSigner.text,
    sourceRepository: sourceRepository.text,
    sourceDigest: sourceDigest.text,
  };
}

function readUtf8(der: Buffer): { readonly text: string } | undefined {
  const element = parseBer(der);
  const text = element?.tag === TAGS.utf8String ? decode(element.content) : undefined;
  return text === undefined ? undefined : { text };
}

/** The older extension has the plain text, the newer one DER; where both are there, the newer one counts. */
function readIssuer(extensions: Certificate['extensions']): string | undefined {
  const newer = extensions.get(ISSUER_V2)?.value;
  if (newer !== undefined) return readUtf8(newer)?.text;
  const older = extensions.get(ISSUER_V1)?.value;
  return older === undefined ? undefined : decode(older);
}

function readName({
  tag,
  content,
  children,
}: Element): Pick<FulcioIdentity, 'subject' | 'subjectKind'> | undefined {
  switch (tag) {
    case NAME_TAGS.email:
      return named('email', content);
    case NAME_TAGS.uri:
      return named('uri', content);
    case NAME_TAGS.otherName: {
      const [type, value] = children;
      const text = value?.children[0];
      if (readObjectIdentifier(type) !== USERNAME || text?.tag !== TAGS.utf8String) {
        return undefined;
      }
      return named('username', text.content);
    }
    default:
      return undefined;
  }
}

function named(
  subjectKind: FulcioIdentity['subjectKind'],
  content: Buffer,
): Pick<FulcioIdentity, 'subject' | 'subjectKind'> | undefined {
  const subject = decode(content);
  return subject === undefined ? undefined : { subject, subjectKind };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A NUL or a line end in a name is there to deceive a reader. */
const TEXT = /^[^\p{Cc}]+$/u;

function decode(bytes: Buffer): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return TEXT.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
