import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registriesSchema } from '../../../../src/image/registry/settings.ts';

function read(cloudCredentials: unknown) {
  const parsed = registriesSchema.safeParse({ cloudCredentials });
  return parsed.success
    ? parsed.data.cloudCredentials
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('no cloud is asked unless it is named', () => {
  assert.deepEqual(registriesSchema.parse({}).cloudCredentials, []);
});

test('a cloud is named for all of its registries, or for some', () => {
  const entries = [
    { provider: 'ecr', registries: ['123456789012.dkr.ecr.eu-west-1.amazonaws.com'] },
    { provider: 'acr', registries: ['myshop.azurecr.io', 'other.azurecr.io'] },
    { provider: 'gcp' },
  ];
  assert.deepEqual(read(entries), entries);
  const gcp = [{ provider: 'gcp', registries: ['europe-west1-docker.pkg.dev', 'gcr.io'] }];
  assert.deepEqual(read(gcp), gcp);
});

test('a registry that is none of its cloud would be asked anonymously, and is refused', () => {
  const issue = 'cloudCredentials.0.registries.0: ';
  assert.deepEqual(read([{ provider: 'ecr', registries: ['public.ecr.aws'] }]), [
    `${issue}"public.ecr.aws" is no private registry of Amazon ECR`,
  ]);
  assert.deepEqual(read([{ provider: 'acr', registries: ['mcr.microsoft.com'] }]), [
    `${issue}"mcr.microsoft.com" is no private registry of Azure`,
  ]);
  assert.deepEqual(read([{ provider: 'gcp', registries: ['gcr.io:443'] }]), [
    `${issue}"gcr.io:443" is no private registry of Google Cloud`,
  ]);
});

test('a cloud that is named twice, an empty list and a cloud that is none are refused', () => {
  assert.deepEqual(read([{ provider: 'gcp' }, { provider: 'ecr' }, { provider: 'gcp' }]), [
    'cloudCredentials.2.provider: "gcp" is named twice: list its registries in one entry',
  ]);
  for (const entries of [
    [{ provider: 'gcp', registries: [] }],
    [{ provider: 'aws' }],
    [{}],
    [{ provider: 'gcp', region: 'eu' }],
    'gcp',
  ]) {
    assert.ok(read(entries).length > 0, JSON.stringify(entries));
  }
});
