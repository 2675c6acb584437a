import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchDestinationAccount } from '../../../../src/compose/adoption/match-destination-account.ts';
import { applicationOf } from '../../../support/adoption-samples.ts';

const SERVERS = ['https://kubernetes.default.svc'];

function match(entries: readonly (readonly [string, string, string])[], changes = {}) {
  const destinationServiceAccounts = entries.map(([server, namespace, account]) => ({
    server,
    namespace,
    account,
  }));
  const project = { namespace: 'argocd', name: 'default', destinationServiceAccounts };
  return matchDestinationAccount(applicationOf(changes), project, SERVERS);
}

test('the first entry whose patterns match names the account, in the namespace of the destination', () => {
  const account = { status: 'account', namespace: 'shop', name: 'deployer' };

  assert.deepEqual(
    match([
      ['https://other', '*', 'a'],
      ['*', 'bank', 'b'],
      ['https://kubernetes.*', 's*', 'deployer'],
      ['*', '*', 'c'],
    ]),
    account,
  );
});

test('a namespace before the name counts, and an Application without one to deploy to has its own', () => {
  const nowhere = { destination: { server: SERVERS[0], name: '', namespace: '' } };

  assert.deepEqual(match([['*', '*', 'accounts:deployer']]), {
    status: 'account',
    namespace: 'accounts',
    name: 'deployer',
  });
  assert.deepEqual(match([['*', '*', 'deployer']], nowhere), {
    status: 'account',
    namespace: 'argocd',
    name: 'deployer',
  });
});

test('nobody is known where nothing matches', () => {
  assert.deepEqual(match([['https://other', '*', 'a']]), { status: 'none' });
});

for (const [what, entry] of [
  ['a class of characters in the server', ['[a-z]', '*', 'a']],
  ['a class of characters in the namespace', ['*', '[a-z]', 'a']],
  ['two colons', ['*', '*', 'a:b:c']],
  ['a name with a line break', ['*', '*', 'a\nb']],
  ['a namespace that is none', ['*', '*', 'A*:b']],
] as const) {
  test(`${what} is not understood`, () => {
    assert.equal(match([entry]).status, 'unknown');
  });
}
