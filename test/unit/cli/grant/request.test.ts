import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGrantDesk } from '../../../support/grant-commands.ts';

test('grant request prints what an approver runs', async (t) => {
  const desk = await openGrantDesk(t);

  const { status, printed } = await desk.run([
    'request',
    'deployments.apps/shop/checkout',
    '--subject',
    'alice',
    '--verb',
    'DELETE',
    '--cluster',
    'prod-eu-1',
    '--reason',
    "it's down",
  ]);

  assert.equal(status, 'ok');
  assert.equal(
    printed,
    'holdfast grant create --key YOUR_KEY --subject alice --cluster prod-eu-1 --namespace shop ' +
      "--resource deployments.apps --object checkout --verb DELETE --reason 'it'\\''s down'",
  );
});

test('grant request knows objects without a namespace', async (t) => {
  const { printed } = await (await openGrantDesk(t)).run(['request', 'namespaces/shop']);

  assert.equal(
    printed,
    'holdfast grant create --key YOUR_KEY --subject USER --cluster CLUSTER ' +
      '--resource namespaces --object shop --verb UPDATE --reason WHY',
  );
});

test('grant request names the subresource with its resource', async (t) => {
  const { printed } = await (
    await openGrantDesk(t)
  ).run(['request', 'deployments.apps/shop/checkout', '--subresource', 'scale']);

  assert.equal(
    printed,
    'holdfast grant create --key YOUR_KEY --subject USER --cluster CLUSTER --namespace shop ' +
      '--resource deployments.apps/scale --object checkout --verb UPDATE --reason WHY',
  );
});

test('grant request refuses a verb that no grant can have', async (t) => {
  const { status } = await (
    await openGrantDesk(t)
  ).run(['request', 'deployments.apps/shop/checkout', '--verb', 'patch']);

  assert.equal(status, 'usage');
});

for (const word of ['checkout', '/shop/checkout', 'a/b/c/d', 'pods/']) {
  test(`grant request refuses "${word}"`, async (t) => {
    const { status, reported } = await (await openGrantDesk(t)).run(['request', word]);

    assert.equal(status, 'usage');
    assert.match(reported, /Expected RESOURCE\/NAMESPACE\/NAME or RESOURCE\/NAME, found/u);
  });
}

test('grant request passes on how long and how often', async (t) => {
  const { printed } = await (
    await openGrantDesk(t)
  ).run(['request', 'namespaces/shop', '--minutes', '30', '--uses', '1']);

  assert.match(printed, / --minutes 30 --uses 1 --reason WHY$/u);
});
