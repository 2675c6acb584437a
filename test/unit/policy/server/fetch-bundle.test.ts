import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { fetchBundle } from '../../../../src/policy/server/fetch-bundle.ts';
import { bundleServerSchema } from '../../../../src/policy/server/settings.ts';
import { startHttpsTarget, type TargetReply } from '../../../support/sinks/https-target.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function fetchFrom(
  t: TestContext,
  reply: TargetReply,
  { etag, token, trusts = true }: { etag?: string; token?: string; trusts?: boolean } = {},
) {
  const target = await startHttpsTarget({ handler: () => reply });
  t.after(target.stop);
  const folder = await makeTemporaryFolder(t, { 'ca.pem': target.ca });
  const source = bundleServerSchema.parse({
    url: `${target.url}/bundles/policies.tar.gz`,
    folder,
    timeoutMs: 20_000,
    ...(trusts && { tls: { caFile: join(folder, 'ca.pem') } }),
    ...(token !== undefined && { token: { env: 'TOKEN' } }),
  });
  const environment = token === undefined || token === '' ? {} : { TOKEN: token };
  const fetched = await fetchBundle(source, { etag, environment, clock: systemClock });
  return { fetched, requests: target.requests };
}

describe('fetchBundle()', () => {
  it('reads the bytes and their ETag, and shows the token', async (t) => {
    const bytes = Buffer.from([0, 255, 1]);

    const { fetched, requests } = await fetchFrom(
      t,
      { bytes, headers: { etag: '"1"' } },
      { token: 'secret' },
    );

    assert.deepEqual(fetched, { status: 'read', bytes, etag: '"1"' });
    const [request] = requests;
    assert.equal(request?.method, 'GET');
    assert.equal(request.path, '/bundles/policies.tar.gz');
    assert.equal(request.headers.authorization, 'Bearer secret');
    assert.equal(request.headers['if-none-match'], undefined);
  });

  it('asks whether there is another one, and takes 304 for no', async (t) => {
    const { fetched, requests } = await fetchFrom(t, { status: 304 }, { etag: '"1"' });

    assert.deepEqual(fetched, { status: 'unchanged' });
    assert.equal(requests[0]?.headers['if-none-match'], '"1"');
  });

  it('keeps no ETag of many characters', async (t) => {
    const { fetched } = await fetchFrom(t, { headers: { etag: `"${'x'.repeat(2000)}"` } });

    assert.deepEqual(fetched, { status: 'read', bytes: Buffer.from(''), etag: undefined });
  });

  it('follows no redirect, and waits as long as the server asks', async (t) => {
    const moved = await fetchFrom(t, { status: 302, headers: { location: 'https://localhost/' } });
    const busy = await fetchFrom(t, { status: 503, headers: { 'retry-after': '7' } });

    const reason = (status: number) => `The server answered with status ${status}`;
    assert.deepEqual(moved.fetched, {
      status: 'failed',
      reason: reason(302),
      retryAfterMs: undefined,
    });
    assert.deepEqual(busy.fetched, { status: 'failed', reason: reason(503), retryAfterMs: 7000 });
  });

  it('asks no server without its token, and none that it does not trust', async (t) => {
    const poor = await fetchFrom(t, {}, { token: '' });
    const strange = await fetchFrom(t, {}, { trusts: false });

    assert.deepEqual(poor.fetched, {
      status: 'failed',
      reason: 'The environment variable "TOKEN" is not set',
    });
    assert.equal(strange.fetched.status, 'failed');
    assert.deepEqual([poor.requests, strange.requests], [[], []]);
  });

  it('refuses a body that is larger than a bundle, and one that is cut off', async (t) => {
    const large = await fetchFrom(t, { bytes: Buffer.alloc(17 * 1024 * 1024) });
    const cut = await fetchFrom(t, { body: 'half of it', cut: 'within' });

    assert.deepEqual(large.fetched, {
      status: 'failed',
      reason: 'The answer cannot be used: it is larger than 16777216 bytes',
    });
    assert.equal(cut.fetched.status, 'failed');
  });

  it('names a file of an authority that is not there', async () => {
    const source = bundleServerSchema.parse({
      url: 'https://localhost:1/',
      folder: '/nowhere',
      tls: { caFile: '/nowhere/ca.pem' },
    });

    assert.deepEqual(
      await fetchBundle(source, { etag: undefined, environment: {}, clock: systemClock }),
      {
        status: 'failed',
        reason: 'Cannot read the CA file "/nowhere/ca.pem": there is no such file',
      },
    );
  });
});
