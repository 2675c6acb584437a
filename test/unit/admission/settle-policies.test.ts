import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settlePolicies, type ReadNamespace } from '../../../src/admission/settle-policies.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import {
  sampleDescriptor,
  sampleRequest,
  sampleSettings,
} from '../../support/admission-samples.ts';

const one = sampleDescriptor({ name: 'one' });
const two = sampleDescriptor({ name: 'two' });
const namespace = (labels?: Record<string, string>) => ({ metadata: { name: 'shop', labels } });
const core = { group: '', version: 'v1', kind: 'Namespace' };

/** `two` is off where the stage is dev. */
const settings = sampleSettings({
  readsLabels: () => true,
  settingOf: ({ name }, { labels }) => {
    const isDev = labels?.every((each) => each['stage'] === 'dev') === true;
    return { mode: name === 'two' && isDev ? 'off' : 'enforce', failure: 'deny' };
  },
});

const known =
  (value: ReturnType<typeof namespace> | null): ReadNamespace =>
  () => ({ status: 'known', value });

function neverAsked(): never {
  throw new Error('No namespace must be read');
}

const settle = (request: AdmissionRequest, readNamespace: ReadNamespace) =>
  settlePolicies([one, two], request, { settings, readNamespace });

describe('settlePolicies()', () => {
  it('reads no namespace where labels decide nothing', async () => {
    const answers = [undefined, sampleSettings()].map((each) =>
      settlePolicies([one], sampleRequest(), { settings: each, readNamespace: neverAsked }),
    );

    assert.deepEqual(await Promise.all(answers), [{ policies: [one] }, { policies: [one] }]);
  });

  it('leaves out what is off by the labels of the namespace', async () => {
    const settled = await settle(sampleRequest(), known(namespace({ stage: 'dev' })));

    assert.deepEqual(settled, {
      policies: [one],
      place: { namespace: 'shop', labels: [{ stage: 'dev' }] },
    });
  });

  for (const [what, answer] of [
    ['is unavailable', { status: 'unavailable', code: 'lookup_failed', reason: 'no answer' }],
    ['is not there', { status: 'known', value: null }],
  ] as const) {
    it(`keeps every policy where the namespace ${what}`, async () => {
      const settled = await settle(sampleRequest(), () => Promise.resolve(answer));

      assert.deepEqual(settled, { policies: [one, two], place: { namespace: 'shop' } });
    });
  }

  it('takes labels that are no texts for none', async () => {
    const broken = { metadata: { name: 'shop', labels: { stage: 1 } } };
    const settled = await settle(sampleRequest(), () => ({
      status: 'known',
      // What an API server never sends.
      value: JSON.parse(JSON.stringify(broken)),
    }));

    assert.deepEqual(settled.place, { namespace: 'shop', labels: [{}] });
    assert.deepEqual(settled.policies, [one, two]);
  });

  for (const [what, states, labels] of [
    ['is made by its own', { object: namespace({ stage: 'dev' }) }, [{ stage: 'dev' }]],
    [
      'changes by what it was and what it becomes',
      { oldObject: namespace({ stage: 'dev' }), object: namespace() },
      [{ stage: 'dev' }, {}],
    ],
    [
      'is deleted by what it was',
      { oldObject: namespace({ stage: 'dev' }), object: null },
      [{ stage: 'dev' }],
    ],
    ['comes without an object by nothing', { object: undefined, oldObject: undefined }, undefined],
  ] as const) {
    it(`judges a Namespace that ${what}`, async () => {
      const request = sampleRequest({ kind: core, namespace: 'shop', ...states });

      const { place } = await settle(request, neverAsked);

      assert.deepEqual(place, { namespace: 'shop', ...(labels && { labels }) });
    });
  }

  it('does not take an object of another group for a Namespace', async () => {
    const kind = { group: 'example.com', version: 'v1', kind: 'Namespace' };
    const request = sampleRequest({ kind, object: namespace({ stage: 'dev' }) });

    const { place } = await settle(request, known(null));

    assert.deepEqual(place, { namespace: 'shop' });
  });
});
