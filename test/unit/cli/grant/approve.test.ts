import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateSigningKeyText } from '../../../../src/base/json-web-signature.ts';
import { grantApproveCommand } from '../../../../src/cli/grant/approve.ts';
import { recordContext } from '../../../support/command-context.ts';
import { createWords, openGrantDesk } from '../../../support/grant-commands.ts';

test('grant approve shows the grant and adds a signature', async (t) => {
  const keys = { 'anna.jwk': generateSigningKeyText(), 'ben.jwk': generateSigningKeyText() };
  const desk = await openGrantDesk(t, keys);
  const { printed } = await desk.run(createWords('anna.jwk'));
  await writeFile(join(desk.folder, 'grant.yaml'), printed);

  const approved = await desk.run(['approve', 'grant.yaml', '--key', 'ben.jwk']);

  assert.equal(approved.status, 'ok', approved.reported);
  assert.match(approved.reported, /^who {7}alice$/mu);
  assert.equal(approved.printed.match(/^ {4}- /gmu)?.length, 2);
});

test('grant approve adds nothing where the same key signs again', async (t) => {
  const desk = await openGrantDesk(t, { 'anna.jwk': generateSigningKeyText() });
  const { printed } = await desk.run(createWords('anna.jwk'));

  const again = await desk.run(['approve', '-', '--key', 'anna.jwk'], printed);

  assert.equal(again.printed, printed);
});

test('grant approve does not guess a file', async () => {
  const nothing = { arguments: [], flag: () => false, text: () => undefined, texts: () => [] };

  await assert.rejects(grantApproveCommand.run(recordContext().context, nothing), {
    code: 'grant_file_unusable',
    message: /^There is no grant in "": /u,
  });
});
