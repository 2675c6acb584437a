import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeDecision, parseDecision } from './decisions.ts';

const RECORD = {
  decisionId: '01M7Z6VGT11NBEFCYKGNPWBEQ8',
  allowed: false,
  code: 'not_through_git',
  message: 'no',
  operation: 'UPDATE',
  dryRun: false,
  user: { username: 'alice' },
  object: { resource: 'deployments', subresource: 'scale', namespace: 'shop', name: 'web' },
};

describe('parseDecision()', () => {
  it('reads a record on a line of its own', () => {
    assert.deepEqual(parseDecision(JSON.stringify({ ...RECORD, more: 1 })), RECORD);
  });

  it('reads a record within a line of the log', () => {
    assert.deepEqual(parseDecision(JSON.stringify({ level: 30, record: RECORD })), RECORD);
  });

  for (const line of ['ready https://127.0.0.1:1', '{"level":30,"msg":"Serving"}', '{"recor', '']) {
    it(`finds none in ${JSON.stringify(line)}`, () => {
      assert.equal(parseDecision(line), undefined);
    });
  }
});

describe('describeDecision()', () => {
  it('says who wanted what, and the code', () => {
    assert.equal(
      describeDecision(RECORD),
      'alice: UPDATE deployments/scale shop/web: not_through_git',
    );
  });

  it('leaves out what an object does not have', () => {
    const object = { resource: 'namespaces', subresource: '', namespace: '', name: 'shop' };
    assert.equal(
      describeDecision({ ...RECORD, object }),
      'alice: UPDATE namespaces shop: not_through_git',
    );
  });
});
