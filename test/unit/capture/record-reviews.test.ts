import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { recordReviews } from '../../../src/capture/record-reviews.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { serverCertificatesOf } from '../../support/certificates.ts';
import { createHttpsClient } from '../../support/https-client.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const { authority: AUTHORITY, server: SERVER } = serverCertificatesOf('127.0.0.1');
const FILES = { 'tls.crt': SERVER.cert, 'tls.key': SERVER.key };
const OPTIONS = {
  host: '127.0.0.1',
  port: 0,
  certificateFile: 'tls.crt',
  keyFile: 'tls.key',
  output: 'recording.json',
} as const;

function review(uid: string): string {
  const request = { uid, operation: 'CREATE', resource: { resource: 'pods' } };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

describe('recordReviews()', () => {
  it('writes what came until the stop, and counts what had no room', async (test) => {
    const folder = await makeTemporaryFolder(test, FILES);
    const stop = Promise.withResolvers<undefined>();
    const ready = Promise.withResolvers<string>();
    const finished = recordReviews({
      ...OPTIONS,
      folder,
      casesMax: 1,
      action: 'human-create',
      onReady: ready.resolve,
      stopped: stop.promise,
    });
    const client = createHttpsClient(await ready.promise, { ca: AUTHORITY.cert });
    test.after(() => client.close());
    await client.post('/', review('u1'));
    await client.post('/', review('u2'));
    stop.resolve(undefined);

    assert.deepEqual(await finished, { recorded: 1, dropped: 1 });
    const file = join(folder, 'recording.json');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
      cases: [{ action: 'human-create', expect: 'unreviewed', review: JSON.parse(review('u1')) }],
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('says which certificate it cannot read', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const never = { onReady: () => {}, stopped: Promise.resolve() };

    await assert.rejects(
      recordReviews({ ...OPTIONS, ...never, folder, casesMax: 1 }),
      (fault) => fault instanceof HoldfastError && fault.code === 'certificate_unreadable',
    );
  });
});
