import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseChallenges } from '../../../../src/image/registry/parse-challenges.ts';

function read(header: string | undefined) {
  return parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);
}

test('parseChallenges() reads what registries send', () => {
  assert.deepEqual(
    read(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
      ],
    ],
  );
  assert.deepEqual(read('BASIC Realm = plain'), [['basic', { realm: 'plain' }]]);
  assert.deepEqual(read('Negotiate, Basic realm="a \\"b\\"", charset="UTF-8" , Bearer realm="c"'), [
    ['negotiate', {}],
    ['basic', { realm: 'a "b"', charset: 'UTF-8' }],
    ['bearer', { realm: 'c' }],
  ]);
});

test('parseChallenges() leaves out what it cannot read, and a second value for one name', () => {
  assert.deepEqual(read(undefined), []);
  assert.deepEqual(read('"'), []);
  assert.deepEqual(read('realm="a"'), []);
  assert.deepEqual(read('Bearer realm="a'), [['bearer', {}]]);
  assert.deepEqual(read('Bearer realm="a", realm="b"'), [['bearer', { realm: 'a' }]]);
});

test('parseChallenges() ends for any text', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', 'B', '=', '"', ',', '\\', ' ', '\t', '!', 'é'),
        maxLength: 200,
      }),
      (text) => {
        assert.ok(parseChallenges(text).length <= text.length);
      },
    ),
  );
});
