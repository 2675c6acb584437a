import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudUnavailable } from '../../../../../src/image/registry/providers/cloud-provider.ts';

test('cloudUnavailable() names the provider, the place and the remedy, and is asked again', () => {
  assert.deepEqual(
    cloudUnavailable('ecr', {
      problem: 'sts.eu-west-1.amazonaws.com answers with AccessDenied (status 403)',
      remedy: 'let the trust policy name the service account',
    }),
    {
      status: 'unavailable',
      reason:
        'The provider ecr has no credential: sts.eu-west-1.amazonaws.com answers with AccessDenied (status 403); let the trust policy name the service account',
      retryAfterMs: 10_000,
    },
  );
});
