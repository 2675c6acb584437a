import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSigningKeyText } from '../../../../src/base/json-web-signature.ts';
import { createWords, openGrantDesk } from '../../../support/grant-commands.ts';

test('grant create prints a manifest, and shows what it allows beside it', async (t) => {
  const desk = await openGrantDesk(t, { 'anna.jwk': generateSigningKeyText() });

  const made = await desk.run(createWords('anna.jwk'));

  assert.equal(made.status, 'ok', made.reported);
  assert.match(
    made.printed,
    /^apiVersion: holdfast\.dev\/v1alpha1\nkind: BreakGlassGrant\nmetadata:\n {2}name: [0-9a-z]{26}\n {2}namespace: holdfast-system\nspec:\n {2}subject: alice\n {2}expires: \S+\n {2}uses: 10\n {2}approvals:\n {4}- /u,
  );
  assert.match(made.reported, /^where {5}namespace shop on cluster prod-eu-1$/mu);
  assert.match(made.reported, /^uses {6}10$/mu);
});

test('grant create refuses what can be in no grant', async (t) => {
  const desk = await openGrantDesk(t, { 'anna.jwk': generateSigningKeyText() });

  const refused = await desk.run(['create', '--key', 'anna.jwk', '--subject', 'alice']);

  assert.equal(refused.status, 'usage');
  assert.match(
    refused.reported,
    /^holdfast: The grant is not made\n--cluster: Expected the name of one cluster/u,
  );
});

test('grant create asks for a key', async (t) => {
  const desk = await openGrantDesk(t);
  const words = createWords('none.jwk').filter((word) => word !== '--key' && word !== 'none.jwk');

  const refused = await desk.run(words);

  assert.equal(refused.status, 'configuration');
  assert.match(refused.reported, /Name the file of your private key with --key/u);
});

test('grant create refuses what the limits will refuse, and names the option', async (t) => {
  const desk = await openGrantDesk(t, { 'anna.jwk': generateSigningKeyText() });
  const words = [...createWords('anna.jwk'), '--minutes', '120', '--uses', '51'];

  const refused = await desk.run(words);

  assert.equal(refused.status, 'usage');
  assert.equal(refused.printed, '');
  assert.equal(
    refused.reported,
    [
      'holdfast: The grant is not made',
      '--minutes: Expected at most 60 (breakGlass.limits.lifetimeMaxMs), found 120',
      '--uses: Expected at most 50 (breakGlass.limits.usesMax), found 51',
      'These are the limits of the defaults; --config names another configuration',
    ].join('\n'),
  );
});

test('grant create takes limits and namespace from the configuration', async (t) => {
  const desk = await openGrantDesk(t, {
    'anna.jwk': generateSigningKeyText(),
    'holdfast.yaml': 'breakGlass: { namespace: guard, limits: { lifetimeMaxMs: 7200000 } }\n',
  });

  const made = await desk.run([...createWords('anna.jwk'), '--minutes', '120']);

  assert.equal(made.status, 'ok', made.reported);
  assert.match(made.printed, /^ {2}namespace: guard$/mu);
  assert.match(made.printed, /^ {2}subject: alice\n {2}expires: \S+\n {2}uses: 10$/mu);
});
