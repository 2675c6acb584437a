import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actOnRotation, isActing } from '../../../src/certificates/rotation-actor.ts';
import type { ActingInput, ActingStep } from '../../../src/certificates/rotation-actor.ts';
import type { Writing } from '../../../src/certificates/certificate-cluster.ts';

const pair = (name: string) => ({ certificatePem: `${name}.crt`, keyPem: `${name}.key` });
const webhooks = [{ name: 'a', authorities: [], hasBundle: true }];
const validating = {
  resource: 'validatingwebhookconfigurations',
  resourceVersion: '1',
  webhooks,
} as const;
const mutating = { ...validating, resource: 'mutatingwebhookconfigurations' } as const;

async function act(
  step: ActingStep,
  overrides: Partial<ActingInput> = {},
  result: Writing = { ok: true },
) {
  const calls: unknown[] = [];
  const outcome = await actOnRotation(step, {
    cluster: {
      writeSecret: (stored, version) => {
        calls.push(['secret', stored, version]);
        return Promise.resolve(result);
      },
      applyBundle: ({ resource }, bundlePem) => {
        calls.push([resource, bundlePem]);
        return Promise.resolve(result);
      },
    },
    issuer: {
      issueAuthority: ({ nowMs, days }) => Promise.resolve(pair(`authority ${nowMs} ${days}`)),
      issueLeaf: (authority, { nowMs, days, names }) =>
        Promise.resolve(
          pair(`leaf of ${authority.keyPem} ${nowMs} ${days} ${names.dnsNames.join(' ')}`),
        ),
    },
    secret: { status: 'ours', resourceVersion: '7', stored: {} },
    registered: [validating, mutating],
    names: { dnsNames: ['n'], ipAddresses: [] },
    nowMs: 5,
    settings: { authorityLifetimeMs: 2 * 86_400_000, leafLifetimeMs: 43_200_000 },
    ...overrides,
  });
  return { calls, outcome };
}

describe('actOnRotation', () => {
  it('writes a new authority beside what is kept, and makes the Secret where there is none', async () => {
    const kept = { authority: pair('old'), leaf: pair('leaf') };
    const step = { kind: 'make-authority', reason: '', kept } as const;
    const next = pair('authority 5 2');
    assert.deepEqual(await act(step), {
      calls: [['secret', { ...kept, next }, '7']],
      outcome: { ok: true },
    });
    const made = await act({ ...step, kept: {} }, { secret: { status: 'absent' } });
    assert.deepEqual(made.calls, [['secret', { next }, undefined]]);
  });

  it('writes the authority that signs in the place of the old one, with its leaf', async () => {
    const authority = pair('next');
    const { calls } = await act({ kind: 'make-leaf', reason: '', authority });
    const leaf = pair('leaf of next.key 5 0.5 n');
    assert.deepEqual(calls, [['secret', { authority, leaf }, '7']]);
  });

  it('registers in each configuration that has webhooks of ours, and stops at the first refusal', async () => {
    for (const kind of ['trust', 'distrust'] as const) {
      const step = { kind, reason: '', bundlePem: 'PEM' };
      const both = await act(step);
      assert.deepEqual(both.calls, [
        ['validatingwebhookconfigurations', 'PEM'],
        ['mutatingwebhookconfigurations', 'PEM'],
      ]);
      const empty = { ...validating, webhooks: [] };
      const one = await act(step, { registered: [empty, mutating] });
      assert.deepEqual(one.calls, [['mutatingwebhookconfigurations', 'PEM']]);
      const refused = await act(step, {}, { ok: false, reason: 'conflict' });
      assert.equal(refused.calls.length, 1);
      assert.deepEqual(refused.outcome, { ok: false, reason: 'conflict' });
    }
  });
});

describe('isActing', () => {
  it('tells steps from waiting', () => {
    const step = (kind: 'none' | 'wait') => isActing({ kind, reason: '' });
    assert.deepEqual([step('none'), step('wait')], [false, false]);
    assert.equal(isActing({ kind: 'blocked', reason: '', remedy: '' }), false);
    assert.equal(isActing({ kind: 'trust', reason: '', bundlePem: '' }), true);
  });
});
