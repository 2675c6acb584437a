import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  senderAuthenticator,
  type SenderAuthenticationOptions,
} from '../../../src/server/sender-authentication.ts';
import { drawText } from '../../support/sample-credentials.ts';
import { startIntakeStage } from '../../support/intake-server-stage.ts';

const TOKEN = drawText(40);
const readToken = () => Promise.resolve({ ok: true, secret: TOKEN } as const);

async function stage(
  test: Parameters<typeof startIntakeStage>[0],
  options: SenderAuthenticationOptions,
) {
  const receive = () => Promise.resolve();
  return await startIntakeStage(test, {
    sources: [{ name: 'audit', authenticator: senderAuthenticator(options), receive }],
  });
}

async function answer(
  client: ReturnType<Awaited<ReturnType<typeof stage>>['client']>,
  authorization?: string,
) {
  const { httpStatus, body } = await client.send('/audit', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: '{}',
  });
  assert.ok(!body.includes(TOKEN));
  const { message } = JSON.parse(body) as { message?: string };
  return [httpStatus, message];
}

const refused = (reason: string) => [401, `${reason} (intake_unauthenticated)`];

describe('senderAuthenticator()', () => {
  it('takes the token, and nothing that is only like it', async (t) => {
    const client = (await stage(t, { readToken })).client();
    for (const right of [`Bearer ${TOKEN}`, `bearer  ${TOKEN} `]) {
      assert.deepEqual(await answer(client, right), [200, undefined]);
    }
    const wrong = refused('The bearer token is not the one of this sender');
    for (const token of [TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase(), 'x']) {
      assert.deepEqual(await answer(client, `Bearer ${token}`), wrong);
    }
    const none = refused('The header authorization has no bearer token');
    for (const header of ['Bearer', `Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN} x`]) {
      assert.deepEqual(await answer(client, header), none);
    }
    assert.deepEqual(await answer(client), refused('No bearer token was shown'));
  });

  it('refuses everybody while the token cannot be read, and says nothing of why', async (t) => {
    const reason = 'The secret file "/etc/token" is empty';
    const client = (
      await stage(t, { readToken: () => Promise.resolve({ ok: false, reason }) })
    ).client();
    assert.deepEqual(
      await answer(client, `Bearer ${TOKEN}`),
      refused('The token of this sender cannot be read here: see the log'),
    );
  });

  it('takes a client certificate with one of the common names', async (t) => {
    const on = await stage(t, { commonNames: ['kube-apiserver'] });
    const right = on.client(on.certificateOf('kube-apiserver'));
    assert.deepEqual(await answer(right), [200, undefined]);
    assert.deepEqual(await answer(right, `Bearer ${TOKEN}`), [200, undefined], 'no token counts');
    assert.deepEqual(
      await answer(on.client(on.certificateOf('other'))),
      refused('The common name of the client certificate is not among the configured ones'),
    );
  });

  it('takes either, and a wrong token is not made up for by a certificate', async (t) => {
    const on = await stage(t, { readToken, commonNames: ['kube-apiserver'] });
    const client = on.client(on.certificateOf('kube-apiserver'));
    assert.deepEqual(await answer(client), [200, undefined]);
    assert.deepEqual((await answer(client, 'Bearer x'))[0], 401);
    assert.deepEqual(await answer(on.client(), `Bearer ${TOKEN}`), [200, undefined]);
  });
});
