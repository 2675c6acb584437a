import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyAuthority } from '../../../../src/compose/doctor/classify-authority.ts';
import { X509Certificate } from 'node:crypto';
import { serverCertificatesOf } from '../../../support/certificates.ts';

const { authority, server } = serverCertificatesOf('127.0.0.1');
const other = serverCertificatesOf('another.example');
const END_MS = Date.parse(new X509Certificate(server.cert).validTo);
const DAY_MS = 24 * 60 * 60 * 1000;

function webhook(pem: string | undefined) {
  const caBundle = pem === undefined ? undefined : Buffer.from(pem).toString('base64');
  return { name: 'drift.holdfast.dev', clientConfig: { caBundle } };
}

const DAMAGED = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const GOOD = [webhook(authority.cert)];

type Facts = Parameters<typeof classifyAuthority>[0];

const TABLE: readonly (readonly [string, Partial<Facts>, readonly string[]])[] = [
  ['the authority of the certificate', {}, ['chain_trusted']],
  ['another authority', { webhooks: [webhook(other.authority.cert)] }, ['chain_untrusted']],
  ['none', { webhooks: [webhook(undefined)] }, ['authority_of_system']],
  ['nonsense', { webhooks: [webhook('nonsense')] }, ['authority_damaged']],
  ['a damaged one', { webhooks: [webhook(DAMAGED)] }, ['authority_damaged']],
  ['two', { webhooks: [...GOOD, webhook(other.authority.cert)] }, ['authorities_differ']],
  ['one whose certificate is elsewhere', { servedPem: undefined }, ['certificate_elsewhere']],
  ['nothing at all', { webhooks: [] }, []],
];

describe('classifyAuthority()', () => {
  for (const [what, change, expected] of TABLE) {
    it(`says ${expected.join(', ') || 'nothing'} where a registration has ${what}`, () => {
      const facts = { webhooks: GOOD, servedPem: server.cert, nowMs: END_MS - 15 * DAY_MS };

      const findings = classifyAuthority({ ...facts, ...change });

      assert.deepEqual(
        findings.map(({ code }) => code).filter((code) => code !== 'certificate_ends_soon'),
        expected,
      );
    });
  }

  it('warns two weeks before the end, and fails after it', () => {
    const at = (nowMs: number) =>
      classifyAuthority({ webhooks: GOOD, servedPem: server.cert, nowMs }).map(({ code }) => code);

    assert.ok(at(END_MS - 13 * DAY_MS).includes('certificate_ends_soon'));
    assert.ok(at(END_MS + DAY_MS).includes('certificate_over'));
  });
});
