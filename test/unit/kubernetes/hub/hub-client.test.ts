import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addMs, systemClock } from '../../../../src/base/clock.ts';
import { openHubClient, type HubClient } from '../../../../src/kubernetes/hub/hub-client.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const PATH = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop';

describe('openHubClient()', () => {
  let first: FakeApiServer;
  let second: FakeApiServer;
  let client: HubClient;
  before(async () => {
    first = await startFakeApiServer();
    second = await startFakeApiServer();
    first.answer(PATH, { body: { kind: 'Application', metadata: { name: 'first' } } });
    second.answer(PATH, { body: { kind: 'Application', metadata: { name: 'second' } } });
  });
  after(async () => {
    await Promise.all([first.stop(), second.stop()]);
  });
  afterEach(() => {
    client.close();
  });

  const readings: object[] = [];
  async function open(kubeconfigFile: string): Promise<void> {
    readings.length = 0;
    client = await openHubClient({
      kubeconfigFile,
      connectionsMax: 4,
      clock: systemClock,
      onRead: (reading) => readings.push(reading),
    });
  }
  const read = () => client.read(PATH, { deadlineAtMs: addMs(systemClock.monotonicMs(), 20_000) });
  const nameOf = async (): Promise<unknown> => {
    const reading = await read();
    return reading.status === 'read' && JSON.stringify(reading.body).includes('first')
      ? 'first'
      : reading.status === 'read'
        ? 'second'
        : reading.status;
  };
  const replace = async (file: string, content: string): Promise<void> => {
    await writeFile(`${file}.next`, content);
    await rename(`${file}.next`, file);
  };

  it('goes to another hub when the kubeconfig changes', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'kubeconfig');
    await replace(file, await readFile(first.kubeconfigFile, 'utf8'));
    await open(file);
    assert.equal(await nameOf(), 'first');
    assert.equal(client.server, first.url);
    await replace(file, await readFile(second.kubeconfigFile, 'utf8'));
    await waitUntil(async () => (await nameOf()) === 'second');
    assert.deepEqual(readings, [{ server: first.url }, { server: second.url }]);
  });

  it('keeps the hub that it has while the kubeconfig is damaged, and says so', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'kubeconfig');
    await replace(file, await readFile(first.kubeconfigFile, 'utf8'));
    await open(file);
    await replace(file, 'clusters: [');
    await waitUntil(() => client.problem() !== undefined);
    assert.equal(await nameOf(), 'first');
    assert.equal(client.problem(), `the kubeconfig "${file}" cannot be used`);
    await replace(file, await readFile(first.kubeconfigFile, 'utf8'));
    await waitUntil(() => client.problem() === undefined);
  });

  it('answers "unavailable" until the kubeconfig is there', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'kubeconfig');
    await open(file);
    const problem = `the kubeconfig "${file}" cannot be used`;
    assert.deepEqual(await read(), {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: problem,
    });
    const watch = await client.watch('/x', {
      accept: 'application/json',
      silenceMsMax: 1000,
      signal: new AbortController().signal,
      onOpen: () => undefined,
      onLine: () => true,
    });
    assert.deepEqual(watch, { status: 'broken', reason: problem });
    await replace(file, await readFile(second.kubeconfigFile, 'utf8'));
    await waitUntil(async () => (await nameOf()) === 'second');
  });

  it('takes no hub that it cannot verify', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'kubeconfig');
    const content = await readFile(first.kubeconfigFile, 'utf8');
    await replace(file, content.replace('"server"', '"insecure-skip-tls-verify":true,"server"'));
    await open(file);
    assert.equal(
      client.problem(),
      `the kubeconfig "${file}" must name a server by https, with its authority and without insecure-skip-tls-verify`,
    );
    await replace(file, content.replace('https://', 'http://'));
    await waitUntil(() => readings.length === 2);
    assert.equal((await read()).status, 'unavailable');
  });

  it('takes no kubeconfig with two hubs of one name', async (test) => {
    const file = join(await makeTemporaryFolder(test), 'kubeconfig');
    const kubeconfig: unknown = JSON.parse(await readFile(first.kubeconfigFile, 'utf8'));
    assert.ok(typeof kubeconfig === 'object' && kubeconfig !== null && 'clusters' in kubeconfig);
    const { clusters } = kubeconfig;
    assert.ok(Array.isArray(clusters));
    await replace(file, JSON.stringify({ ...kubeconfig, clusters: [...clusters, ...clusters] }));
    await open(file);
    assert.equal(
      client.problem(),
      `the kubeconfig "${file}" has two clusters of the name "fake": nobody can tell which is meant`,
    );
  });
});
