import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { judgeWithoutRegistry } from '../../../src/compose/judge-without-registry.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { describeImages } from '../../../src/image/images-fact.ts';

const { images } = configurationSchema.parse({
  images: {
    authorities: [{ name: 'release', keyFiles: ['cosign.pub'] }],
    rules: [{ name: 'shop', images: ['registry.example.com/shop'], authorities: ['release'] }],
  },
});

test('an image that a rule names is unavailable, and every other one as without a rule', async () => {
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const pod = (names: readonly string[]) => ({
    metadata: { name: 'web' },
    spec: { containers: names.map((image) => ({ name: 'app', image })) },
  });
  const [named, other] = ['registry.example.com/shop:2', 'registry.example.com/other:1'];
  const object = pod(['registry.example.com/shop:1', named, other, 'a b']);
  const facts = describeImages({
    resource,
    object,
    oldObject: pod(['registry.example.com/shop:1']),
  });
  const asked = { request: { resource, object }, deadlineAtMs: monotonicMs(0) };
  const judged = await judgeWithoutRegistry(images)(facts, asked);
  assert.deepEqual(
    judged.map(({ signature }) => signature),
    [
      undefined,
      {
        status: 'unavailable',
        rule: 'shop',
        reason: 'Registries are asked by a serving process alone, and by holdfast verify image',
        mode: 'deny',
      },
      { status: 'unjudged' },
      undefined,
    ],
  );
});
