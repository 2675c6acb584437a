import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestBounded } from '../../../src/base/request-bounded.ts';
import { FakeRegistry, OCI_INDEX, OCI_MANIFEST, sha256 } from './fake-registry.ts';

async function ask(
  registry: FakeRegistry,
  path: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly method?: 'PUT' } = {},
) {
  const { headers = {}, method = 'GET' } = options;
  const answer = await requestBounded({
    url: new URL(path, registry.origin),
    method,
    headers,
    timeoutMs: 30_000,
    answerBytesMax: 100_000,
  });
  assert.ok(answer.status === 'answered');
  return answer;
}

const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] };

test('the fake registry gives a manifest by tag and digest, to who accepts its type', async (t) => {
  const registry = await FakeRegistry.start(t);
  const { digest } = registry.putManifest('team/shop', image, 'v1');
  for (const name of ['v1', digest]) {
    const answer = await ask(registry, `/v2/team/shop/manifests/${name}`, {
      headers: { accept: OCI_MANIFEST },
    });
    assert.equal(answer.httpStatus, 200);
    assert.equal(answer.headers['docker-content-digest'], digest);
    assert.equal(sha256(answer.bytes), digest);
  }
  const other = await ask(registry, '/v2/team/shop/manifests/v1', {
    headers: { accept: OCI_INDEX },
  });
  assert.equal(other.httpStatus, 404);
});

test('the fake registry lists what refers to an image, in pages', async (t) => {
  const registry = await FakeRegistry.start(t, { pageSize: 1 });
  const subject = registry.putManifest('shop', image);
  for (const artifactType of ['a/a', 'a/b']) {
    registry.putManifest('shop', { ...image, artifactType, subject });
  }
  const path = `/v2/shop/referrers/${subject.digest}`;
  const first = await ask(registry, path);
  assert.match(first.text, /"artifactType":"a\/a"/u);
  assert.equal(first.headers['link'], `<${path}?last=1>; rel="next"`);
  const second = await ask(registry, `${path}?last=1`);
  assert.match(second.text, /"artifactType":"a\/b"/u);
  assert.equal(second.headers['link'], undefined);
});

test('the fake registry refuses what no client should send', async (t) => {
  const registry = await FakeRegistry.start(t, { hasReferrers: false });
  const statuses = [
    await ask(registry, '/v2/shop/manifests/v1', { method: 'PUT' }),
    await ask(registry, '/v2/Shop/manifests/v1'),
    await ask(registry, '/v2/shop/tags/list/x/y'),
    await ask(registry, '/v2/shop/blobs/sha256:00'),
    await ask(registry, `/v2/shop/referrers/sha256:${'0'.repeat(64)}`),
  ].map(({ httpStatus }) => httpStatus);
  assert.deepEqual(statuses, [405, 400, 400, 404, 404]);
});

test('a token of the fake registry counts for its scope alone', async (t) => {
  const registry = await FakeRegistry.start(t, { authentication: { kind: 'bearer' } });
  for (const name of ['shop', 'other']) registry.putManifest(name, image, 'v1');
  const challenged = await ask(registry, '/v2/shop/manifests/v1');
  assert.equal(challenged.httpStatus, 401);
  assert.match(challenged.headers['www-authenticate'] ?? '', /^Bearer realm=/u);
  const given = await ask(registry, '/token?service=fake&scope=repository:shop:pull');
  const authorization = `Bearer ${/"token":"([^"]+)"/u.exec(given.text)?.[1] ?? ''}`;
  const headers = { accept: OCI_MANIFEST, authorization };
  assert.equal((await ask(registry, '/v2/shop/manifests/v1', { headers })).httpStatus, 200);
  assert.equal((await ask(registry, '/v2/other/manifests/v1', { headers })).httpStatus, 401);
  assert.equal((await ask(registry, '/token?service=fake&scope=all')).httpStatus, 400);
});

test('the fake registry takes its time for each answer, for several at once', async (t) => {
  const delayMs = 100;
  const registry = await FakeRegistry.start(t, { delayMs });
  const startedAt = performance.now();
  const answers = await Promise.all([
    ask(registry, '/v2/a/blobs/x'),
    ask(registry, '/v2/b/blobs/x'),
  ]);
  // Timers round to milliseconds.
  assert.ok(performance.now() - startedAt >= delayMs - 1);
  assert.deepEqual(
    answers.map(({ httpStatus }) => httpStatus),
    [404, 404],
  );
});
