import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { grantKeygenCommand } from '../../../../src/cli/grant/keygen.ts';
import { recordContext } from '../../../support/command-context.ts';
import { openGrantDesk } from '../../../support/grant-commands.ts';

test('grant keygen writes a key for its owner alone, and prints the public part for the configuration', async (t) => {
  const desk = await openGrantDesk(t);

  const made = await desk.run(['keygen', '--name', 'anna', '--out', 'anna.jwk']);

  assert.equal(made.status, 'ok', made.reported);
  const file = join(desk.folder, 'anna.jwk');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const privatePart: { readonly d: string } = JSON.parse(await readFile(file, 'utf8'));
  assert.match(made.printed, /^ {4}- \{ name: anna, key: '\{"kty":"OKP"/mu);
  assert.equal(made.printed.includes(privatePart.d), false);
});

test('grant keygen keeps a key that is there', async (t) => {
  const desk = await openGrantDesk(t, { 'anna.jwk': 'somebody’s' });

  const refused = await desk.run(['keygen', '--out', 'anna.jwk']);

  assert.equal(refused.status, 'unavailable');
  assert.match(
    refused.reported,
    /The key was not written to "anna\.jwk": it is there already\nName another file with --out/u,
  );
  assert.equal(await readFile(join(desk.folder, 'anna.jwk'), 'utf8'), 'somebody’s');
});

test('grant keygen does not guess a file', async () => {
  const nothing = { arguments: [], flag: () => false, text: () => undefined, texts: () => [] };
  const { context, reported } = recordContext();

  assert.equal(await grantKeygenCommand.run(context, nothing), 'unavailable');
  assert.match(reported(), /The key was not written to "": /u);
});
