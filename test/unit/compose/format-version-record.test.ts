import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedVersion } from '../../../src/audit/audit-record.ts';
import { auditRecordSchema } from '../../../src/audit/record-schema.ts';
import {
  formatVersionRecord,
  LINEAGE_CODES,
  parseVersionRecord,
} from '../../../src/compose/format-version-record.ts';
import type { LineageChange } from '../../../src/source/lineage/application-lineage.ts';
import { APPS, SHOP, V1, V2 } from '../../support/lineage-samples.ts';

const origin = {
  decisionId: 'D1',
  time: '2026-01-05T08:00:00.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};
const UNTIL_MS = Date.UTC(2026, 0, 5, 8, 30);

const changes: readonly (readonly [LineageChange, string, RegExp])[] = [
  [
    { what: 'deployed', revision: V1, isRollback: false },
    'version_deployed',
    /^Application argocd\/shop was brought to 111111111111\.$/u,
  ],
  [
    { what: 'deployed', revision: V1, previous: V2, isRollback: true },
    'version_deployed',
    /shop was rolled back to 111111111111, instead of 222222222222\.$/u,
  ],
  [
    { what: 'verified', revision: `${V1}+${V2}`, by: 'health' },
    'version_verified',
    /^111111111111\+222222222222 of Application argocd\/shop is verified by its health\.$/u,
  ],
  [
    { what: 'verified', revision: V1, by: 'statement', verifier: 'ci', issuedAtMs: 5 },
    'version_verified',
    /is verified by the pipeline "ci"\.$/u,
  ],
  [
    { what: 'frozen', revision: V1, untilMs: UNTIL_MS },
    'rollbacks_exceeded',
    /keeps 111111111111 until 2026-01-05T08:30:00\.000Z\.\n/u,
  ],
];

describe('the record of an entry of a lineage', () => {
  for (const [change, code, message] of changes) {
    it(`says it, and is read back: ${JSON.stringify(change).slice(0, 60)}`, () => {
      const record = formatVersionRecord(SHOP, change, origin);
      assert.deepEqual(auditRecordSchema.parse(record), record);
      assert.equal(record.code, code);
      assert.match(record.message, message);
      assert.deepEqual(parseVersionRecord(record), change);
      assert.deepEqual(
        [record.finding, record.allowed, record.object.name, record.managedBy],
        [true, true, 'shop', { tool: 'argocd', app: 'shop' }],
      );
      assert.ok(LINEAGE_CODES.includes(code));
    });
  }

  it('is about a Kustomization of Flux, too', () => {
    const change = { what: 'verified', revision: V1, by: 'statement' } as const;
    const record = formatVersionRecord(APPS, change, origin);
    assert.deepEqual([record.object.resource, record.managedBy?.tool], ['kustomizations', 'flux']);
    assert.deepEqual(parseVersionRecord(record), change);
  });

  it('is none where a record has none, or a part of one', () => {
    assert.equal(parseVersionRecord({}), undefined);
    for (const what of ['verified', 'frozen'] as const) {
      assert.equal(parseVersionRecord({ applicationVersion: { what, revision: V1 } }), undefined);
    }
    const version: RecordedVersion = { what: 'deployed', revision: V1 };
    assert.deepEqual(parseVersionRecord({ applicationVersion: version }), {
      ...version,
      isRollback: false,
    });
  });
});
