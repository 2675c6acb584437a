import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImagePath } from '../../../src/image/parse-image-path.ts';

test('parseImagePath() splits keys, and keeps * as it is', () => {
  assert.deepEqual(parseImagePath('spec.template.spec'), {
    ok: true,
    path: ['spec', 'template', 'spec'],
  });
  assert.deepEqual(parseImagePath('spec.steps.*.image_2.x-y'), {
    ok: true,
    path: ['spec', 'steps', '*', 'image_2', 'x-y'],
  });
});

test('parseImagePath() says what is wrong, and how it is written', () => {
  for (const [text, reason] of [
    ['', 'a key is empty'],
    ['spec..image', 'a key is empty'],
    ['spec.image.', 'a key is empty'],
    ['.spec.image', 'it begins with a key, as in spec.template.spec'],
    ['$.spec.image', 'it begins with a key, as in spec.template.spec'],
    ['{.spec.image}', 'it begins with a key, as in spec.template.spec'],
    ['spec.a[*].image', 'write .* for the items of a list, as in spec.containers.*.image'],
    ['spec.a[0].image', 'write .* for the items of a list, as in spec.containers.*.image'],
    ['*.image', 'it begins with a key of the object, and not with *'],
    ['spec.**.image', '"**" is neither a key nor *, which stands alone between dots'],
    ['spec.a*', '"a*" is neither a key nor *, which stands alone between dots'],
    ['spec.my image', '"my image" is no key: expected letters, digits, "-" or "_"'],
    ['spec/image', '"spec/image" is no key: expected letters, digits, "-" or "_"'],
    [Array.from({ length: 33 }, () => 'a').join('.'), 'it has more than 32 keys'],
  ] as const) {
    assert.deepEqual(parseImagePath(text), { ok: false, reason }, text);
  }
});
