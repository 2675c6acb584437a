/** The extensions of a certificate, named and shaped as in Go's `x509.Certificate`. Source: RFC 5280, section 4.2. */
import { parseBer, TAGS, type Element } from '../../../../base/parse-ber.ts';
import {
  findTagged,
  malformed,
  readArcs,
  readBits,
  readIdentifier,
  readInteger,
} from './der-values.ts';
import {
  ALTERNATIVE_NAMES,
  NO_ALTERNATIVE_NAMES,
  readAlternativeNames,
} from './alternative-names.ts';
import { NO_NAME_CONSTRAINTS, readNameConstraints } from './name-constraints.ts';
import { orNull } from './name-fields.ts';

/** As it is written. */
export interface Extension {
  readonly Id: readonly number[];
  readonly Critical: boolean;
  /** Base64. */
  readonly Value: string;
}

const NOTHING = {
  UnhandledCriticalExtensions: null,
  ExtKeyUsage: null,
  UnknownExtKeyUsage: null,
  BasicConstraintsValid: false,
  IsCA: false,
  MaxPathLen: 0,
  MaxPathLenZero: false,
  KeyUsage: 0,
  SubjectKeyId: null,
  AuthorityKeyId: null,
  OCSPServer: null,
  IssuingCertificateURL: null,
  CRLDistributionPoints: null,
  PolicyIdentifiers: null,
  Policies: null,
  PolicyMappings: null,
  InhibitAnyPolicy: 0,
  InhibitAnyPolicyZero: false,
  InhibitPolicyMapping: 0,
  InhibitPolicyMappingZero: false,
  RequireExplicitPolicy: 0,
  RequireExplicitPolicyZero: false,
  ...NO_ALTERNATIVE_NAMES,
  ...NO_NAME_CONSTRAINTS,
};

/** What extensions say; without one, what Go has for nothing. */
export type ExtensionFields = {
  readonly [Name in keyof typeof NOTHING]: (typeof NOTHING)[Name] extends null
    ? readonly unknown[] | string | null
    : (typeof NOTHING)[Name] extends boolean
      ? boolean
      : number;
};

type Reader = (value: Element, extension: Extension) => Partial<ExtensionFields>;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['2.5.29.14', (value) => ({ SubjectKeyId: value.content.toString('base64') })],
  ['2.5.29.15', (value) => ({ KeyUsage: readKeyUsage(value) })],
  [ALTERNATIVE_NAMES, readAlternativeNames],
  ['2.5.29.19', readBasicConstraints],
  ['2.5.29.30', readNameConstraints],
  ['2.5.29.31', readDistributionPoints],
  ['2.5.29.32', readPolicies],
  ['2.5.29.33', readPolicyMappings],
  ['2.5.29.35', (value) => ({ AuthorityKeyId: base64OrNull(findTagged(value, 0)) })],
  ['2.5.29.36', readPolicyConstraints],
  ['2.5.29.37', readExtendedKeyUsage],
  ['2.5.29.54', (value) => withZero('InhibitAnyPolicy', Number(readInteger(value)))],
  ['1.3.6.1.5.5.7.1.1', readAuthorityAccess],
]);

/** Reads those that Go reads. */
export function readExtensionFields(extensions: readonly Extension[]): ExtensionFields {
  // The names that a rule compares must be those that another reader sees.
  if (new Set(extensions.map(({ Id }) => Id.join('.'))).size !== extensions.length) {
    throw malformed('duplicate extensions');
  }
  const unhandled: (readonly number[])[] = [];
  const fields: Partial<ExtensionFields>[] = [];
  for (const extension of extensions) {
    const reader = READERS.get(extension.Id.join('.'));
    const value = reader && parseBer(Buffer.from(extension.Value, 'base64'));
    if (reader !== undefined && value === undefined) throw malformed('invalid extension');
    const read = (value === undefined ? undefined : reader?.(value, extension)) ?? {};
    // A name of another kind than those that are read must not be passed over where it is critical.
    const isHandled = Object.values(read).some((field) => field !== null);
    if (extension.Critical && !isHandled) unhandled.push(extension.Id);
    fields.push(read);
  }
  const read: Partial<ExtensionFields> = Object.fromEntries(
    fields.flatMap((one) => Object.entries(one)),
  );
  return { ...NOTHING, ...read, UnhandledCriticalExtensions: orNull(unhandled) };
}

function base64OrNull(element: Element | undefined): string | null {
  return element === undefined ? null : element.content.toString('base64');
}

/** Bit 0 is the first of the octet, and the lowest in Go. */
function readKeyUsage(value: Element): number {
  const bits = readBits(value);
  const usages = Array.from({ length: 9 }, (_, index) => {
    const octet = bits[index >> 3] ?? 0;
    return (octet & (0x80 >> (index & 7))) === 0 ? 0 : 1 << index;
  });
  return usages.reduce((sum, usage) => sum | usage, 0);
}

function readBasicConstraints({ children }: Element): Partial<ExtensionFields> {
  const isAuthority = children[0]?.tag === TAGS.boolean && children[0].content[0] !== 0;
  const length = children.find(({ tag }) => tag === TAGS.integer);
  const MaxPathLen = length === undefined ? -1 : Number(readInteger(length));
  return {
    BasicConstraintsValid: true,
    IsCA: isAuthority,
    MaxPathLen,
    MaxPathLenZero: MaxPathLen === 0,
  };
}

const URI_TAG = 0x86;

function readUris(elements: readonly Element[]): readonly string[] {
  return elements
    .filter(({ tag }) => tag === URI_TAG)
    .map(({ content }) => content.toString('latin1'));
}

function readDistributionPoints({ children }: Element): Partial<ExtensionFields> {
  const names = children.flatMap((point) => findTagged(findTagged(point, 0), 0)?.children ?? []);
  return { CRLDistributionPoints: orNull(readUris(names)) };
}

/** Arcs beyond 31 bits are in the texts alone. */
const ARC_MAX = 2 ** 31 - 1;

function readPolicies({ children }: Element): Partial<ExtensionFields> {
  const identifiers = children.map((policy) => policy.children[0]);
  const arcs = identifiers.map(readArcs).filter((one) => one.every((arc) => arc <= ARC_MAX));
  return { Policies: orNull(identifiers.map(readIdentifier)), PolicyIdentifiers: orNull(arcs) };
}

function readPolicyMappings({ children }: Element): Partial<ExtensionFields> {
  const mappings = children.map(({ children: [issuer, subject] }) => ({
    IssuerDomainPolicy: readIdentifier(issuer),
    SubjectDomainPolicy: readIdentifier(subject),
  }));
  return { PolicyMappings: orNull(mappings) };
}

type Counter = 'InhibitAnyPolicy' | 'InhibitPolicyMapping' | 'RequireExplicitPolicy';

function withZero(name: Counter, value: number): Partial<ExtensionFields> {
  return { [name]: value, [`${name}Zero`]: value === 0 };
}

function readPolicyConstraints(value: Element): Partial<ExtensionFields> {
  const read = (name: Counter, number: number): Partial<ExtensionFields> => {
    const found = findTagged(value, number);
    return withZero(
      name,
      found === undefined ? -1 : Number(readInteger({ ...found, tag: TAGS.integer })),
    );
  };
  return { ...read('RequireExplicitPolicy', 0), ...read('InhibitPolicyMapping', 1) };
}

const PURPOSES: ReadonlyMap<string, number> = new Map([
  ['2.5.29.37.0', 0],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [`1.3.6.1.5.5.7.3.${number}`, number] as const),
  ['1.3.6.1.4.1.311.10.3.3', 10],
  ['2.16.840.1.113730.4.1', 11],
  ['1.3.6.1.4.1.311.2.1.22', 12],
  ['1.3.6.1.4.1.311.61.1.1', 13],
]);

function readExtendedKeyUsage({ children }: Element): Partial<ExtensionFields> {
  const known = children.flatMap((one) => PURPOSES.get(readIdentifier(one)) ?? []);
  const unknown = children.filter((one) => !PURPOSES.has(readIdentifier(one))).map(readArcs);
  return { ExtKeyUsage: orNull(known), UnknownExtKeyUsage: orNull(unknown) };
}

const OCSP = '1.3.6.1.5.5.7.48.1';
const ISSUERS = '1.3.6.1.5.5.7.48.2';

function readAuthorityAccess({ children }: Element): Partial<ExtensionFields> {
  const urls = (method: string): readonly string[] =>
    readUris(
      children
        .filter((one) => readIdentifier(one.children[0]) === method)
        .flatMap((one) => one.children[1] ?? []),
    );
  return { OCSPServer: orNull(urls(OCSP)), IssuingCertificateURL: orNull(urls(ISSUERS)) };
}
