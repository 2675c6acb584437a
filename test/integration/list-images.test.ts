/** `holdfast images` with a fake API server and a registry in this process; test/cluster/list-images has the real API server. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { imagesCommand } from '../../src/cli/images/images.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { startFakeApiServer } from '../support/fake-api-server.ts';
import { FakeRegistry, type FakeRegistryOptions } from '../support/images/fake-registry.ts';
import { makeKeys, publicPem } from '../support/images/image-samples.ts';
import { pushImage } from '../support/images/image-stage.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const LOGIN = { username: 'ada', password: 'secret' };

async function open(t: TestContext, options: FakeRegistryOptions = {}) {
  const keys = makeKeys();
  const registry = await FakeRegistry.start(t, options);
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  const folder = await makeTemporaryFolder(t, { 'cosign.pub': publicPem(keys) });
  const { host } = registry;
  const answerPods = (...names: readonly string[]): void => {
    const items = names.map((name) => ({
      metadata: { name, namespace: 'shop' },
      spec: { containers: [{ name: 'app', image: `${host}/${name}:1` }] },
    }));
    api.answer('/api/v1/pods?limit=500', { body: { kind: 'PodList', metadata: {}, items } });
    api.answer('/api/v1/pods', { body: { kind: 'PodList', metadata: {}, items } });
  };
  const run = async (...argv: readonly string[]) => {
    const recorded = recordContext({
      workingDirectory: folder,
      environment: { KUBECONFIG: api.kubeconfigFile },
    });
    const status = await runProgram(['images', ...argv], {
      commands: [imagesCommand],
      groups: {},
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  const access = ['--plain-http', host, '--private-host', host];
  return { stage: { registry, keys }, api, folder, host, answerPods, run, access };
}

test('images are verified by the options, as a table and as JSON', async (t) => {
  const { stage, answerPods, run, access } = await open(t);
  pushImage(stage, 'signed');
  pushImage(stage, 'unsigned', []);
  answerPods('signed', 'unsigned');
  const byKey = ['--key', 'cosign.pub', ...access];

  const table = await run(...byKey);
  assert.equal(table.status, 'failed', table.reported);
  assert.match(table.printed, /unsigned: The image has no signature/u);
  assert.match(table.printed, /signed by the key/u);
  const shown = await run(...byKey, '--unsigned', '--output', 'json');
  const listing: unknown = JSON.parse(shown.printed);
  assert.partialDeepStrictEqual(listing, { pods: 2, counts: { signed: 1, unsigned: 1 } });
});

test('images are verified by the rules of the configuration, and options that belong to keys are refused then', async (t) => {
  const { stage, folder, host, answerPods, run } = await open(t);
  pushImage(stage, 'signed');
  answerPods('signed');
  const images = {
    authorities: [{ name: 'release', keyFiles: ['cosign.pub'] }],
    rules: [{ name: 'shop', images: [`${host}/**`], authorities: ['release'] }],
    registries: { privateHosts: [host], plainHttpHosts: [host] },
  };
  await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify({ images }));

  const { status, printed } = await run('--config', 'holdfast.yaml');
  assert.equal(status, 'ok', printed);
  assert.match(printed, /signed by /u);
  const refused = await run('--config', 'holdfast.yaml', '--required', '2');
  assert.notEqual(refused.status, 'ok');
  assert.match(refused.reported, /--required needs --key or --trusted-root/u);
});

test('a private image is read with the pull secret of its service account', async (t) => {
  const { stage, api, host, answerPods, run, access } = await open(t, {
    authentication: { kind: 'bearer', credential: LOGIN },
  });
  pushImage(stage, 'signed');
  answerPods('signed');
  api.answer('/api/v1/namespaces/shop/serviceaccounts/default', { body: { metadata: {} } });
  const { status, printed } = await run('--key', 'cosign.pub', ...access, '--pull-secrets');
  assert.equal(status, 'failed', printed);
  assert.match(printed, new RegExp(`${host}/signed`, 'u'));
});

test('Pods that cannot be listed are told with the remedy', async (t) => {
  const { api, run, access } = await open(t);
  for (const path of ['/api/v1/pods', '/api/v1/pods?limit=500']) api.answer(path, { status: 403 });
  const { status, reported } = await run('--key', 'cosign.pub', ...access);
  assert.equal(status, 'unavailable');
  assert.match(reported, /The Pods cannot be listed: .*try one with --namespace/u);
});
