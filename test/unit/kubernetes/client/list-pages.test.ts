import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { listPages } from '../../../../src/kubernetes/client/list-pages.ts';

function list(pages: readonly ApiReading[], stopAt?: string) {
  const asked: string[] = [];
  const names: (string | undefined)[] = [];
  const end = listPages('/api/v1/pods', {
    read: (path, accept) => {
      asked.push(`${accept} ${path}`);
      return Promise.resolve(pages[asked.length - 1] ?? { status: 'absent' });
    },
    pageObjects: 2,
    pagesMax: 2,
    visit: (items) => {
      names.push(...items.map(({ metadata }) => metadata?.name));
      return names.at(-1) === stopAt;
    },
  });
  return { end, asked, names };
}

const page = (name: string, metadata: object): ApiReading => ({
  status: 'read',
  body: { metadata, items: [{ metadata: { name } }] },
});

describe('listPages', () => {
  it('visits page after page, and tells the version of the list', async () => {
    const { end, asked, names } = list([
      page('a', { continue: 'n&', resourceVersion: '7' }),
      page('b', { resourceVersion: '7' }),
    ]);
    assert.deepEqual(await end, { status: 'listed', resourceVersion: '7' });
    assert.deepEqual(names, ['a', 'b']);
    assert.deepEqual(asked, [
      'application/json /api/v1/pods?limit=2',
      'application/json /api/v1/pods?limit=2&continue=n%26',
    ]);
  });

  it('ends where the visitor has seen enough', async () => {
    const { end, asked } = list([page('a', { continue: 'n' })], 'a');
    assert.deepEqual(await end, { status: 'stopped' });
    assert.equal(asked.length, 1);
  });

  it('passes on what is absent or unavailable, on any page', async () => {
    assert.deepEqual(await list([]).end, { status: 'absent' });
    const late: ApiReading = { status: 'unavailable', code: 'lookup_timed_out', reason: 'late' };
    assert.deepEqual(await list([page('a', { continue: 'n' }), late]).end, late);
  });

  it('does not take part of a list for the whole', async () => {
    const endless = page('a', { continue: 'n' });
    assert.deepEqual(await list([endless, endless, endless]).end, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'GET /api/v1/pods holds more than 4 objects',
    });
  });

  it('does not take an answer for a list that is none', async () => {
    assert.deepEqual(await list([{ status: 'read', body: 'html' }]).end, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'The answer to GET /api/v1/pods is no list',
    });
  });

  it('gives a list without a version an empty one', async () => {
    assert.deepEqual(await list([page('a', {})]).end, { status: 'listed', resourceVersion: '' });
  });
});
