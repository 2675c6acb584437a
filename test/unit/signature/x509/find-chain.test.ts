import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseCertificate,
  type Certificate,
} from '../../../../src/signature/cms/parse-certificate.ts';
import { findChains } from '../../../../src/signature/x509/find-chain.ts';
import { issue, type Issued } from '../../../support/signatures/certificate-builder.ts';

function read({ certificate }: Issued): Certificate {
  const parsed = parseCertificate(certificate);
  assert.ok(parsed !== undefined);
  return parsed;
}

test('findChains() finds every way to a trusted authority, the shortest first', () => {
  const root = issue({ commonName: 'Root', isAuthority: true });
  const middle = issue({ commonName: 'Middle', isAuthority: true, issuer: root });
  const signer = read(issue({ commonName: 'Ada', issuer: middle }));
  const [rootRead, middleRead] = [read(root), read(middle)];
  const both = { authorities: [middleRead, rootRead], intermediates: [] };
  assert.deepEqual(findChains(signer, both), [[signer, middleRead]]);
  const below = { authorities: [rootRead], intermediates: [middleRead, middleRead] };
  assert.deepEqual(findChains(signer, below)[0], [signer, middleRead, rootRead]);
  assert.deepEqual(findChains(signer, { authorities: [rootRead], intermediates: [] }), []);
});

test('findChains() gives up on certificates that issue each other', () => {
  const keys = issue({ commonName: 'Loop', isAuthority: true });
  const loop = Array.from({ length: 10 }, () =>
    read(issue({ commonName: 'Loop', isAuthority: true, issuer: keys, keys })),
  );
  const signer = read(issue({ commonName: 'Ada', issuer: keys }));
  const started = performance.now();
  assert.deepEqual(findChains(signer, { authorities: [], intermediates: loop }), []);
  assert.ok(performance.now() - started < 1000);
});
