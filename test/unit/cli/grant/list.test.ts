import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startFakeApiServer, type FakeApiServer } from '../../../support/fake-api-server.ts';
import { openGrantDesk } from '../../../support/grant-commands.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../../support/grants.ts';

const LIST = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants';
const LEDGER = '/api/v1/namespaces/holdfast-system/configmaps/holdfast-grant-uses';
const OTHER_ID = '01JD3V9K2M8Q4W6X0Y2Z4A6B8D';

describe('grant list', () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });

  it('lists every grant with what it is worth, and its uses', async (t) => {
    const anna = await makeApprover('anna');
    const far = { notBefore: '2126-01-01T00:00:00Z', expires: '2126-01-01T01:00:00Z' };
    const valid = await approve(sampleGrant({ ...far, id: OTHER_ID }), [anna]);
    const over = await approve(sampleGrant({ id: GRANT_ID }), [anna]);
    const usedUp = await approve(
      sampleGrant({ ...far, uses: 1, id: '01JD3V9K2M8Q4W6X0Y2Z4A6B8E' }),
      [anna],
    );
    const item = (name: string, approvals: readonly string[], revoked?: boolean) => ({
      metadata: { name },
      spec: { approvals, revoked },
    });
    server.answer(LIST, {
      body: {
        items: [
          item('valid', [valid]),
          item('over', [over]),
          item('taken-back', [valid], true),
          item('used-up', [usedUp]),
          item('forged', ['a.b.c']),
        ],
      },
    });
    const use = { decisionId: 'D', object: 'deployments.apps shop/checkout', time: 'T' };
    server.answer(LEDGER, {
      body: {
        metadata: { resourceVersion: '7' },
        data: { '01JD3V9K2M8Q4W6X0Y2Z4A6B8E': JSON.stringify([use]) },
      },
    });
    const approvers = [{ name: 'anna', key: JSON.stringify(anna.key.publicJwk) }];
    const configuration = JSON.stringify({ breakGlass: { approvers } });
    const desk = await openGrantDesk(t, { 'holdfast.yaml': configuration });

    const listed = await desk.run(['list', '--kubeconfig', server.kubeconfigFile]);

    assert.equal(listed.status, 'ok', listed.reported);
    assert.deepEqual(listed.printed.split('\n'), [
      'valid  alice  0/3 used  valid until 2126-01-01T01:00:00Z, approved by anna',
      'over  alice  0/3 used  expired 2026-01-01T01:00:00Z',
      'taken-back  alice  0/3 used  revoked',
      'used-up  alice  1/1 used  used up',
      '  T  deployments.apps shop/checkout  decision D',
      'forged  unknown  0/? used  invalid: it is not made of 1 to 16 signatures',
    ]);
  });

  it('says that there are none', async (t) => {
    server.answer(LIST, { status: 404 });
    server.answer(LEDGER, { status: 404 });
    const desk = await openGrantDesk(t);

    const text = await desk.run(['list', '--kubeconfig', server.kubeconfigFile]);
    const json = await desk.run(['list', '--kubeconfig', server.kubeconfigFile, '-o', 'json']);

    assert.deepEqual([text.printed, json.printed], ['No grants', '[]']);
  });

  for (const path of [LIST, LEDGER]) {
    it(`says why ${path} could not be read`, async (t) => {
      server.answer(LIST, { status: 404 });
      server.answer(LEDGER, { status: 404 });
      server.answer(path, { status: 403 });
      const desk = await openGrantDesk(t);

      const refused = await desk.run(['list', '--kubeconfig', server.kubeconfigFile]);

      assert.notEqual(refused.status, 'ok');
      assert.match(refused.reported, /The API server answered 403/u);
    });
  }

  it('asks for a cluster where none is named, and for a valid configuration', async (t) => {
    const nowhere = await openGrantDesk(t);
    const invalid = await openGrantDesk(t, { 'holdfast.yaml': 'x: 1' });

    assert.match((await nowhere.run(['list'])).reported, /No cluster is named: use --kubeconfig/u);
    assert.equal((await invalid.run(['list'])).status, 'configuration');
  });
});
