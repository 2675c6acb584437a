import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addMs, systemClock } from '../../../../src/base/clock.ts';
import { createClusterClient } from '../../../../src/kubernetes/client/client.ts';
import type { ClusterClient } from '../../../../src/kubernetes/client/cluster-client.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import { FAKE_TOKEN, startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';

const PATH = '/api/v1/namespaces/shop/pods/a';

describe('createClusterClient', () => {
  let server: FakeApiServer;
  let client: ClusterClient;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });
  afterEach(() => {
    client.close();
  });
  beforeEach(async () => {
    client = await make(server.kubeconfigFile);
  });

  async function make(kubeconfigFile: string): Promise<ClusterClient> {
    const made = await createClusterClient({
      kubeconfigFile,
      connectionsMax: 2,
      clock: systemClock,
    });
    assert.ok(made !== undefined);
    return made;
  }
  const read = (options: { withinMs?: number; accept?: string } = {}) => {
    const { withinMs = 10_000, accept } = options;
    return client.read(PATH, { deadlineAtMs: addMs(systemClock.monotonicMs(), withinMs), accept });
  };
  const unavailable = (code: string, reason: string) => ({ status: 'unavailable', code, reason });

  it('reads an object with the credentials of the kubeconfig, over verified TLS', async () => {
    server.answer(PATH, { body: { kind: 'Pod' } });
    assert.equal(client.server, server.url);
    assert.deepEqual(await read(), { status: 'read', body: { kind: 'Pod' } });
    assert.deepEqual(await read(), { status: 'read', body: { kind: 'Pod' } });
  });

  const answers: readonly (readonly [number, string])[] = [
    [401, 'lookup_forbidden'],
    [403, 'lookup_forbidden'],
    [429, 'lookup_overloaded'],
    [500, 'lookup_failed'],
    [301, 'lookup_failed'],
  ];
  for (const [status, code] of answers) {
    it(`calls an answer of ${String(status)} "${code}"`, async () => {
      server.answer(PATH, { status, text: 'because' });
      const reason = `The API server answered ${String(status)} to GET ${PATH}: because`;
      assert.deepEqual(await read(), unavailable(code, reason));
    });
  }

  it('calls only 404 absent', async () => {
    server.answer(PATH, { status: 404, body: {} });
    assert.deepEqual(await read(), { status: 'absent' });
  });

  it('does not use an answer that is not JSON, or larger than the bound', async () => {
    server.answer(PATH, { text: '<html>' });
    const reason = 'The API server answered with something other than JSON';
    assert.deepEqual(await read(), unavailable('lookup_failed', reason));
    server.answer(PATH, { text: 'x'.repeat(9 * 1024 * 1024) });
    const tooLarge = 'The answer cannot be used: it is larger than 8388608 bytes';
    assert.deepEqual(await read(), unavailable('lookup_failed', tooLarge));
  });

  it('waits no longer than the deadline, and not at all after it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.answer(PATH, { after: promise, body: {} });
    const reason = `GET ${PATH} had no answer before its deadline`;
    assert.deepEqual(await read({ withinMs: 50 }), unavailable('lookup_timed_out', reason));
    assert.deepEqual(await read({ withinMs: 0 }), unavailable('lookup_timed_out', reason));
    resolve();
  });

  it('says that nobody answers where nobody does', async () => {
    const kubeconfigFile = join(server.folder, 'nobody.json');
    await writeFile(kubeconfigFile, kubeconfig({ server: 'https://127.0.0.1:1' }));
    const nobody = await make(kubeconfigFile);
    const answer = await nobody.read(PATH, {
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });
    nobody.close();
    assert.deepEqual(answer, unavailable('lookup_failed', 'The connection was refused'));
  });

  it('does not talk to a server that its authority did not sign', async () => {
    const kubeconfigFile = join(server.folder, 'stranger.json');
    await writeFile(kubeconfigFile, kubeconfig({ server: `${server.url}/` }));
    const stranger = await make(kubeconfigFile);
    const answer = await stranger.read(PATH, {
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });
    stranger.close();
    assert.equal(answer.status === 'unavailable' && answer.code, 'lookup_failed');
  });

  it('goes on with new material when the files of the kubeconfig change', async () => {
    const caFile = join(server.folder, 'trust.crt');
    const authority = await readFile(join(server.folder, 'ca.crt'), 'utf8');
    await writeFile(caFile, authority);
    const kubeconfigFile = join(server.folder, 'rotating.json');
    const cluster = { server: server.url, 'certificate-authority': caFile };
    await writeFile(kubeconfigFile, kubeconfig(cluster, { token: FAKE_TOKEN }));
    const rotating = await make(kubeconfigFile);
    server.answer(PATH, { body: {} });
    const readNow = () =>
      rotating.read(PATH, { deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000) });
    assert.deepEqual(await readNow(), { status: 'read', body: {} });
    await writeFile(caFile, `${authority}${authority}`);
    assert.deepEqual(await readNow(), { status: 'read', body: {} });
    await writeFile(
      caFile,
      issueTestCertificate({ commonNames: ['x'], purpose: 'authority' }).cert,
    );
    assert.equal((await readNow()).status, 'unavailable');
    rotating.close();
  });

  it('is none outside a cluster without a kubeconfig', async () => {
    const options = { connectionsMax: 1, clock: systemClock, serviceAccountFolder: server.folder };
    assert.equal(await createClusterClient(options), undefined);
  });

  it('refuses a kubeconfig that cannot be used, and says which', async () => {
    const kubeconfigFile = join(server.folder, 'bad.json');
    await writeFile(kubeconfigFile, kubeconfig(undefined));
    await assert.rejects(make(kubeconfigFile), {
      code: 'kubeconfig_unusable',
      message: `The current context of the kubeconfig "${kubeconfigFile}" must name a cluster with a server and a user`,
    });
    await assert.rejects(make(join(server.folder, 'none.json')), {
      code: 'kubeconfig_unusable',
      message: `the kubeconfig "${join(server.folder, 'none.json')}" cannot be used`,
    });
  });
});

function kubeconfig(cluster: object | undefined, user: object = {}): string {
  return JSON.stringify({
    clusters: cluster === undefined ? [] : [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
