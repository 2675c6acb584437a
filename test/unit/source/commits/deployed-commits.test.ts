import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DeployedCommits,
  formatApplication,
  type ApplicationName,
} from '../../../../src/source/commits/deployed-commits.ts';

const SHOP: ApplicationName = { kind: 'Application', namespace: 'argocd', name: 'shop' };
const CART: ApplicationName = { ...SHOP, name: 'cart' };

function open() {
  const changes: (readonly [string, readonly string[] | undefined])[] = [];
  const deployed = new DeployedCommits<string>({
    onChange: (key, value) =>
      changes.push([key, value?.sources.flatMap(({ objectIds }) => objectIds)]),
  });
  return { deployed, changes };
}

const commit = (objectId: string, repository = 'r') => ({
  repository,
  objectId,
  question: `${repository}@${objectId}`,
});

test('the commits of an application are kept by repository, each once, the latest last', () => {
  const { deployed, changes } = open();
  deployed.note(SHOP, [commit('1')]);
  deployed.note(SHOP, [commit('2'), commit('9', 's')]);
  deployed.note(SHOP, [commit('2'), commit('9', 's')]);
  deployed.note(SHOP, [commit('1')]);

  assert.deepEqual(deployed.verifiedIn(SHOP, 'r'), ['2', '1']);
  assert.deepEqual(deployed.verifiedIn(SHOP, 's'), ['9']);
  assert.deepEqual(deployed.verifiedIn(SHOP, 'other'), []);
  assert.deepEqual(deployed.verifiedIn(CART, 'r'), []);
  const key = formatApplication(SHOP);
  assert.deepEqual(changes, [
    [key, ['1']],
    [key, ['1', '2', '9']],
    [key, ['9', '2', '1']],
  ]);
  assert.deepEqual(deployed.list(), [
    {
      application: SHOP,
      sources: [
        { repository: 's', objectIds: ['9'], question: 's@9' },
        { repository: 'r', objectIds: ['2', '1'], question: 'r@1' },
      ],
    },
  ]);
});

test('the oldest commits and sources are forgotten', () => {
  const { deployed } = open();
  const ids = Array.from({ length: 25 }, (_, index) => String(index));
  for (const id of ids) deployed.note(SHOP, [commit(id)]);
  for (const id of ids) deployed.note(CART, [commit('1', id)]);

  assert.deepEqual(deployed.verifiedIn(SHOP, 'r'), ids.slice(5));
  const [, cart] = deployed.list();
  assert.deepEqual(
    cart?.sources.map(({ repository }) => repository),
    ids.slice(5),
  );
});

test('an application that is gone is forgotten, and so is the one that deployed longest ago', () => {
  const { deployed, changes } = open();
  deployed.note(SHOP, [commit('1')]);
  deployed.forget(SHOP);
  deployed.forget(SHOP);
  assert.deepEqual(changes.at(-1), [formatApplication(SHOP), undefined]);
  assert.equal(changes.length, 2);

  for (let index = 0; index <= 10_000; index += 1) {
    deployed.note({ ...SHOP, name: `app-${index}` }, [commit('1')]);
  }
  assert.equal(deployed.size, 10_000);
  assert.deepEqual(changes.at(-1), ['Application argocd/app-0', undefined]);
});

test('what an earlier process knew is no news, and never takes the place of what is known', () => {
  const { deployed, changes } = open();
  deployed.note(SHOP, [commit('2')]);
  const sources = [{ repository: 'r', objectIds: ['1'], question: 'q' }];
  deployed.restore({ application: SHOP, sources });
  deployed.restore({ application: CART, sources });

  assert.deepEqual(deployed.verifiedIn(SHOP, 'r'), ['2']);
  assert.deepEqual(deployed.verifiedIn(CART, 'r'), ['1']);
  assert.equal(changes.length, 1);
});

test('a commit that was written and not deployed as a whole is deployed now, and was verified nowhere', () => {
  const deployed = new DeployedCommits<string>();
  const known = () => [deployed.deployedIn(SHOP, 'r'), deployed.verifiedIn(SHOP, 'r')];
  deployed.noteWritten(SHOP, [commit('1')]);
  assert.deepEqual(known(), [['1'], []]);
  deployed.note(SHOP, [commit('1')]);
  assert.deepEqual(known(), [['1'], ['1']]);
  deployed.noteWritten(SHOP, [commit('1')]);
  assert.deepEqual(known(), [['1'], ['1']]);
  deployed.noteWritten(SHOP, [commit('2')]);
  // What the status says of the operation before comes again and again.
  deployed.note(SHOP, [commit('1')]);
  assert.deepEqual(known(), [['1', '2'], ['1']]);
  // It failed, and the controller went back.
  deployed.noteWritten(SHOP, [commit('1')]);
  deployed.note(SHOP, [commit('1')]);
  assert.deepEqual(known(), [['1'], ['1']]);
});
