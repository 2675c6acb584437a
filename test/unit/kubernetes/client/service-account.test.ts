import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { addMs, monotonicMs, systemClock } from '../../../../src/base/clock.ts';
import { createClusterClient } from '../../../../src/kubernetes/client/client.ts';
import { openServiceAccount } from '../../../../src/kubernetes/client/service-account.ts';
import { FAKE_TOKEN, startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';

const ENVIRONMENT = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
const PATH = '/api/v1/namespaces/shop/pods/a';

describe('openServiceAccount', () => {
  let server: FakeApiServer;
  let root: string;
  let folder: string;
  let nowMs = 0;
  const clock = { monotonicMs: () => monotonicMs(nowMs) };
  before(async () => {
    server = await startFakeApiServer();
    root = await mkdtemp(join(tmpdir(), 'holdfast-account-'));
  });
  after(async () => {
    await rm(root, { recursive: true });
    await server.stop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(root, 'pod-'));
    await copyFile(join(server.folder, 'ca.crt'), join(folder, 'ca.crt'));
    await writeFile(join(folder, 'token'), `${FAKE_TOKEN}\n`);
  });

  const headersOf = async (account: Awaited<ReturnType<typeof openServiceAccount>>) =>
    (await account.apply({ headers: { accept: 'application/json' } })).headers;
  const expected = (token: string) => ({
    accept: 'application/json',
    authorization: `Bearer ${token}`,
  });

  it('reads the API server with the token and the authority of the pod', async () => {
    const { hostname, port } = new URL(server.url);
    const client = await createClusterClient({
      connectionsMax: 1,
      clock: systemClock,
      serviceAccountFolder: folder,
      environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
    });
    server.answer(PATH, { body: { kind: 'Pod' } });
    const answer = await client?.read(PATH, {
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });
    client?.close();
    assert.deepEqual(answer, { status: 'read', body: { kind: 'Pod' } });
  });

  it('writes an IPv6 address in brackets', async () => {
    const environment = { ...ENVIRONMENT, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    const account = await openServiceAccount({ folder, environment, clock });
    assert.equal(account.server, 'https://[fd00::1]:443');
  });

  it('uses a new token within a minute, and the one before while there is none to read', async () => {
    const account = await openServiceAccount({ folder, environment: ENVIRONMENT, clock });
    await writeFile(join(folder, 'token'), 'second');
    nowMs += 59_999;
    assert.deepEqual(await headersOf(account), expected(FAKE_TOKEN));
    nowMs += 1;
    assert.deepEqual(await headersOf(account), expected('second'));
    await rm(join(folder, 'token'));
    nowMs += 60_000;
    assert.deepEqual(await headersOf(account), expected('second'));
    await writeFile(join(folder, 'token'), 'third');
    assert.deepEqual(await headersOf(account), expected('third'));
  });

  const broken: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['no token', () => rm(join(folder, 'token')), '"token": there is no such file'],
    ['an empty token', () => writeFile(join(folder, 'token'), '\n'), '"token": it is empty'],
    ['no authority', () => rm(join(folder, 'ca.crt')), '"ca.crt": there is no such file'],
    [
      'a folder for an authority',
      async () => {
        await rm(join(folder, 'ca.crt'));
        await mkdir(join(folder, 'ca.crt'));
      },
      '"ca.crt": it is a folder',
    ],
  ];
  for (const [what, breakIt, reason] of broken) {
    it(`does not start with ${what}`, async () => {
      await breakIt();
      await assert.rejects(openServiceAccount({ folder, environment: ENVIRONMENT, clock }), {
        code: 'kubeconfig_unusable',
        message: `The pod's service account cannot be used: ${reason}`,
      });
    });
  }

  for (const missing of ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']) {
    it(`does not start without ${missing}`, async () => {
      const environment = { ...ENVIRONMENT, [missing]: undefined };
      await assert.rejects(openServiceAccount({ folder, environment, clock }), {
        code: 'kubeconfig_unusable',
        message:
          "The pod's service account cannot be used: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must both be set",
      });
    });
  }
});
