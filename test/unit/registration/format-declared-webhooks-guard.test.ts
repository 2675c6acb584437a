import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatDeclaredWebhooksGuard } from '../../../src/registration/format-declared-webhooks-guard.ts';

// What each expression means, test/cluster/guards.test.ts asks a real API server.
it('formatDeclaredWebhooksGuard asks service accounts with a token, and compares each field of each webhook but the caBundle', () => {
  const rules = [{ apiGroups: ['g'] }];
  const other = { name: 'other', expression: 'true' };
  const guard = formatDeclaredWebhooksGuard({ rules, matchConditions: [other] });
  assert.deepEqual(
    [guard.rules, guard.matchConditions.map(({ name }) => name), guard.action],
    [rules, ['a-service-account', 'other'], 'Deny'],
  );
  const compared = [...guard.isPassed.matchAll(/n\.(?<path>[\w.?]+) == o\.\k<path>/gu)];
  assert.deepEqual(
    compared.map(({ groups }) => groups?.['path']?.replaceAll('?', '')),
    [
      'name',
      'admissionReviewVersions',
      'failurePolicy',
      'matchConditions',
      'matchPolicy',
      'namespaceSelector',
      'objectSelector',
      'reinvocationPolicy',
      'rules',
      'sideEffects',
      'timeoutSeconds',
      'clientConfig.service',
      'clientConfig.url',
    ],
  );
  assert.equal(guard.isPassed.includes('caBundle'), false);
});
