import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { findManaged } from '../../../../src/kubernetes/lookup/find-managed.ts';
import type { LeftBehindTest } from '../../../../src/kubernetes/lookup/lookup.ts';
import { applicationReference } from '../../../../src/kubernetes/object-reference.ts';

const deployments = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' };
const services = { group: '', version: 'v1', resource: 'services', kind: 'Service' };
const application = applicationReference('argocd', 'gone');
const FORBIDDEN: ApiReading = { status: 'unavailable', code: 'lookup_forbidden', reason: 'no' };
const metadataItem = (name: string, app?: string) => ({
  kind: 'PartialObjectMetadata',
  metadata: { name, annotations: app === undefined ? {} : { app } },
});

function search(answer: (path: string) => unknown, leftBehind: LeftBehindTest = () => undefined) {
  const paths: string[] = [];
  const kinds: (string | undefined)[] = [];
  const found = findManaged('shop', {
    kinds: [deployments, services],
    isManaged: ({ kind, metadata }) => {
      kinds.push(kind);
      const app = metadata?.annotations?.['app'];
      return app === undefined ? undefined : { app, ...(app === 'gone' && { application }) };
    },
    leftBehind,
    read: (path) => {
      paths.push(path);
      const body = answer(path);
      const isReading = typeof body === 'object' && body !== null && 'status' in body;
      return Promise.resolve(isReading ? (body as ApiReading) : { status: 'read', body });
    },
  });
  return { found, paths, kinds };
}

describe('findManaged', () => {
  it('names what is managed, by the kind that the metadata stands for', async () => {
    const { found, paths, kinds } = search((path) =>
      path.includes('deployments')
        ? { items: [metadataItem('checkout', 'checkout'), metadataItem('other')] }
        : { items: [] },
    );
    assert.deepEqual(await found, {
      status: 'found',
      objects: [{ ...deployments, namespace: 'shop', name: 'checkout', app: 'checkout' }],
    });
    assert.deepEqual(kinds, ['Deployment', 'Deployment']);
    assert.deepEqual(paths, [
      '/apis/apps/v1/namespaces/shop/deployments?limit=500',
      '/api/v1/namespaces/shop/services?limit=500',
    ]);
  });

  it('reads page after page until it finds something', async () => {
    const { found, paths } = search((path) => {
      if (path.includes('services')) return { items: [] };
      return path.includes('continue=a%26b')
        ? { items: [metadataItem('last', 'app')] }
        : { metadata: { continue: 'a&b' }, items: [metadataItem('first')] };
    });
    assert.equal((await found).status, 'found');
    assert.equal(paths.filter((path) => path.includes('deployments')).length, 2);
  });

  it('takes a kind that is not served for empty', async () => {
    const { found } = search(() => ({ status: 'absent' }));
    assert.deepEqual(await found, { status: 'found', objects: [] });
  });

  it('does not say "none" where one kind could not be read', async () => {
    const { found } = search((path) => (path.includes('services') ? FORBIDDEN : { items: [] }));
    assert.deepEqual(await found, FORBIDDEN);
  });

  it('names what it found although another kind could not be read', async () => {
    const { found } = search((path) =>
      path.includes('services') ? FORBIDDEN : { items: [metadataItem('a', 'app')] },
    );
    assert.equal((await found).status, 'found');
  });

  it('does not say "none" where a kind has no end', async () => {
    const { found, paths } = search((path) =>
      path.includes('services') ? { items: [] } : { metadata: { continue: 'n' }, items: [] },
    );
    assert.deepEqual(await found, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'GET /apis/apps/v1/namespaces/shop/deployments holds more than 10000 objects',
    });
    assert.equal(paths.length, 21);
  });

  it('does not take an answer for a list that is none', async () => {
    assert.deepEqual(await search(() => 'html').found, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'The answer to GET /apis/apps/v1/namespaces/shop/deployments is no list',
    });
  });

  it('refuses a namespace that cannot be named', async () => {
    const kinds = [services];
    const read = () => Promise.reject(new Error('never read'));
    const nothing = () => undefined;
    const refused = { kinds, isManaged: nothing, leftBehind: nothing, read };
    assert.deepEqual(await findManaged('..', refused), {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'There is no path to services of ".."',
    });
  });

  it('searches on behind what was left behind', async () => {
    const { found, paths } = search(
      (path) =>
        path.includes('continue=')
          ? { items: [metadataItem('checkout', 'shop')] }
          : { metadata: { continue: 'more' }, items: [metadataItem('old', 'gone')] },
      () => ({ goneForMs: 1 }),
    );
    const result = await found;
    assert.deepEqual(
      result.status === 'found' && result.objects.map(({ kind, name }) => `${kind} ${name}`),
      ['Service checkout', 'Deployment checkout'],
    );
    assert.equal(paths.length, 4);
  });

  it('says that all was left behind only after every kind was read', async () => {
    const left = () => ({ goneForMs: 1 });
    const { found } = search(() => ({ items: [metadataItem('old', 'gone')] }), left);
    const result = await found;
    assert.deepEqual(
      result.status === 'found' && result.objects.map(({ leftBehind }) => leftBehind),
      [{ goneForMs: 1 }, { goneForMs: 1 }],
    );
    const partly = search(
      (path) => (path.includes('services') ? FORBIDDEN : { items: [metadataItem('old', 'gone')] }),
      left,
    );
    assert.deepEqual(await partly.found, FORBIDDEN);
  });

  it('takes what another application lists for its own', async () => {
    const { found } = search(
      (path) => (path.includes('services') ? FORBIDDEN : { items: [metadataItem('old', 'gone')] }),
      () => ({ goneForMs: 1, listedBy: 'argocd/shop' }),
    );
    assert.equal((await found).status, 'found');
  });

  it('keeps those of the applications that went last', async () => {
    const items = Array.from({ length: 30 }, (_, index) =>
      metadataItem(`n${String(index)}`, 'gone'),
    );
    const { found } = search(
      (path) => ({ items: path.includes('services') ? [] : items }),
      (_, { name }) => ({ goneForMs: 100 - Number(name.slice(1)) }),
    );
    const result = await found;
    const times =
      result.status === 'found' ? result.objects.map((o) => o.leftBehind?.goneForMs) : [];
    assert.deepEqual([times.length, Math.max(...times.map((time = 0) => time))], [20, 90]);
  });
});
