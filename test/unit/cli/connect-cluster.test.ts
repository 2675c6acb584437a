import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { openGrantDesk } from '../../support/grant-commands.ts';

test('the cluster of the configuration is asked where no kubeconfig is named', async (t) => {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const kubernetes = { kubeconfigFile: server.kubeconfigFile };
  const desk = await openGrantDesk(t, { 'holdfast.yaml': JSON.stringify({ kubernetes }) });

  const listed = await desk.run(['list']);

  assert.equal(listed.printed, 'No grants', listed.reported);
  assert.equal(server.requests.length, 2);
});
