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
  const elsewhere = await openGrantDesk(t, { 'anna.jwk': generateSigningKeyText() });
  const { printed } = await elsewhere.run(createWords('anna.jwk'));
  const desk = await openGrantDesk(t, { 'holdfast.yaml': 'breakGlass: 7' });

  assert.equal((await desk.run(['show', '-'], printed)).status, 'configuration');
});

test('grant show fails where a grant allows more than the limits', async (t) => {
  const key = generateSigningKeyText();
  const elsewhere = await openGrantDesk(t, { 'anna.jwk': key });
  const { printed } = await elsewhere.run(createWords('anna.jwk'));
  const { breakGlass } = JSON.parse(await configure(key));
  const strict = JSON.stringify({ breakGlass: { ...breakGlass, limits: { usesMax: 1 } } });
  const desk = await openGrantDesk(t, { 'anna.jwk': key, 'holdfast.yaml': strict });

  const shown = await desk.run(['show', '-'], printed);
  const approved = await desk.run(['approve', '-', '--key', 'anna.jwk'], printed);

  assert.equal(shown.status, 'failed');
  assert.match(
    shown.printed,
    /^counts {4}no: it has 10 uses, and 1 are allowed \(grant_too_broad, breakGlass\.limits\.usesMax\)$/mu,
  );
  assert.deepEqual([approved.status, approved.printed], ['usage', '']);
  assert.match(approved.reported, /^holdfast: The grant is not approved: it has 10 uses/mu);
});
