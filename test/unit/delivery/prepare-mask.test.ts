import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskRecord } from '../../../src/delivery/mask-record.ts';
import { prepareMask } from '../../../src/delivery/prepare-mask.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

const record = sampleRecord(1);

test('prepareMask() needs no key where nothing is hashed', async () => {
  const prepared = await prepareMask({ drop: ['message'], hash: [] }, {});

  assert.ok(prepared.ok);
  assert.equal(prepared.mask(record).message, '[masked]');
});

test('prepareMask() hashes with the key that the environment has now', async () => {
  const settings = { drop: [], hash: ['user.username'], key: { env: 'MASK_KEY' } } as const;

  for (const key of ['first', 'second']) {
    const prepared = await prepareMask(settings, { MASK_KEY: key });
    assert.ok(prepared.ok);
    assert.deepEqual(prepared.mask(record), maskRecord(record, { ...settings, key }));
  }
});

test('prepareMask() gives a reason instead of a mask without its key', async () => {
  const settings = { drop: [], hash: ['user.username'], key: { env: 'MASK_KEY' } } as const;

  assert.deepEqual(await prepareMask(settings, {}), {
    ok: false,
    reason: 'The key of the mask cannot be read: The environment variable "MASK_KEY" is not set',
  });
});
