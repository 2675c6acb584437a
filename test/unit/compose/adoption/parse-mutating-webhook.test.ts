import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMutatingWebhooks } from '../../../../src/compose/adoption/parse-mutating-webhook.ts';

const metadata = { name: 'sidecar' };

test('a configuration has webhooks, each with its rules and what happens without it', () => {
  assert.deepEqual(
    parseMutatingWebhooks({
      metadata,
      webhooks: [
        {
          name: 'a',
          failurePolicy: 'Ignore',
          timeoutSeconds: 3,
          reinvocationPolicy: 'IfNeeded',
          objectSelector: { matchLabels: { a: 'b' } },
          rules: [{ apiGroups: [''], resources: ['pods'], operations: ['CREATE'] }, {}],
        },
        { name: 'b', namespaceSelector: { matchExpressions: [{}] } },
        { name: 'c', namespaceSelector: {}, objectSelector: null, rules: null },
      ],
    }),
    [
      {
        configuration: 'sidecar',
        name: 'a',
        failurePolicy: 'Ignore',
        timeoutSeconds: 3,
        reinvocationPolicy: 'IfNeeded',
        rules: [
          { groups: [''], resources: ['pods'], operations: ['CREATE'] },
          { groups: [], resources: [], operations: [] },
        ],
        isLimited: true,
      },
      ...['b', 'c'].map((name) => ({
        configuration: 'sidecar',
        name,
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
        reinvocationPolicy: 'Never',
        rules: [],
        isLimited: name === 'b',
      })),
    ],
  );
});

test('a configuration without webhooks has none, and what has another form is not known', () => {
  assert.deepEqual(parseMutatingWebhooks({ metadata }), []);
  for (const value of [undefined, {}, { metadata, webhooks: [{}] }]) {
    assert.equal(parseMutatingWebhooks(value), undefined);
  }
});
