import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { FAKE_TOKEN, startFakeApiServer } from './fake-api-server.ts';
import type { FakeApiServer } from './fake-api-server.ts';

describe('the fake API server', () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });

  function codeOf(options: { method?: string; headers?: Record<string, string>; path?: string }) {
    return new Promise<number>((resolve, reject) => {
      const { path = '/api/v1/nodes/a', ...rest } = options;
      const headers = { authorization: `Bearer ${FAKE_TOKEN}`, ...rest.headers };
      const url = new URL(path, server.url);
      request(url, { ...rest, headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it('is as strict as the real one about method, token, media type and existence', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    assert.equal(await codeOf({ method: 'POST' }), 405);
    assert.equal(await codeOf({ headers: { authorization: 'Bearer other' } }), 401);
    assert.equal(await codeOf({ headers: { accept } }), 406);
    assert.equal(await codeOf({}), 404);
    server.answer('/api/v1/nodes/a', { body: { kind: 'Node' } });
    assert.equal(await codeOf({}), 200);
  });
});
