import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showToken } from '../../../../src/kubernetes/client/authentication.ts';

describe('showToken', () => {
  it('keeps the trust, and takes over nothing by which the other account is known', async () => {
    const shown = showToken(
      {
        server: 'https://127.0.0.1',
        apply: (request) =>
          Promise.resolve({
            ...request,
            headers: { ...request.headers, authorization: 'Bearer own', 'impersonate-user': 'x' },
            auth: 'own:password',
            ca: 'ca',
            cert: 'cert',
            key: 'key',
            servername: 'api',
            rejectUnauthorized: true,
          }),
      },
      () => Promise.resolve('other'),
    );
    assert.equal(shown.server, 'https://127.0.0.1');
    assert.deepEqual(await shown.apply({ method: 'PATCH', headers: { accept: 'a' } }), {
      method: 'PATCH',
      headers: { accept: 'a', authorization: 'Bearer other' },
      ca: 'ca',
      servername: 'api',
      rejectUnauthorized: true,
    });
  });

  it('adds nothing that there is not, and fails where there is no token', async () => {
    const own = { server: '', apply: () => Promise.resolve({}) };
    const options = await showToken(own, () => Promise.resolve('t')).apply({});
    assert.deepEqual(options, { headers: { authorization: 'Bearer t' } });
    const failing = showToken(own, () => Promise.reject(new Error('refused')));
    await assert.rejects(failing.apply({}), /refused/u);
  });
});
