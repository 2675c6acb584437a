/** Parsers of signatures, keys and certificates: bytes that whoever pushes a commit or an image chooses. */
import assert from 'node:assert/strict';
import { parseAlternativeNames } from '../../../src/certificates/parse-alternative-names.ts';
import { parseAuthority } from '../../../src/certificates/parse-authority.ts';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { formatDer, parseBer } from '../../../src/base/parse-ber.ts';
import { parseCertificate } from '../../../src/signature/cms/parse-certificate.ts';
import { parseSignedData } from '../../../src/signature/cms/parse-signed-data.ts';
import { parseBundle } from '../../../src/signature/cosign/parse-bundle.ts';
import { parseClaim } from '../../../src/signature/cosign/parse-claim.ts';
import { parseLayer } from '../../../src/signature/cosign/parse-layer.ts';
import { parseProvenance, readCommitId } from '../../../src/signature/cosign/parse-provenance.ts';
import { decodeBase64 } from '../../../src/signature/decode-base64.ts';
import { parseHeaders } from '../../../src/signature/git/parse-headers.ts';
import { parseIdentity } from '../../../src/signature/git/parse-identity.ts';
import { parseObject } from '../../../src/signature/git/parse-object.ts';
import { parseSignature } from '../../../src/signature/git/parse-signature.ts';
import { parseTrailers } from '../../../src/signature/git/parse-trailers.ts';
import { parseLogEntry } from '../../../src/signature/gitsign/parse-log-entry.ts';
import { findSubpacketFault, parsePackets } from '../../../src/signature/openpgp/parse-packets.ts';
import { parseArmor } from '../../../src/signature/parse-armor.ts';
import { importTrustedRoot } from '../../../src/signature/sigstore/import-trusted-root.ts';
import { parseAllowedSigners } from '../../../src/signature/ssh/parse-allowed-signers.ts';
import { parseCertificate as parseSshCertificate } from '../../../src/signature/ssh/parse-certificate.ts';
import { parseKeyText } from '../../../src/signature/ssh/parse-key-text.ts';
import { parseKrl } from '../../../src/signature/ssh/parse-krl.ts';
import { parsePublicKey } from '../../../src/signature/ssh/parse-public-key.ts';
import { parseRevokedKeys } from '../../../src/signature/ssh/parse-revoked-keys.ts';
import { parseSignerOptions } from '../../../src/signature/ssh/parse-signer-options.ts';
import { parseSshSignature } from '../../../src/signature/ssh/parse-ssh-signature.ts';
import { encodeString, WireReader } from '../../../src/signature/ssh/wire-reader.ts';
import { foldHeader, makeCommit, makeTag } from '../signatures/commit-samples.ts';
import { der, integer, octets, oid, sequence, set } from '../signatures/der.ts';
import { makeKrl } from '../signatures/ssh-samples.ts';
import { textTarget, valueTarget, type FuzzTarget } from './fuzz-target.ts';

/** A certificate that signs itself; nobody has its key. */
const CERTIFICATE = Buffer.from(
  [
    'MIIBgzCCASmgAwIBAgIUVpd4c+/3GdbPiDDmmcdIH2mfZrMwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEZnV6ejAeFw0yNjExMzAwNDA4NTlaFw0zNjEx',
    'MjcwNDA4NTlaMA8xDTALBgNVBAMMBGZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARwl8cg/fbOBuFDt+FlMJ8rDlRmKYP+lY4vixnxGQ1uDuS4',
    'z/5EdU03KCfVA/Mas3Tpbnc2mxVyposMVa6F9LeCo2MwYTAdBgNVHQ4EFgQUdOSG+OsMTNTngDyjBjjze1aM4wUwHwYDVR0jBBgwFoAUdOSG+OsMTNTn',
    'gDyjBjjze1aM4wUwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHREEBzAFgQNhQHgwCgYIKoZIzj0EAwIDSAAwRQIgBMmuZWml1E+bIPWtCo0sP2EJ1BIiBWIi',
    'SA0iLyJSCxICIQDT7+vMPeIfI3zjHyJYv640lp599jbsqimB7Nu7zjGyig==',
  ].join(''),
  'base64',
);
const PEM = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE.toString('base64').replaceAll(/.{64}/gu, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** No key of anybody: the wire format of one. */
const SSH_KEY = Buffer.concat([encodeString('ssh-ed25519'), encodeString(Buffer.alloc(32, 7))]);
const SSH_LINE = `ssh-ed25519 ${SSH_KEY.toString('base64')}`;
const SSH_SIGNATURE = Buffer.concat([
  Buffer.from('SSHSIG\0\0\0\u0001', 'latin1'),
  ...[SSH_KEY, 'git', '', 'sha512'].map((part) => encodeString(part)),
  encodeString(Buffer.concat([encodeString('ssh-ed25519'), encodeString(Buffer.alloc(64, 9))])),
]);
const SSH_ARMOR = `-----BEGIN SSH SIGNATURE-----\n${SSH_SIGNATURE.toString('base64').replaceAll(/.{70}/gu, '$&\n')}\n-----END SSH SIGNATURE-----\n`;
const uint64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const SSH_CERTIFICATE = Buffer.concat([
  ...['ssh-ed25519-cert-v01@openssh.com', Buffer.alloc(32, 1), Buffer.alloc(32, 7)].map((part) =>
    encodeString(part),
  ),
  uint64(1n),
  Buffer.from([0, 0, 0, 1]),
  ...['id', encodeString('alice')].map((part) => encodeString(part)),
  uint64(0n),
  uint64(2n ** 64n - 1n),
  ...['', '', '', SSH_KEY].map((part) => encodeString(part)),
  encodeString(Buffer.concat([encodeString('ssh-ed25519'), encodeString(Buffer.alloc(64, 9))])),
]);

const DIGEST = sequence(oid('2.16.840.1.101.3.4.2.1'));
const CMS = sequence(
  oid('1.2.840.113549.1.7.2'),
  der(
    0xa0,
    sequence(
      integer(1),
      set(DIGEST),
      sequence(oid('1.2.840.113549.1.7.1')),
      der(0xa0, CERTIFICATE),
      set(
        sequence(
          integer(1),
          sequence(
            sequence(set(sequence(oid('2.5.4.3'), der(0x0c, Buffer.from('fuzz'))))),
            integer(5),
          ),
          DIGEST,
          der(0xa0, sequence(oid('1.2.840.113549.1.9.3'), set(oid('1.2.840.113549.1.7.1')))),
          sequence(oid('1.2.840.10045.4.3.2')),
          octets(Buffer.alloc(70, 3)),
        ),
      ),
    ),
  ),
);
const CMS_ARMOR = `-----BEGIN SIGNED MESSAGE-----\n${CMS.toString('base64').replaceAll(/.{64}/gu, '$&\n')}\n-----END SIGNED MESSAGE-----\n`;

const PACKETS = Buffer.concat([
  Buffer.from([0xc2, 21, 4, 0, 22, 8, 0, 6, 5, 2, 1, 2, 3, 4, 0, 0, 1, 2, 0, 1, 1, 0, 1]),
  Buffer.from([0xcd, 3, 65, 66, 67, 0x88, 2, 1, 2]),
]);
const PGP_ARMOR = `-----BEGIN PGP SIGNATURE-----\n\n${PACKETS.toString('base64')}\n=AAAA\n-----END PGP SIGNATURE-----\n`;

const COMMIT = makeCommit({
  headers: foldHeader('gpgsig', PGP_ARMOR),
  message: 'Release\n\nSigned-off-by: A <a@x>\n',
});
const TAG = makeTag(`v1\n${SSH_ARMOR}`);

const DIGEST_TEXT = `sha256:${'0'.repeat(64)}`;
const SIMPLE = JSON.stringify({
  critical: {
    identity: { 'docker-reference': 'r/a' },
    image: { 'docker-manifest-digest': DIGEST_TEXT },
    type: 'cosign container image signature',
  },
  optional: null,
});
const STATEMENT = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a', digest: { sha256: '0'.repeat(64) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      resolvedDependencies: [{ uri: 'git+https://a', digest: { gitCommit: '0'.repeat(40) } }],
    },
  },
});
const SIGNATURE = Buffer.alloc(70, 3).toString('base64');
const ENVELOPE = {
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(STATEMENT).toString('base64'),
  signatures: [{ sig: SIGNATURE, keyid: '' }],
};
const LOG_ENTRY = {
  logIndex: '1',
  logId: { keyId: SIGNATURE },
  kindVersion: { kind: 'dsse', version: '0.0.1' },
  integratedTime: '1767225600',
  inclusionPromise: { signedEntryTimestamp: SIGNATURE },
  inclusionProof: {
    logIndex: '1',
    rootHash: SIGNATURE,
    treeSize: '2',
    hashes: [SIGNATURE],
    checkpoint: { envelope: 'a\n2\nb\n\n— a b\n' },
  },
  canonicalizedBody: 'e30=',
};
const BUNDLE = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: {
    certificate: { rawBytes: CERTIFICATE.toString('base64') },
    tlogEntries: [LOG_ENTRY],
    timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: SIGNATURE }] },
  },
  dsseEnvelope: ENVELOPE,
});
const TRUSTED_ROOT = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  ctlogs: [],
  certificateAuthorities: [
    {
      subject: { organization: 'a', commonName: 'b' },
      uri: 'https://a',
      certChain: { certificates: [{ rawBytes: CERTIFICATE.toString('base64') }] },
      validFor: { start: '2026-01-01T00:00:00Z' },
    },
  ],
  timestampAuthorities: [],
});

const COMMIT_OBJECT = { kind: 'commit', algorithm: 'sha1' } as const;
const TAG_OBJECT = { kind: 'tag', algorithm: 'sha256' } as const;

function splitBoth(bytes: Buffer): unknown {
  const parts = parseHeaders(bytes);
  if (parts.status !== 'parsed') return parts;
  return [COMMIT_OBJECT, TAG_OBJECT].map((options) => parseSignature(bytes, parts.value, options));
}

export const SIGNATURE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'signature/git/parse-object',
    seeds: [COMMIT, TAG],
    parse: (bytes) => [parseObject(bytes, COMMIT_OBJECT), parseObject(bytes, TAG_OBJECT)],
  },
  {
    name: 'signature/git/parse-headers',
    seeds: [COMMIT, TAG],
    parse: (bytes) => parseHeaders(bytes),
  },
  { name: 'signature/git/parse-signature', seeds: [COMMIT, TAG], parse: splitBoth },
  {
    name: 'signature/git/parse-identity',
    seeds: ['A <a@x> 1767225600 +0100', '<> -1 -0000'],
    parse: (bytes) => parseIdentity(bytes),
  },
  textTarget(
    'signature/git/parse-trailers',
    ['a\n\nSigned-off-by: A <a@x>\nCo-authored-by: b\n c\n'],
    (text) => parseTrailers(text, 20),
  ),
  textTarget('signature/parse-armor', [PGP_ARMOR, PEM], (text) => parseArmor(text)),
  {
    name: 'signature/openpgp/parse-packets',
    seeds: [PACKETS],
    parse: (bytes) => [parsePackets(bytes), findSubpacketFault(bytes)],
  },
  {
    name: 'base/parse-ber',
    seeds: [CMS, CERTIFICATE],
    parse: (bytes) => parseBer(bytes),
    check: (bytes) => {
      const read = parseBer(bytes);
      if (read === undefined) return;
      // What is written again in the distinguished form reads as the same, and as itself.
      const again = parseBer(formatDer(read));
      assert.ok(again);
      assert.ok(formatDer(again).equals(formatDer(read)));
    },
  },
  {
    name: 'signature/cms/parse-certificate',
    seeds: [CERTIFICATE],
    parse: (bytes) => parseCertificate(bytes),
  },
  {
    name: 'signature/cms/parse-signed-data',
    seeds: [CMS_ARMOR],
    parse: (bytes) => parseSignedData(bytes),
  },
  {
    name: 'signature/cosign/parse-bundle',
    form: 'json',
    seeds: [BUNDLE],
    parse: (bytes) => parseBundle(bytes),
  },
  {
    name: 'signature/cosign/parse-claim',
    form: 'json',
    seeds: [SIMPLE],
    parse: (bytes) => parseClaim({ kind: 'simple-signing', payload: bytes }),
  },
  {
    name: 'signature/cosign/parse-layer',
    form: 'json',
    seeds: [SIMPLE, JSON.stringify(ENVELOPE), BUNDLE],
    parse: (bytes) =>
      (['simple signing', 'DSSE envelope', 'bundle'] as const).map((format) =>
        parseLayer(
          {
            mediaType: 'x',
            annotations: { 'dev.cosignproject.cosign/signature': SIGNATURE },
            bytes,
          },
          format,
        ),
      ),
  },
  {
    name: 'signature/cosign/parse-legacy-layer',
    form: 'json',
    seeds: [
      JSON.stringify({
        SignedEntryTimestamp: SIGNATURE,
        Payload: { body: 'e30=', integratedTime: 1, logIndex: 1, logID: '00' },
      }),
    ],
    parse: (bytes) =>
      parseLayer(
        {
          mediaType: 'x',
          annotations: {
            'dev.cosignproject.cosign/signature': SIGNATURE,
            'dev.sigstore.cosign/certificate': PEM,
            'dev.sigstore.cosign/bundle': bytes.toString(),
          },
          bytes: Buffer.from(SIMPLE),
        },
        'simple signing',
      ),
  },
  valueTarget(
    'signature/cosign/parse-provenance',
    [
      JSON.parse(STATEMENT),
      {
        predicateType: 'https://slsa.dev/provenance/v0.2',
        predicate: {
          invocation: { configSource: { uri: 'git+https://a', digest: { sha1: '0'.repeat(40) } } },
          materials: [],
        },
      },
    ],
    (value) => {
      const { predicateType, predicate } = Object(value);
      return [
        parseProvenance({ predicateType: String(predicateType), predicate }, (url) => url),
        readCommitId(String(predicateType)),
      ];
    },
  ),
  {
    ...textTarget('signature/decode-base64', [SIGNATURE, 'YQ=='], (text) => decodeBase64(text)),
    check: (bytes, answer) => {
      if (!Buffer.isBuffer(answer)) return;
      const written = answer.toString('base64').replaceAll('=', '');
      assert.equal(written, bytes.toString().replaceAll('=', ''));
    },
  },
  {
    name: 'signature/gitsign/parse-log-entry',
    seeds: [Buffer.from([8, 1, 18, 4, 10, 2, 1, 2, 26, 5, 10, 1, 97, 18, 0, 32, 1])],
    parse: (bytes) => parseLogEntry(bytes),
  },
  textTarget(
    'signature/sigstore/import-trusted-root',
    [TRUSTED_ROOT],
    (text) => importTrustedRoot(text).status,
  ),
  {
    name: 'signature/ssh/parse-allowed-signers',
    seeds: [
      `alice@x,*@y namespaces="git",valid-after="20260101" ${SSH_LINE} a\n# b\ncert-authority *@z ${SSH_LINE}\n`,
    ],
    parse: (bytes) => parseAllowedSigners(bytes),
  },
  textTarget(
    'signature/ssh/parse-signer-options',
    ['namespaces="git,a",valid-before="20260101Z",cert-authority '],
    (text) => parseSignerOptions(text),
  ),
  textTarget('signature/ssh/parse-key-text', [SSH_LINE], (text) => parseKeyText(text)),
  {
    name: 'signature/ssh/parse-certificate',
    seeds: [SSH_CERTIFICATE],
    parse: (bytes) => parseSshCertificate(bytes),
  },
  {
    name: 'signature/ssh/parse-krl',
    seeds: [
      makeKrl([[2, encodeString(SSH_KEY)]]),
      makeKrl([[1, Buffer.concat([encodeString(SSH_KEY), encodeString('')])]]),
    ],
    parse: (bytes) => parseKrl(bytes),
  },
  {
    name: 'signature/ssh/parse-public-key',
    seeds: [SSH_KEY],
    parse: (bytes) => parsePublicKey(new WireReader(bytes)),
  },
  {
    name: 'signature/ssh/parse-revoked-keys',
    seeds: [`${SSH_LINE}\n# a\nsha256: SHA256:${SIGNATURE.slice(0, 43)}\n`],
    parse: (bytes) => parseRevokedKeys(bytes),
  },
  {
    name: 'signature/ssh/parse-ssh-signature',
    seeds: [SSH_ARMOR],
    parse: (bytes) => parseSshSignature(bytes),
  },
  {
    ...textTarget('certificates/parse-certificates', [PEM, `${PEM}${PEM}`], (text) =>
      parseCertificates(text).map(({ raw }) => raw),
    ),
    throws: HoldfastError,
  },
  textTarget('certificates/parse-authority', [PEM], (text) => JSON.stringify(parseAuthority(text))),
  textTarget(
    'certificates/parse-alternative-names',
    ['DNS:a.example.com, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1'],
    (text) => parseAlternativeNames(text),
  ),
];
