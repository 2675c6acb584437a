import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatReplayedCase } from '../../../../src/cli/service/format-replay.ts';
import type { ReplayedCase } from '../../../../src/compose/replay.ts';

const plain = { color: false, time: '03:00:00' };

function replayed(
  request: Record<string, unknown>,
  answer: Partial<Omit<ReplayedCase, 'recorded'>> = {},
): ReplayedCase {
  return {
    recorded: {
      action: 'a',
      expect: 'allow',
      review: {
        request: {
          uid: 'u',
          operation: 'UPDATE',
          resource: { group: 'apps', resource: 'deployments' },
          namespace: 'shop',
          name: 'checkout',
          userInfo: { username: 'alice' },
          ...request,
        },
      },
    },
    allowed: true,
    message: '',
    warnings: [],
    ...answer,
  };
}

describe('formatReplayedCase()', () => {
  const user = (name: string) => name.padEnd(44);
  const table: readonly [string, ReplayedCase, string][] = [
    [
      'an allow in one line',
      replayed({}),
      `03:00:00 allow ${user('alice')} update deployments.apps shop/checkout`,
    ],
    [
      'a denial with its reasons below',
      replayed({}, { allowed: false, message: 'one\ntwo' }),
      `03:00:00 DENY  ${user('alice')} update deployments.apps shop/checkout\n` +
        '               │ one\n               │ two',
    ],
    [
      'warnings as kubectl shows them',
      replayed({}, { warnings: ['careful'] }),
      `03:00:00 allow ${user('alice')} update deployments.apps shop/checkout\n` +
        '               │ Warning: careful',
    ],
    [
      'a service account by namespace and name',
      replayed({ userInfo: { username: 'system:serviceaccount:argocd:controller' } }),
      `03:00:00 allow ${user('argocd/controller')} update deployments.apps shop/checkout`,
    ],
    [
      'a subresource of the core group, dry run',
      replayed({
        resource: { group: '', resource: 'pods' },
        subResource: 'eviction',
        dryRun: true,
      }),
      `03:00:00 allow ${user('alice')} update (dry run) pods/eviction shop/checkout`,
    ],
    [
      'an item of a collection by the name of its object',
      replayed({ name: '', oldObject: { metadata: { name: 'a' } } }),
      `03:00:00 allow ${user('alice')} update deployments.apps shop/a`,
    ],
    [
      'a generated name by its prefix',
      replayed({ name: undefined, object: { metadata: { generateName: 'a-' } } }),
      `03:00:00 allow ${user('alice')} update deployments.apps shop/a-`,
    ],
    [
      'what it can of a request that says little',
      replayed({ name: 1, object: { metadata: 1 }, userInfo: null, resource: 'x', namespace: '' }),
      `03:00:00 allow ${user('')} update  `,
    ],
  ];
  for (const [name, value, expected] of table) {
    it(`prints ${name}`, () => {
      assert.equal(formatReplayedCase(value, plain), expected);
    });
  }

  it('paints denials red and allows green where colours are wanted', () => {
    const color = { color: true, time: '03:00:00' };

    const denied = replayed({}, { allowed: false, message: 'no' });

    assert.ok(formatReplayedCase(replayed({}), color).includes('\u001b[32mallow\u001b[0m'));
    assert.ok(formatReplayedCase(denied, color).includes('\u001b[31mDENY \u001b[0m'));
  });
});
