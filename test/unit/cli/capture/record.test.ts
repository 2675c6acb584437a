import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { recordCommand } from '../../../../src/cli/capture/record.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { serverCertificatesOf } from '../../../support/certificates.ts';
import { recordContext } from '../../../support/command-context.ts';
import { createHttpsClient } from '../../../support/https-client.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const { authority: AUTHORITY, server: SERVER } = serverCertificatesOf('127.0.0.1');
const FILES = { 'certs/tls.crt': SERVER.cert, 'certs/tls.key': SERVER.key };

async function start(test: TestContext, argv: readonly string[], files: Record<string, string>) {
  const workingDirectory = await makeTemporaryFolder(test, files);
  const recorded = recordContext({ workingDirectory });
  const stop = new AbortController();
  const status = runProgram(['record', ...argv], {
    commands: [recordCommand],
    groups: {},
    version: '0',
    context: { ...recorded.context, stopSignal: () => stop.signal },
  });
  return { ...recorded, workingDirectory, status, stop };
}

function review(request: object): string {
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

const SCALE = {
  uid: 'u1',
  operation: 'UPDATE',
  resource: { resource: 'deployments' },
  subResource: 'scale',
  userInfo: { username: 'system:serviceaccount:a:alice' },
};

describe('holdfast record', () => {
  for (const [argv, action] of [
    [['--port', '0'], 'alice-update-deployments-scale'],
    [['--port', '0', '--action', 'human-scale'], 'human-scale'],
  ] as const) {
    it(`writes what it was asked until it is stopped, as ${action}`, async (test) => {
      const running = await start(test, argv, FILES);
      await waitUntil(() => running.printed().startsWith('ready https://'));
      const url = running.printed().replace('ready ', '');
      const client = createHttpsClient(url, { ca: AUTHORITY.cert });
      test.after(() => client.close());
      assert.equal((await client.post('/', review(SCALE))).httpStatus, 200);
      running.stop.abort();
      assert.equal(await running.status, 'ok');
      const file = join(running.workingDirectory, 'recording.json');
      assert.equal(running.reported(), `Wrote 1 reviews to ${file}`);
      assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
        cases: [{ action, expect: 'unreviewed', review: JSON.parse(review(SCALE)) }],
      });
    });
  }

  for (const port of ['-1', '65536', 'x', '']) {
    it(`refuses --port=${port}`, async (test) => {
      const { status, reported } = await start(test, [`--port=${port}`], FILES);
      assert.equal(await status, 'usage');
      assert.equal(reported(), `holdfast: --port wants a number from 0 to 65535, found "${port}"`);
    });
  }

  it('says how many reviews it did not keep', async (test) => {
    const running = await start(test, ['--port', '0', '--max', '0'], FILES);
    await waitUntil(() => running.printed().startsWith('ready https://'));
    const client = createHttpsClient(running.printed().replace('ready ', ''), {
      ca: AUTHORITY.cert,
    });
    test.after(() => client.close());
    // What a review does not say is left out of its name.
    assert.equal((await client.post('/', review({ uid: 'u1' }))).httpStatus, 200);
    running.stop.abort();
    assert.equal(await running.status, 'failed');
    assert.match(running.reported(), /the recording was full: 1 more reviews were not kept$/u);
  });

  it('refuses --max=many', async (test) => {
    const { status, reported } = await start(test, ['--max=many'], FILES);
    assert.equal(await status, 'usage');
    assert.equal(reported(), 'holdfast: --max wants a number from 0 to 100000, found "many"');
  });

  it('says which certificate is missing, and how to make it', async (test) => {
    const { status, reported } = await start(test, ['--port', '0'], {});
    assert.equal(await status, 'unavailable');
    assert.equal(
      reported(),
      'holdfast: Cannot read "certs/tls.crt": there is no such file\n' +
        'Make both with holdfast certs, or name others with --certificate-file and --key-file',
    );
  });

  it('says that it cannot listen', async (test) => {
    const { status, reported } = await start(test, ['--port', '0', '--host', '192.0.2.1'], FILES);
    assert.equal(await status, 'unavailable');
    assert.match(reported(), /Cannot listen on 192\.0\.2\.1:0/u);
  });
});
