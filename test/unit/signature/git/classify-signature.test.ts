import assert from 'node:assert/strict';
import { it } from 'node:test';
import { classifySignature } from '../../../../src/signature/git/classify-signature.ts';

const table: readonly (readonly [string, string | undefined])[] = [
  ['-----BEGIN PGP SIGNATURE-----\n', 'openpgp'],
  ['-----BEGIN PGP MESSAGE-----', 'openpgp'],
  ['-----BEGIN SIGNED MESSAGE-----\n', 'x509'],
  ['-----BEGIN SSH SIGNATURE-----\n', 'ssh'],
  ['-----BEGIN CERTIFICATE-----\n', undefined],
  [' -----BEGIN SSH SIGNATURE-----\n', undefined],
  ['', undefined],
];

it('tells formats apart by the first line of the armor', () => {
  assert.deepEqual(
    table.map(([block]) => classifySignature(Buffer.from(block))),
    table.map(([, format]) => format),
  );
});
