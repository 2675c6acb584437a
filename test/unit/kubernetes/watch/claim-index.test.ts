import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ClaimIndex } from '../../../../src/kubernetes/watch/claim-index.ts';

const web = {
  group: '',
  version: 'v1',
  resource: 'services',
  kind: 'Service',
  namespace: 'shop',
  name: 'web',
};
const claimed = [{ group: '', kind: 'Service', namespace: 'shop', name: 'web' }];

it('ClaimIndex finds who claims an object, exactly that one, until it no longer does', () => {
  const index = new ClaimIndex();
  const first = { name: 'first', claimed };
  const second = { name: 'second', claimed };
  index.add(first);
  index.add(second);
  index.add({ name: 'none' });
  assert.deepEqual(index.find(web), [first, second]);
  assert.deepEqual(index.find({ ...web, namespace: 'other' }), []);
  assert.deepEqual(index.find({ ...web, kind: 'Endpoints' }), []);
  index.remove(first);
  index.remove({ name: 'none' });
  assert.deepEqual(index.find(web), [second]);
  index.remove(second);
  index.remove(second);
  assert.deepEqual(index.find(web), []);
});
