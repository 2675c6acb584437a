import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeRegistry, type FakeAnswer } from '../../../support/images/fake-registry.ts';
import { openTransport } from '../../../support/images/registry-access.ts';
import { issueTestCertificate, serverCertificatesOf } from '../../../support/certificates.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const REQUEST = { accept: 'application/json', answerBytesMax: 1000, follows: true } as const;

function redirect(location: string): FakeAnswer {
  return { status: 307, headers: { location } };
}

describe('RegistryTransport', () => {
  it('sends what it is given, and says who we are', async (t) => {
    const registry = await FakeRegistry.start(t, {
      intercept: () => ({ status: 200, body: 'yes' }),
    });
    const transport = openTransport(t, [registry.host]);

    const answer = await transport.send({
      ...REQUEST,
      url: new URL(`${registry.origin}/v2/`),
      authorization: 'Basic x',
    });

    assert.equal(answer.status === 'answered' && answer.text, 'yes');
    const [{ headers, method } = { headers: {}, method: '' }] = registry.requests;
    assert.deepEqual(
      [method, headers.accept, headers['user-agent'], headers.authorization],
      ['GET', 'application/json', 'holdfast', 'Basic x'],
    );
  });

  it('asks by http only whom it may, and says how to allow it', async (t) => {
    const registry = await FakeRegistry.start(t);
    const transport = openTransport(t, [registry.host], { plainHttpHosts: [] });

    const answer = await transport.send({ ...REQUEST, url: new URL(registry.origin) });

    assert.deepEqual(answer, {
      status: 'rejected',
      code: 'image_registry_refused',
      reason: `${registry.host} is not asked by http, as that can be read and changed on the way; allow it with --plain-http ${registry.host}`,
    });
    assert.deepEqual(registry.requests, []);
  });

  it('asks a private address only where it may, also behind a redirect', async (t) => {
    const inside = await FakeRegistry.start(t);
    const outside = await FakeRegistry.start(t, {
      intercept: () => redirect(`${inside.origin}/v2/`),
    });
    const both = [inside.host, outside.host];
    const transport = openTransport(t, both, { privateHosts: [outside.host] });

    for (const { origin } of [inside, outside]) {
      assert.deepEqual(await transport.send({ ...REQUEST, url: new URL(origin) }), {
        status: 'rejected',
        code: 'image_registry_refused',
        reason: `The host 127.0.0.1 has a private address; allow it with --private-host ${inside.host}`,
      });
    }
    assert.deepEqual(inside.requests, []);
  });

  it('connects to the address that was checked, and asks the resolver once', async (t) => {
    const registry = await FakeRegistry.start(t, { intercept: () => ({ status: 200 }) });
    const { port } = new URL(registry.origin);
    const answers = ['127.0.0.1', '127.0.0.2'];
    const host = `registry.invalid:${port}`;
    const resolve = async () => [{ address: answers.shift() ?? '127.0.0.3' }];
    const transport = openTransport(t, [host], { resolve });

    for (const path of ['/a', '/b']) {
      const url = new URL(`http://${host}${path}`);
      assert.equal((await transport.send({ ...REQUEST, url })).status, 'answered');
    }
    assert.equal(answers.length, 1);
  });

  it('lets no credential follow a redirect, not even to the same host', async (t) => {
    const store = await FakeRegistry.start(t, { intercept: () => ({ status: 200, body: 'blob' }) });
    const registry = await FakeRegistry.start(t, {
      intercept: ({ url }, host) =>
        url === '/v2/' ? redirect(`http://${host}/next`) : redirect(`${store.origin}/blob`),
    });
    const transport = openTransport(t, [registry.host, store.host]);

    const answer = await transport.send({
      ...REQUEST,
      url: new URL(`${registry.origin}/v2/`),
      authorization: 'Bearer secret',
    });

    assert.ok(answer.status === 'answered');
    assert.deepEqual([answer.text, answer.isRedirected], ['blob', true]);
    const sent = [...registry.requests, ...store.requests].map(
      ({ headers }) => headers.authorization,
    );
    assert.deepEqual(sent, ['Bearer secret', undefined, undefined]);
  });

  it('follows three redirects, and none where it must not', async (t) => {
    const registry = await FakeRegistry.start(t, {
      intercept: ({ url = '' }) => redirect(`${url}x`),
    });
    const transport = openTransport(t, [registry.host]);
    const url = new URL(`${registry.origin}/`);

    const followed = await transport.send({ ...REQUEST, url });
    assert.equal(followed.status === 'rejected' && followed.code, 'image_registry_refused');
    assert.equal(registry.requests.length, 4);
    const first = await transport.send({ ...REQUEST, url, follows: false });
    assert.equal(first.status === 'answered' && first.httpStatus, 307);
  });

  it('refuses redirects to other protocols, to credentials in a URL, and to what is no URL', async (t) => {
    const places = [
      'ftp://example.com/',
      'file:///etc/passwd',
      'http://a:b@example.com/',
      'http://',
      'http://example.com/',
    ];
    for (const place of places) {
      const registry = await FakeRegistry.start(t, { intercept: () => redirect(place) });
      const transport = openTransport(t, [registry.host]);
      const answer = await transport.send({ ...REQUEST, url: new URL(registry.origin) });
      assert.equal(answer.status === 'rejected' && answer.code, 'image_registry_refused', place);
    }
  });

  it('asks no more while it was told to wait, and again afterwards', async (t) => {
    const time = new SimulatedTime();
    const answers: FakeAnswer[] = [
      { status: 429, headers: { 'retry-after': '30' } },
      { status: 200 },
    ];
    const registry = await FakeRegistry.start(t, { intercept: () => answers.shift() });
    const transport = openTransport(t, [registry.host], { clock: time.clock });
    const send = () => transport.send({ ...REQUEST, url: new URL(registry.origin) });

    const first = await send();
    const second = await send();
    assert.deepEqual(
      [first, second].map((answer) => answer.status === 'unavailable' && answer.retryAfterMs),
      [30_000, 30_000],
    );
    assert.equal(registry.requests.length, 1);
    let isOver = false;
    void time.wait(30_001, new AbortController().signal).then(() => (isOver = true));
    await time.passUntil(() => isOver);
    assert.equal((await send()).status, 'answered');
  });

  it('waits ten seconds where it is not told how long, and not after a failure of the server', async (t) => {
    const answers: FakeAnswer[] = [{ status: 500 }, { status: 503 }, { status: 429 }];
    const registry = await FakeRegistry.start(t, { intercept: () => answers.shift() });
    const transport = openTransport(t, [registry.host], { clock: new SimulatedTime().clock });
    for (let sent = 0; sent < 4; sent += 1) {
      const answer = await transport.send({ ...REQUEST, url: new URL(registry.origin) });
      assert.equal(answer.status === 'unavailable' && answer.retryAfterMs, 10_000);
    }
    assert.equal(registry.requests.length, 3);
  });

  it('gives up what is too large, cut off, or does not come before the end', async (t) => {
    const stop = new AbortController();
    const registry = await FakeRegistry.start(t, {
      intercept: ({ url }) => {
        if (url === '/hang') {
          stop.abort();
          return 'hang';
        }
        return { status: 200, body: 'x'.repeat(1001) };
      },
    });
    const transport = openTransport(t, [registry.host], { signal: stop.signal });
    for (const path of ['/large', '/hang', '/later']) {
      const answer = await transport.send({
        ...REQUEST,
        url: new URL(`${registry.origin}${path}`),
      });
      assert.equal(answer.status, 'unavailable', path);
    }
  });

  it('sends no more than sixteen requests at once to one host, whatever others are asked', async (t) => {
    const busy = await FakeRegistry.start(t, { intercept: () => 'hang' });
    const other = await FakeRegistry.start(t, { intercept: () => ({ status: 200 }) });
    const closing = new AbortController();
    const transport = openTransport(t, [busy.host, other.host], { signal: closing.signal });
    const ask = ({ origin }: FakeRegistry) => transport.send({ ...REQUEST, url: new URL(origin) });

    const asked = Array.from({ length: 20 }, () => ask(busy));
    await waitUntil(() => busy.requests.length >= 16);
    for (let count = 0; count < 5; count += 1) assert.equal((await ask(other)).status, 'answered');

    assert.equal(busy.requests.length, 16);
    closing.abort();
    await Promise.all(asked);
  });

  it('says how to allow http where a registry does not speak TLS', async (t) => {
    const registry = await FakeRegistry.start(t);
    const transport = openTransport(t, [registry.host], { plainHttpHosts: [] });

    const answer = await transport.send({ ...REQUEST, url: new URL(`https://${registry.host}`) });

    assert.equal(answer.status, 'unavailable');
    const remedy = `; if it speaks http alone, allow that with --plain-http ${registry.host}`;
    assert.ok(answer.reason.endsWith(remedy), answer.reason);
  });

  it('shows our certificate to the host that it is for, and to no other', async (t) => {
    const { authority, server } = serverCertificatesOf('localhost');
    const client = issueTestCertificate({
      commonNames: ['holdfast'],
      purpose: 'client',
      issuer: authority,
    });
    const tls = {
      ...server,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const asking = await FakeRegistry.start(t, { tls, intercept: () => ({ status: 200 }) });
    const other = await FakeRegistry.start(t, { tls, intercept: () => ({ status: 200 }) });
    const hosts = [asking, other].map(({ host }) => host.replace('127.0.0.1', 'localhost'));
    const transport = openTransport(t, hosts, {
      tls: { ca: authority.cert },
      hostTls: new Map([[hosts[0] ?? '', { ca: authority.cert, ...client }]]),
    });
    const answers = await Promise.all(
      hosts.map((host) => transport.send({ ...REQUEST, url: new URL(`https://${host}/v2/`) })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['answered', 'unavailable'],
    );
  });

  it('trusts the given authority and nobody else', async (t) => {
    const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
    const registry = await FakeRegistry.start(t, { tls, intercept: () => ({ status: 200 }) });
    const request = { ...REQUEST, url: new URL(registry.origin) };

    const trusting = openTransport(t, [registry.host], { tls: { ca: tls.cert } });
    assert.equal((await trusting.send(request)).status, 'answered');
    assert.equal((await openTransport(t, [registry.host]).send(request)).status, 'unavailable');
  });
});
