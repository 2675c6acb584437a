import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { searchClaims } from '../../../../src/kubernetes/lookup/search-claims.ts';

const DOWN = { status: 'unavailable', code: 'lookup_failed', reason: 'down' } as const;

function page(...names: readonly string[]): ApiReading {
  return { status: 'read', body: { items: names.map((name) => ({ metadata: { name } })) } };
}

/** What is found are names, with the kind of their list. */
async function search(answer: (path: string) => ApiReading) {
  return await searchClaims({
    read: (path) => Promise.resolve(answer(path)),
    find: (kind, items) =>
      items.flatMap(({ metadata }) => (metadata?.name === 'wanted' ? [`${kind} wanted`] : [])),
  });
}

describe('searchClaims()', () => {
  it('finds something although another kind cannot be read', async () => {
    const searched = await search((path) =>
      path.includes('/applications') ? page('other', 'wanted') : DOWN,
    );
    assert.deepEqual(searched, { status: 'searched', found: ['Application wanted'] });
  });

  it('never says that there is nothing where a kind cannot be read', async () => {
    const searched = await search((path) =>
      path.includes('/applications') ? page('other') : DOWN,
    );
    assert.equal(searched.status, 'unavailable');
  });

  it('finds nothing where every kind was read, or is not installed', async () => {
    const searched = await search((path) =>
      path.includes('/applications') ? page('other') : { status: 'absent' },
    );
    assert.deepEqual(searched, { status: 'searched', found: [] });
  });
});
