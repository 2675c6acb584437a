import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveBySystem, resolveHost, type ResolveHost } from '../../../src/base/resolve-host.ts';

function rules(addresses: readonly string[] | ResolveHost, privateHosts: readonly string[] = []) {
  const resolve: ResolveHost =
    typeof addresses === 'function'
      ? addresses
      : async () => addresses.map((address) => ({ address }));
  return { privateHosts, resolve, timeoutMs: 10_000, remedy: 'name it in the list' };
}

test('resolveHost() gives public addresses, and private ones of named hosts', async () => {
  assert.deepEqual(await resolveHost('git.example.com', rules(['140.82.121.4'])), {
    status: 'resolved',
    addresses: ['140.82.121.4'],
  });
  assert.deepEqual(await resolveHost('gitea', rules(['10.0.0.1'], ['gitea'])), {
    status: 'resolved',
    addresses: ['10.0.0.1'],
  });
});

test('resolveHost() refuses a host with any private address', async () => {
  const both = rules(['140.82.121.4', '169.254.169.254'], ['other']);
  const refused = await resolveHost('git.example.com', both);

  assert.equal(refused.status, 'refused');
});

test('resolveHost() is unavailable without an answer, and does not wait for one for ever', async () => {
  assert.equal((await resolveHost('git.example.com', rules([]))).status, 'unavailable');
  const failing = rules(async () => {
    throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  });
  assert.deepEqual(await resolveHost('git.example.com', failing), {
    status: 'unavailable',
    reason: 'The host git.example.com cannot be resolved (ENOTFOUND)',
  });
  const silent = { ...rules(() => new Promise(() => {})), timeoutMs: 1 };
  assert.deepEqual(await resolveHost('git.example.com', silent), {
    status: 'unavailable',
    reason: 'The host git.example.com cannot be resolved (ETIMEDOUT)',
  });
});

test('resolveHost() asks the resolver for an address without its brackets', async () => {
  const asked: string[] = [];
  const resolve: ResolveHost = async (host) => {
    asked.push(host);
    return await resolveBySystem(host);
  };
  const refused = await resolveHost('[::1]', rules(resolve));

  assert.deepEqual([asked, refused.status], [['::1'], 'refused']);
});
