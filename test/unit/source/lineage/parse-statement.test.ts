import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStatement } from '../../../../src/source/lineage/parse-statement.ts';
import { SHOP, V1, V2 } from '../../../support/lineage-samples.ts';

const statement = {
  cluster: 'prod',
  ...SHOP,
  revision: V1,
  issuedAt: '2026-01-05T08:00:00.000Z',
};

describe('a statement about a version', () => {
  it('names the cluster, the application, the version and when it was signed', () => {
    assert.deepEqual(parseStatement(JSON.stringify(statement)), { ok: true, statement });
    const several = { ...statement, revision: `${V1}+${V2}` };
    assert.deepEqual(parseStatement(JSON.stringify(several)), { ok: true, statement: several });
  });

  it('has every member, and no other one', () => {
    const { cluster: _cluster, ...rest } = statement;
    for (const other of [rest, { ...statement, more: 1 }, { ...statement, revision: 'main' }]) {
      const parsed = parseStatement(JSON.stringify(other));
      assert.match(parsed.ok ? '' : parsed.reason, /^it is malformed in /u);
    }
  });

  it('is JSON that can be read in one way', () => {
    const twice = `{"cluster":"dev",${JSON.stringify(statement).slice(1)}`;
    for (const text of ['', 'x', twice]) {
      assert.deepEqual(parseStatement(text), { ok: false, reason: 'it is not JSON' });
    }
  });
});
