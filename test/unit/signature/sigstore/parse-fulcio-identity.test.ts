import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCertificate } from '../../../../src/signature/cms/parse-certificate.ts';
import {
  isFulcioCertificate,
  parseFulcioBuild,
  parseFulcioIdentity,
} from '../../../../src/signature/sigstore/parse-fulcio-identity.ts';
import { buildExtensions } from '../../../support/images/build-extensions.ts';
import {
  emailName,
  extension,
  issue,
  uriName,
} from '../../../support/signatures/certificate-builder.ts';
import { der, integer, oid, sequence, utf8 } from '../../../support/signatures/der.ts';

const V1 = '1.3.6.1.4.1.57264.1.1';
const V2 = '1.3.6.1.4.1.57264.1.8';
const ISSUER = 'https://issuer.example.com';
const NEWER = extension(V2, utf8(ISSUER));
const USERNAME = oid('1.3.6.1.4.1.57264.1.7');

function read(names: readonly Buffer[], extensions: readonly Buffer[] = [NEWER]) {
  const certificate = parseCertificate(issue({ commonName: 'x', names, extensions }).certificate);
  assert.ok(certificate !== undefined);
  return { identity: parseFulcioIdentity(certificate), isFulcio: isFulcioCertificate(certificate) };
}

test('parseFulcioIdentity() reads e-mail addresses, URIs and user names', () => {
  const cases = [
    [emailName('ada@example.com'), 'ada@example.com', 'email'],
    [uriName('https://example.com/ci'), 'https://example.com/ci', 'uri'],
    [der(0xa0, USERNAME, der(0xa0, utf8('ada'))), 'ada', 'username'],
  ] as const;
  for (const [name, subject, subjectKind] of cases) {
    assert.deepEqual(read([name]), {
      identity: { issuer: ISSUER, subject, subjectKind },
      isFulcio: true,
    });
  }
});

test('parseFulcioIdentity() prefers the newer issuer, and reads the older one', () => {
  const names = [emailName('ada@example.com')];
  const older = extension(V1, Buffer.from('https://old.example.com'));
  assert.equal(read(names, [older]).identity?.issuer, 'https://old.example.com');
  assert.equal(read(names, [older, NEWER]).identity?.issuer, ISSUER);
  assert.deepEqual(read(names, []), { identity: undefined, isFulcio: false });
});

test('parseFulcioIdentity() refuses what has two readings or none', () => {
  const email = emailName('ada@example.com');
  for (const names of [
    [],
    [email, uriName('https://example.com')],
    [der(0x82, Buffer.from('example.com'))],
    [emailName('ada@example.com\0')],
    [emailName('')],
    [der(0x81, Buffer.from([0xff, 0xfe]))],
    [der(0xa0, oid('1.2.3'), der(0xa0, utf8('ada')))],
    [der(0xa0, USERNAME, der(0xa0, integer(1)))],
    [der(0xa0, USERNAME)],
  ]) {
    assert.equal(read(names).identity, undefined);
  }
  for (const extensions of [
    [extension(V2, Buffer.from(ISSUER))],
    [extension(V2, integer(1))],
    [extension(V1, Buffer.from([0xff]))],
  ]) {
    assert.equal(read([email], extensions).identity, undefined);
  }
  const broken = extension('2.5.29.17', Buffer.from([0x30]));
  assert.equal(read([], [NEWER, broken]).identity, undefined);
  assert.equal(read([], [NEWER, extension('2.5.29.17', sequence())]).identity, undefined);
});

function readBuild(extensions: readonly Buffer[]) {
  const certificate = parseCertificate(issue({ commonName: 'x', extensions }).certificate);
  assert.ok(certificate !== undefined);
  return parseFulcioBuild(certificate);
}

test('parseFulcioBuild() reads the workflow and its source, as far as they are there', () => {
  const build = {
    buildSigner: 'https://example.com/shop/build.yml@refs/heads/main',
    sourceRepository: 'https://example.com/shop',
    sourceDigest: '0123456789abcdef0123456789abcdef01234567',
  };
  assert.deepEqual(readBuild(buildExtensions(build)), build);
  const none = { buildSigner: undefined, sourceRepository: undefined, sourceDigest: undefined };
  assert.deepEqual(readBuild([]), none);
  const { sourceRepository } = build;
  assert.deepEqual(readBuild(buildExtensions({ sourceRepository })), { ...none, sourceRepository });
});

test('parseFulcioBuild() reads nothing where one of the extensions is no text', () => {
  for (const id of [9, 12, 13]) {
    for (const value of [integer(1), utf8(''), utf8('a\0b'), Buffer.from('plain text')]) {
      const broken = extension(`1.3.6.1.4.1.57264.1.${id}`, value);
      assert.equal(readBuild([broken]), undefined);
    }
  }
});
