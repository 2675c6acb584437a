import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CertificateFacts } from '../../../src/certificates/certificate-facts.ts';
import { planCertificates } from '../../../src/certificates/plan-certificates.ts';

type Readable = Extract<CertificateFacts, { status: 'readable' }>;

const DAY_MS = 86_400_000;
const nowMs = Date.UTC(2026, 10, 21);
const names = { dnsNames: ['holdfast.holdfast-system.svc'], ipAddresses: ['127.0.0.1'] };

const goodAuthority: Readable = {
  status: 'readable',
  notBeforeMs: nowMs - DAY_MS,
  notAfterMs: nowMs + 300 * DAY_MS,
  isAuthority: true,
  keyMatches: true,
  issuedByAuthority: true,
  dnsNames: [],
  ipAddresses: [],
};
const goodLeaf: Readable = { ...goodAuthority, isAuthority: false, ...names };

function plan(
  overrides: { authority?: CertificateFacts; leaf?: CertificateFacts; force?: boolean } = {},
) {
  return planCertificates({
    authority: goodAuthority,
    leaf: goodLeaf,
    names,
    nowMs,
    force: false,
    ...overrides,
  });
}

const KEPT = {
  regenerate: false,
  reason: 'It is good until 2027-09-17 and due for renewal in 199 days',
};
const FOLLOWS = {
  regenerate: true,
  reason: 'The authority is issued anew, so is everything it signs',
};

describe('planCertificates', () => {
  it('keeps what is good and says until when', () => {
    assert.deepEqual(plan(), { authority: KEPT, leaf: KEPT });
  });

  const commonProblems: readonly (readonly [string, CertificateFacts, string])[] = [
    ['is missing', { status: 'missing' }, 'There is none'],
    ['is damaged', { status: 'damaged', reason: 'no PEM' }, 'It is damaged: no PEM'],
    [
      'has another key',
      { ...goodLeaf, isAuthority: true, keyMatches: false },
      'The key does not belong to the certificate',
    ],
    [
      'is of the future',
      { ...goodLeaf, isAuthority: true, notBeforeMs: nowMs + 1 },
      'It is valid only from 2026-11-21',
    ],
    [
      'has expired',
      { ...goodLeaf, isAuthority: true, notAfterMs: nowMs },
      'It expired on 2026-11-21',
    ],
    [
      'is past two thirds of its life',
      {
        ...goodLeaf,
        isAuthority: true,
        notBeforeMs: nowMs - 60 * DAY_MS,
        notAfterMs: nowMs + 30 * DAY_MS,
      },
      'Two thirds of its life are over',
    ],
  ];
  for (const [name, facts, reason] of commonProblems) {
    it(`issues authority and leaf anew where the authority ${name}`, () => {
      assert.deepEqual(plan({ authority: facts }), {
        authority: { regenerate: true, reason },
        leaf: FOLLOWS,
      });
    });
    it(`issues only the leaf anew where it ${name}`, () => {
      assert.deepEqual(plan({ leaf: facts }), {
        authority: KEPT,
        leaf: { regenerate: true, reason },
      });
    });
  }

  it('does not accept a leaf as an authority', () => {
    assert.deepEqual(plan({ authority: goodLeaf }).authority, {
      regenerate: true,
      reason: 'It may not sign other certificates (basicConstraints)',
    });
  });

  it('issues a leaf anew that another authority signed', () => {
    assert.deepEqual(plan({ leaf: { ...goodLeaf, issuedByAuthority: false } }).leaf, {
      regenerate: true,
      reason: 'It is not signed by the authority beside it',
    });
  });

  it('issues a leaf anew that lacks a wanted name, and names what it lacks', () => {
    assert.deepEqual(plan({ leaf: { ...goodLeaf, dnsNames: ['a.test'], ipAddresses: [] } }).leaf, {
      regenerate: true,
      reason: 'It lacks the names holdfast.holdfast-system.svc, 127.0.0.1',
    });
  });

  it('keeps a leaf that has more names than are wanted', () => {
    const leaf = { ...goodLeaf, dnsNames: [...names.dnsNames, 'old.test'] };
    assert.equal(plan({ leaf }).leaf.regenerate, false);
  });

  it('issues everything anew when forced', () => {
    assert.deepEqual(plan({ force: true }), {
      authority: { regenerate: true, reason: 'A new one was asked for' },
      leaf: FOLLOWS,
    });
  });

  it('renews exactly from two thirds of the life on, whatever its length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 4000 }),
        fc.integer({ min: 0, max: 100 }),
        (days, age) => {
          const notBeforeMs = nowMs - (days * DAY_MS * age) / 100;
          const leaf = { ...goodLeaf, notBeforeMs, notAfterMs: notBeforeMs + days * DAY_MS };
          assert.equal(plan({ leaf }).leaf.regenerate, age >= 67);
        },
      ),
    );
  });
});
