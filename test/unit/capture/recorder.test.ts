import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { startRecorder } from '../../../src/capture/recorder.ts';
import type { Recorder, RecorderOptions } from '../../../src/capture/recorder.ts';
import { serverCertificatesOf } from '../../support/certificates.ts';
import { createHttpsClient } from '../../support/https-client.ts';
import type { HttpsClient } from '../../support/https-client.ts';

const { authority: AUTHORITY, server: SERVER } = serverCertificatesOf('127.0.0.1');

async function start(
  test: TestContext,
  options: Partial<RecorderOptions> = {},
): Promise<{ readonly recorder: Recorder; readonly client: HttpsClient }> {
  const recorder = await startRecorder({
    host: '127.0.0.1',
    port: 0,
    certificatePem: SERVER.cert,
    keyPem: SERVER.key,
    label: () => ({ action: 'tested', expect: 'unreviewed' }),
    ...options,
  });
  const client = createHttpsClient(recorder.url, { ca: AUTHORITY.cert });
  test.after(async () => {
    client.close();
    await recorder.stop();
  });
  return { recorder, client };
}

function review(uid: string, object: unknown = null): string {
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid, object },
  });
}

describe('startRecorder()', () => {
  it('allows what it is asked, and keeps it without its secrets', async (test) => {
    const { recorder, client } = await start(test);
    const body = review('u1', { kind: 'Secret', stringData: { password: 'hunter2' } });
    const { httpStatus, body: answer } = await client.post('/validate', body);
    assert.equal(httpStatus, 200);
    assert.deepEqual(JSON.parse(answer), {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      response: { uid: 'u1', allowed: true },
    });
    assert.deepEqual(recorder.cases(), [
      {
        action: 'tested',
        expect: 'unreviewed',
        review: JSON.parse(
          review('u1', { kind: 'Secret', stringData: { password: 'scrubbed-1------' } }),
        ),
      },
    ]);
  });

  it('allows and leaves out what has no label', async (test) => {
    const { recorder, client } = await start(test, { label: () => undefined });
    assert.equal((await client.post('/', review('u1'))).httpStatus, 200);
    assert.deepEqual(recorder.cases(), []);
  });

  for (const body of [
    '',
    '{',
    'null',
    '{"kind":"Other"}',
    '{"kind":"AdmissionReview"}',
    review(''),
  ]) {
    it(`answers 400 to ${JSON.stringify(body)}, and keeps nothing`, async (test) => {
      const { recorder, client } = await start(test);
      const { httpStatus, body: answer } = await client.post('/', body);
      assert.equal(httpStatus, 400);
      assert.deepEqual(JSON.parse(answer), {
        error: 'The body is no AdmissionReview of admission.k8s.io/v1',
      });
      assert.deepEqual(recorder.cases(), []);
    });
  }

  it('answers 413 to what is too large', async (test) => {
    const { recorder, client } = await start(test, { bodyBytesMax: 100 });
    const { httpStatus } = await client.post('/', review('u1', 'x'.repeat(100)));
    assert.equal(httpStatus, 413);
    assert.deepEqual(recorder.cases(), []);
  });

  it('goes on allowing when it is full, and counts what it did not keep', async (test) => {
    const { recorder, client } = await start(test, { casesMax: 1 });
    for (const uid of ['u1', 'u2', 'u3']) {
      assert.equal((await client.post('/', review(uid))).httpStatus, 200);
    }
    assert.deepEqual([recorder.cases().length, recorder.droppedCount()], [1, 2]);
  });

  it('rejects when the port is taken', async (test) => {
    const { recorder } = await start(test);
    const port = Number(new URL(recorder.url).port);
    await assert.rejects(start(test, { port }), { code: 'EADDRINUSE' });
  });
});
