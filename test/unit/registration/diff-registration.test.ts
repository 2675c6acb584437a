import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffRegistration, webhooksOf } from '../../../src/registration/diff-registration.ts';

const WEBHOOK = {
  name: 'drift.holdfast.dev',
  failurePolicy: 'Fail',
  rules: [{ operations: ['CREATE'] }],
  clientConfig: { url: 'https://10.0.0.5:8443/validate' },
};
const PLANNED = {
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'holdfast', labels: { a: 'b' } },
  webhooks: [WEBHOOK],
};
/** As the API server gives it back. */
const STORED = { ...WEBHOOK, namespaceSelector: {}, objectSelector: {} };
const LIVE = {
  metadata: { name: 'holdfast', labels: { a: 'b', other: 'c' }, resourceVersion: '1' },
  webhooks: [STORED],
};

function diffWith(webhooks: readonly unknown[], planned: object = WEBHOOK) {
  return diffRegistration({ ...PLANNED, webhooks: [planned] }, { ...LIVE, webhooks });
}

describe('diffRegistration', () => {
  it('finds what is absent, and what is the same but for defaults and notes of others', () => {
    assert.deepEqual(diffRegistration(PLANNED, undefined), { status: 'absent' });
    assert.deepEqual(diffRegistration(PLANNED, LIVE), { status: 'same' });
  });

  it('leaves caBundle to others where no authority is planned, and compares it where one is', () => {
    const clientConfig = { ...WEBHOOK.clientConfig, caBundle: 'QQ==' };
    assert.deepEqual(diffWith([{ ...STORED, clientConfig }]), { status: 'same' });
    const ours = { ...WEBHOOK, clientConfig: { ...clientConfig, caBundle: 'Qg==' } };
    assert.deepEqual(diffWith([{ ...STORED, clientConfig }], ours), {
      status: 'different',
      places: ['drift.holdfast.dev: clientConfig'],
      narrowings: [],
    });
  });

  it('finds what somebody added, which narrows without touching what is planned', () => {
    const narrowed = {
      ...STORED,
      objectSelector: { matchLabels: { a: 'b' } },
      matchConditions: [],
    };
    assert.deepEqual(diffWith([narrowed, { name: 'other.example.com' }]), {
      status: 'different',
      places: [
        'drift.holdfast.dev: objectSelector',
        'drift.holdfast.dev: matchConditions',
        'other.example.com: not ours',
      ],
      narrowings: [
        'drift.holdfast.dev asks about other requests (matchConditions)',
        'drift.holdfast.dev asks about other requests (objectSelector)',
        'other.example.com is registered no more',
      ],
    });
  });

  it('tells of a plan that lets through what cannot be judged', () => {
    assert.deepEqual(diffWith([STORED], { ...WEBHOOK, failurePolicy: 'Ignore' }), {
      status: 'different',
      places: ['drift.holdfast.dev: failurePolicy'],
      narrowings: ['drift.holdfast.dev lets through what cannot be judged'],
    });
    assert.deepEqual(diffWith([{ ...STORED, failurePolicy: 'Ignore' }]), {
      status: 'different',
      places: ['drift.holdfast.dev: failurePolicy'],
      narrowings: [],
    });
  });

  it('finds a webhook that is gone, labels and annotations', () => {
    const live = { metadata: { annotations: 'none' }, webhooks: 'none' };
    const planned = {
      ...PLANNED,
      metadata: { name: 'holdfast', labels: { a: 'b' }, annotations: { c: 'd' } },
    };
    assert.deepEqual(diffRegistration(planned, live), {
      status: 'different',
      places: ['drift.holdfast.dev: absent', 'metadata.labels: a', 'metadata.annotations: c'],
      narrowings: [],
    });
    assert.deepEqual(diffRegistration({ webhooks: [] }, { metadata: 1 }), { status: 'same' });
  });

  it('reads a client that is no object as it stands', () => {
    assert.deepEqual(diffWith([{ ...STORED, clientConfig: 1 }], { ...WEBHOOK, clientConfig: 1 }), {
      status: 'same',
    });
  });
});

it('webhooksOf skips what is no webhook', () => {
  assert.deepEqual([...webhooksOf({ webhooks: [1, { name: 'a' }] }).keys()], ['a']);
});
