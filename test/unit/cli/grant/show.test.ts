import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateSigningKeyText, readSigningKey } from '../../../../src/base/json-web-signature.ts';
import { createWords, openGrantDesk } from '../../../support/grant-commands.ts';

async function configure(key: string): Promise<string> {
  const read = await readSigningKey(key);
  assert.ok(read.ok);
  const approvers = [{ name: 'anna', key: JSON.stringify(read.key.publicJwk) }];
  return JSON.stringify({ breakGlass: { approvers } });
}

test('grant show says who has approved a grant', async (t) => {
  const key = generateSigningKeyText();
  const desk = await openGrantDesk(t, { 'anna.jwk': key, 'holdfast.yaml': await configure(key) });
  const { printed } = await desk.run(createWords('anna.jwk'));
  await writeFile(join(desk.folder, 'grant.yaml'), printed);

  const shown = await desk.run(['show', 'grant.yaml']);

  assert.equal(shown.status, 'ok');
  assert.match(shown.printed, /^why {7}the checkout is down \(INC-1\)\napproved {2}by anna$/mu);
});

test('grant show fails where those who signed may not approve', async (t) => {
  const other = await configure(generateSigningKeyText());
  const desk = await openGrantDesk(t, {
    'anna.jwk': generateSigningKeyText(),
    'holdfast.yaml': other,
  });
  const { printed } = await desk.run(createWords('anna.jwk'));

  const shown = await desk.run(['show', '-'], printed);

  assert.equal(shown.status, 'failed');
  assert.match(
    shown.printed,
    /^approved {2}no: one of its signatures is not valid: no trusted key has its key id \(grant_signature_invalid\)$/mu,
  );
});

test('grant show says where the configuration is invalid', async (t) => {
  const desk = await openGrantDesk(t, {
    'anna.jwk': generateSigningKeyText(),
    'holdfast.yaml': 'breakGlass: 7',
  });
  const { printed } = await desk.run(createWords('anna.jwk'));

  assert.equal((await desk.run(['show', '-'], printed)).status, 'configuration');
});
