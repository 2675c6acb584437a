import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { PemPair } from '../../../src/certificates/certificate-facts.ts';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import type { RegisteredWebhook } from '../../../src/certificates/parse-registered.ts';
import { planRotation } from '../../../src/certificates/plan-rotation.ts';
import type { RotationInput, RotationStep } from '../../../src/certificates/plan-rotation.ts';
import { issueFromPool } from '../../support/certificates/issued.ts';

const DAY_MS = 86_400_000;
const madeAtMs = Date.UTC(2026, 10, 21);
const names = { dnsNames: ['holdfast.holdfast-system.svc'], ipAddresses: ['127.0.0.1'] };
const settings = {
  authorityLifetimeMs: 30 * DAY_MS,
  leafLifetimeMs: 9 * DAY_MS,
  overlapMs: DAY_MS,
  settleMs: 10_000,
};
const CHOSEN = { resourceVersion: '7', status: 'ours' } as const;

describe('planRotation', () => {
  let authority: PemPair;
  let other: PemPair;
  let leaf: PemPair;
  let otherLeaf: PemPair;
  before(async () => {
    const [first, second] = [issueFromPool('first'), issueFromPool('second')];
    authority = await first.issueAuthority({ nowMs: madeAtMs, days: 30 });
    other = await second.issueAuthority({ nowMs: madeAtMs, days: 30 });
    leaf = await first.issueLeaf(authority, { nowMs: madeAtMs, days: 9, names });
    otherLeaf = await first.issueLeaf(other, { nowMs: madeAtMs, days: 9, names });
  });

  const fingerprint = (pair: PemPair) => new X509Certificate(pair.certificatePem).fingerprint256;
  const webhook = (...trusted: readonly PemPair[]): RegisteredWebhook => ({
    name: 'drift.holdfast.dev',
    authorities: parseCertificates(trusted.map(({ certificatePem }) => certificatePem).join('')),
    hasBundle: trusted.length > 0,
  });
  /** A day after everything was made, two days into its overlap, registered and served. */
  function plan(overrides: Partial<RotationInput> = {}): RotationStep {
    return planRotation({
      secret: { ...CHOSEN, stored: { authority, leaf } },
      webhooks: [webhook(authority)],
      unchangedMs: 60_000,
      replicas: [{ replica: 'holdfast-0', fingerprint: fingerprint(leaf) }],
      reached: 'yes',
      nowMs: madeAtMs + 2 * DAY_MS,
      names,
      settings,
      ...overrides,
    });
  }
  const stored = (pairs: Extract<RotationInput['secret'], { status: 'ours' }>['stored']) => ({
    secret: { ...CHOSEN, stored: pairs },
  });
  /** What a bundle holds, by the fingerprints of its certificates. */
  const bundleOf = (step: RotationStep) =>
    'bundlePem' in step
      ? parseCertificates(step.bundlePem).map(({ fingerprint256 }) => fingerprint256)
      : [];

  it('does nothing while everything is in order, registered or not', () => {
    const none = { kind: 'none', reason: 'Everything is in order' };
    assert.deepEqual(plan(), none);
    assert.deepEqual(plan({ webhooks: [] }), none);
  });

  it('makes an authority where there is none, and keeps the leaf that is served meanwhile', () => {
    assert.deepEqual(plan({ secret: { status: 'absent' } }), {
      kind: 'make-authority',
      reason: 'There is no Secret yet',
      kept: { authority: undefined, leaf: undefined },
    });
    assert.deepEqual(plan(stored({ leaf })), {
      kind: 'make-authority',
      reason: 'There is none that can be read',
      kept: { authority: undefined, leaf },
    });
  });

  it('writes nothing into a Secret of somebody else', () => {
    const step = plan({ secret: { status: 'foreign', type: 'kubernetes.io/tls' } });
    assert.deepEqual(step, {
      kind: 'blocked',
      reason:
        'The Secret holdfast-certificates is of type "kubernetes.io/tls", so it belongs to somebody else',
      remedy: 'Delete it: Holdfast makes one of type holdfast.dev/certificates',
    });
  });

  it('makes an authority beside one that is old, over, not valid yet, damaged, or none', () => {
    const garbage = { certificatePem: 'garbage', keyPem: 'garbage' };
    const cases: readonly Partial<RotationInput>[] = [
      { nowMs: madeAtMs + 20 * DAY_MS },
      { nowMs: madeAtMs + 31 * DAY_MS },
      { nowMs: madeAtMs - DAY_MS },
      { settings: { ...settings, authorityLifetimeMs: 3 * DAY_MS } },
      stored({ authority: garbage, leaf }),
      stored({ authority: { ...authority, keyPem: other.keyPem }, leaf }),
      stored({ authority: leaf, leaf }),
    ];
    for (const [index, overrides] of cases.entries()) {
      assert.equal(plan(overrides).kind, 'make-authority', `case ${index}`);
    }
    assert.equal(plan({ nowMs: madeAtMs + 20 * DAY_MS - 1 }).kind, 'make-leaf');
  });

  it('registers the next authority beside what is registered, and the one whose leaf is served', () => {
    const step = plan(stored({ authority, next: other, leaf }));
    assert.equal(step.kind, 'trust');
    assert.equal(step.reason, 'The authority is not registered for drift.holdfast.dev');
    assert.deepEqual(bundleOf(step), [fingerprint(other), fingerprint(authority)]);
  });

  it('keeps authorities that it does not know while it rotates, but none that are over', async () => {
    const foreign = plan({ webhooks: [webhook(other)] });
    assert.deepEqual(bundleOf(foreign), [fingerprint(authority), fingerprint(other)]);
    const later = madeAtMs + 31 * DAY_MS;
    const next = await issueFromPool('later').issueAuthority({ nowMs: later, days: 30 });
    const secret = { ...CHOSEN, stored: { next, leaf } };
    const step = plan({ secret, nowMs: later, webhooks: [webhook(authority)] });
    assert.deepEqual([step.kind, bundleOf(step)], ['trust', [fingerprint(next)]]);
  });

  it('registers for a webhook that has no caBundle, or lacks one of several', () => {
    assert.deepEqual(bundleOf(plan({ webhooks: [webhook()] })), [fingerprint(authority)]);
    const one = plan({
      webhooks: [webhook(authority), { ...webhook(), name: 'self.holdfast.dev' }],
    });
    assert.equal(one.reason, 'The authority is not registered for self.holdfast.dev');
  });

  it('bounds what it registers, and never leaves its own out', async () => {
    const many = await Promise.all(
      Array.from({ length: 17 }, (_, index) =>
        issueFromPool('many').issueLeaf(other, {
          nowMs: madeAtMs,
          days: 9,
          names: { dnsNames: [`n${String(index)}.test`], ipAddresses: [] },
        }),
      ),
    );
    const bundle = bundleOf(plan({ webhooks: [webhook(...many)] }));
    assert.deepEqual([bundle.length, bundle[0]], [16, fingerprint(authority)]);
  });

  it('signs by the next authority once it is registered and known to API servers', () => {
    const rotating = stored({ authority, next: other, leaf });
    const webhooks = [webhook(authority, other)];
    assert.deepEqual(plan({ ...rotating, webhooks, unchangedMs: 9999 }), {
      kind: 'wait',
      reason: 'API servers learn of the authority that was registered',
    });
    assert.deepEqual(plan({ ...rotating, webhooks, unchangedMs: 10_000 }), {
      kind: 'make-leaf',
      reason: 'Another authority has signed the certificate',
      authority: other,
    });
  });

  it('makes a leaf at once where what is served works for nobody', () => {
    const cases: readonly [string, Partial<RotationInput>][] = [
      ['There is no certificate that can be read', stored({ authority })],
      [
        'The key does not belong to the certificate',
        stored({ authority, leaf: { ...leaf, keyPem: other.keyPem } }),
      ],
      ['The certificate is not valid now', { nowMs: madeAtMs + 9 * DAY_MS }],
      ['Another authority has signed the certificate', stored({ authority, leaf: otherLeaf })],
    ];
    for (const [reason, overrides] of cases) {
      const step = plan({ unchangedMs: 0, reached: 'no', ...overrides });
      assert.deepEqual(step, { kind: 'make-leaf', reason, authority });
    }
  });

  it('renews a leaf at two thirds of its life, or of a shorter one that the settings want', () => {
    const reason = 'Two thirds of its life are over';
    const at = (days: number, overrides: Partial<RotationInput> = {}) =>
      plan({ nowMs: madeAtMs + days * DAY_MS, ...overrides });
    assert.equal(at(5.99).kind, 'none');
    assert.deepEqual(at(6), { kind: 'make-leaf', reason, authority });
    assert.equal(
      at(2.1, { settings: { ...settings, leafLifetimeMs: 3 * DAY_MS } }).kind,
      'make-leaf',
    );
  });

  it('makes a leaf that lacks a name, and keeps one that has more', () => {
    const wider = { dnsNames: [...names.dnsNames, 'second.test'], ipAddresses: ['::1'] };
    assert.equal(plan({ names: wider }).reason, 'It lacks the names second.test, ::1');
    assert.equal(plan({ names: { dnsNames: [], ipAddresses: [] } }).kind, 'none');
  });

  it('does not renew while the API server cannot reach it, until there is no time left', () => {
    const at = (days: number) => plan({ nowMs: madeAtMs + days * DAY_MS, reached: 'no' });
    assert.deepEqual(at(6), {
      kind: 'blocked',
      reason: 'The API server gets no answer of Holdfast, although it trusts what is served',
      remedy: 'Run holdfast doctor, and look at the network between the API server and the pods',
    });
    assert.equal(at(7.5).kind, 'make-leaf');
    assert.equal(plan({ nowMs: madeAtMs + 6 * DAY_MS, reached: 'unknown' }).kind, 'make-leaf');
    const unregistered = { nowMs: madeAtMs + 6 * DAY_MS, reached: 'no', webhooks: [] } as const;
    assert.equal(plan(unregistered).kind, 'make-leaf');
  });

  it('takes the old authority out when every replica serves the new certificate, and not before', () => {
    const webhooks = [webhook(authority, other)];
    assert.deepEqual(plan({ webhooks, nowMs: madeAtMs + DAY_MS - 1 }), {
      kind: 'wait',
      reason: 'The old authority stays for a while (certificates.overlapMs)',
    });
    const replicas = [
      { replica: 'holdfast-0', fingerprint: fingerprint(leaf) },
      { replica: 'holdfast-1', fingerprint: fingerprint(otherLeaf) },
    ];
    assert.deepEqual(plan({ webhooks, replicas }), {
      kind: 'blocked',
      reason: 'holdfast-1 does not serve the new certificate yet',
      remedy:
        'Look at the log of holdfast-1; a replica that is gone is forgotten after ten minutes',
    });
    assert.equal(plan({ webhooks, reached: 'no' }).kind, 'blocked');
    const step = plan({ webhooks });
    assert.equal(step.kind, 'distrust');
    assert.deepEqual(bundleOf(step), [fingerprint(authority)]);
  });

  it('never takes out the authority that has signed what is served, whatever else is wrong', () => {
    const variants: readonly Partial<RotationInput>[] = [
      {},
      stored({ authority, next: other, leaf }),
      stored({ authority: other, next: authority, leaf }),
      { nowMs: madeAtMs + 20 * DAY_MS },
      { reached: 'no' },
      { unchangedMs: 0 },
      { replicas: [] },
    ];
    for (const overrides of variants) {
      for (const webhooks of [[webhook()], [webhook(other)], [webhook(authority, other)]]) {
        const step = plan({ ...overrides, webhooks });
        if (!('bundlePem' in step)) continue;
        assert.ok(bundleOf(step).includes(fingerprint(authority)), JSON.stringify(step.reason));
      }
    }
  });
});
