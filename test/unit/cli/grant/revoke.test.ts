import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  startFakeApiServer,
  type FakeAnswer,
  type FakeApiServer,
  type FakeWrite,
} from '../../../support/fake-api-server.ts';
import { openGrantDesk } from '../../../support/grant-commands.ts';

describe('grant revoke', () => {
  let server: FakeApiServer;
  const heard: FakeWrite[] = [];
  let answer: FakeAnswer = {};
  before(async () => {
    server = await startFakeApiServer();
    server.answerWrites((write) => {
      heard.push(write);
      return answer;
    });
  });
  after(async () => {
    await server.stop();
  });

  it('marks the object', async (t) => {
    answer = { body: {} };
    const desk = await openGrantDesk(t);

    const revoked = await desk.run(['revoke', '01JD', '--kubeconfig', server.kubeconfigFile]);

    assert.deepEqual([revoked.status, revoked.printed], ['ok', 'revoked 01jd'], revoked.reported);
    assert.deepEqual(heard.at(-1), {
      method: 'PATCH',
      path: '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants/01jd',
      contentType: 'application/merge-patch+json',
      body: { spec: { revoked: true } },
    });
  });

  it('says that there is no such grant', async (t) => {
    answer = { status: 404 };
    const desk = await openGrantDesk(t);

    const { status, reported } = await desk.run([
      'revoke',
      'none',
      '--kubeconfig',
      server.kubeconfigFile,
    ]);

    assert.equal(status, 'failed');
    assert.equal(reported, 'holdfast: The grant "none" was not revoked: there is no such grant');
  });

  it('says why it could not', async (t) => {
    answer = { status: 403 };
    const desk = await openGrantDesk(t);

    const { status, reported } = await desk.run([
      'revoke',
      'mine',
      '--kubeconfig',
      server.kubeconfigFile,
    ]);

    assert.equal(status, 'unavailable');
    assert.match(reported, /The grant "mine" was not revoked: The API server answered 403/u);
  });

  it('does not ask for what can be no name, nor with an invalid configuration', async (t) => {
    const desk = await openGrantDesk(t, { 'holdfast.yaml': 'x: 1' });

    assert.equal((await desk.run(['revoke', '../pods/x'])).status, 'usage');
    assert.equal((await desk.run(['revoke', 'mine'])).status, 'configuration');
  });
});
