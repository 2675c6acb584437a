import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { FAKE_TOKEN, startFakeApiServer } from './fake-api-server.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { waitUntil } from './wait-until.ts';

describe('the fake API server', () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });

  interface Asked {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly body?: string;
  }
  function codeOf(options: Asked) {
    return new Promise<number>((resolve, reject) => {
      const { path = '/api/v1/nodes/a', body, ...rest } = options;
      const headers = { authorization: `Bearer ${FAKE_TOKEN}`, ...rest.headers };
      const url = new URL(path, server.url);
      request(url, { ...rest, headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end(body);
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

  it('takes writes where a test answers them, and only JSON from who has the token', async () => {
    const type = { 'content-type': 'application/json' };
    const write = { method: 'PUT', headers: type, body: '{}' };
    server.answerWrites(({ method }) => ({ status: method === 'PUT' ? 200 : 201 }));
    assert.equal(await codeOf(write), 200);
    assert.equal(await codeOf({ ...write, method: 'POST' }), 201);
    assert.equal(await codeOf({ ...write, body: '{' }), 400);
    assert.equal(await codeOf({ ...write, headers: { 'content-type': 'text/plain' } }), 415);
    assert.equal(await codeOf({ ...write, headers: { ...type, authorization: 'x' } }), 401);
  });

  it('holds a watch until a test speaks for it, and refuses one that the real server would', async () => {
    const path = '/api/v1/pods?watch=1&resourceVersion=7';
    assert.equal(await codeOf({ path: '/api/v1/pods?watch=1' }), 400);
    assert.equal(await codeOf({ path: '/api/v1/pods?watch=1&resourceVersion=new' }), 400);
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    assert.equal(await codeOf({ path, headers: { accept } }), 406);
    assert.equal(await codeOf({ path, headers: { authorization: 'x' } }), 401);
    const refused = codeOf({ path });
    const taken = await server.nextWatch('/api/v1/pods');
    assert.equal(taken.query.get('resourceVersion'), '7');
    taken.refuse(410);
    assert.equal(await refused, 410);
    const awaited = server.nextWatch('/api/v1/pods');
    const opened = codeOf({ path });
    const watch = await awaited;
    watch.send('ADDED', {});
    assert.equal(await opened, 200);
    watch.end();
    await waitUntil(() => watch.isClosed());
    const cut = codeOf({ path });
    (await server.nextWatch('/api/v1/pods')).cut();
    await assert.rejects(cut);
  });
});
