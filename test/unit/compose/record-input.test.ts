import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValueHider } from '../../../src/audit/hide-values.ts';
import { createInputRecorder } from '../../../src/compose/record-input.ts';
import { sampleActor, sampleObject, sampleRequest } from '../../support/admission-samples.ts';

const KEY = Buffer.alloc(32, 1);

function recorder(paths: readonly string[] = [], bytesMax = 10_000) {
  const { hideIn } = createValueHider({ paths, key: KEY });
  return createInputRecorder({ hideIn, bytesMax });
}

test('what is recorded is the request and its facts, but for the inventory', () => {
  const request = sampleRequest();
  const facts = { actor: sampleActor(), object: sampleObject() };

  const input = recorder()(request, { ...facts, inventory: { cluster: {}, namespace: {} } }, 100);

  assert.deepEqual(input, { request: { ...request, oldObject: undefined }, facts });
});

test('no value of a Secret is recorded, and equal ones stay equal', () => {
  const secret = (password: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a', namespace: 'shop' },
    data: { password: Buffer.from(password).toString('base64'), same: 'c2FtZQ==' },
  });
  const request = sampleRequest({
    operation: 'UPDATE',
    kind: { group: '', version: 'v1', kind: 'Secret' },
    object: secret('hunter2'),
    oldObject: secret('hunter1'),
  });

  const input = recorder()(request, {}, 100);

  assert.ok(input !== 'too-large');
  const text = JSON.stringify(input);
  for (const value of ['hunter1', 'hunter2', 'same']) {
    assert.ok(!text.includes(Buffer.from(value).toString('base64')), value);
  }
  const { object, oldObject } = input.request as Record<string, { data: Record<string, string> }>;
  assert.equal(object?.data['same'], oldObject?.data['same']);
  assert.notEqual(object?.data['password'], oldObject?.data['password']);
});

test('hidden paths and tokens are no part of it, in objects, namespaces and the user', () => {
  const token = `eyJ${'a'.repeat(20)}.b.c`;
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { note: `Bearer ${token}` } },
    data: { licence: 'key-123' },
  };
  const request = sampleRequest({
    object,
    userInfo: {
      username: 'alice',
      extra: { 'authentication.kubernetes.io/credential-id': ['JTI=abc'] },
    },
  });
  const namespace = { ...object, kind: 'Namespace' };

  const input = recorder(['data.licence'])(request, { namespace }, 100);

  const text = JSON.stringify(input);
  for (const value of ['key-123', token, 'JTI=abc']) assert.ok(!text.includes(value), value);
});

test('a request that is larger is not scrubbed, and not recorded', () => {
  assert.equal(recorder([], 99)(sampleRequest(), {}, 100), 'too-large');
});
