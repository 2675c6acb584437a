import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { RequestCause } from '../../../src/policy/request-cause.ts';
import { SlowCalls } from '../../../src/policy/slow-calls.ts';

const JANE: RequestCause = { username: 'jane', namespace: 'shop', resource: 'pods' };
const JOE: RequestCause = { ...JANE, username: 'joe' };

describe('SlowCalls', () => {
  it('suspect a cause whose calls are slow twice at once, and nobody else', () => {
    const slow = new SlowCalls();
    slow.begin('p', JANE);
    const one = slow.isSuspect('p', JANE);
    slow.begin('p', JANE);

    assert.equal(one, false);
    assert.equal(slow.isSuspect('p', JANE), true);
    assert.equal(slow.isSuspect('p', JOE), false);
    assert.equal(slow.isSuspect('q', JANE), false);
  });

  it('suspect everybody where calls of two parties are slow', () => {
    const slow = new SlowCalls();
    slow.begin('p', JANE);
    slow.begin('p', JOE);

    assert.equal(slow.isSuspect('p', { ...JANE, username: 'eve' }), true);
  });

  it('take the service accounts of one namespace for one party', () => {
    const slow = new SlowCalls();
    slow.begin('p', { ...JANE, username: 'system:serviceaccount:shop:a' });
    slow.begin('p', { ...JANE, username: 'system:serviceaccount:shop:b' });

    assert.equal(slow.isSuspect('p', JANE), false);
  });

  it('are over when their ends are told', () => {
    const slow = new SlowCalls();
    const ends = [slow.begin('p', JANE), slow.begin('p', JANE)];
    for (const end of ends) end();

    assert.equal(slow.isSuspect('p', JANE), false);
  });
});
