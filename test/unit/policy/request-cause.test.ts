import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { formatCauseKey } from '../../../src/policy/request-cause.ts';

const JANE = { username: 'jane', namespace: 'shop', resource: 'pods' };

describe('formatCauseKey()', () => {
  it('is another text for every other cause', () => {
    const shifted = { username: 'jane","shop', namespace: '', resource: 'pods' };

    assert.notEqual(formatCauseKey(JANE), formatCauseKey(shifted));
    assert.notEqual(formatCauseKey(JANE), formatCauseKey({ ...JANE, resource: 'services' }));
  });

  it('has a size, whatever a user is called', () => {
    const [a, b] = ['a', 'b'].map((end) =>
      formatCauseKey({ ...JANE, username: `${'x'.repeat(100_000)}${end}` }),
    );

    assert.equal(a?.length, 64);
    assert.notEqual(a, b);
  });
});
