import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialTable } from '../../../../src/identity/credentials/credential-table.ts';
import { formatTable, parseTable } from '../../../../src/identity/credentials/stored-table.ts';

const empty: CredentialTable = { createdMs: 0, identities: new Map() };

function print(number: number): string {
  return String(number).padStart(32, '0');
}

test('a table is the same after it was stored', () => {
  const seen = { firstSeenMs: 1000, lastSeenMs: 2000 };
  const table: CredentialTable = {
    createdMs: 1,
    identities: new Map([
      [
        'system:node:a',
        [
          { fingerprint: print(1), kind: 'certificate', learnedBy: 'first', ...seen },
          { fingerprint: print(2), kind: 'token', ...seen },
        ],
      ],
    ]),
  };

  assert.deepEqual(parseTable(formatTable(table)), table);
});

test('parseTable() believes nothing that is no table', () => {
  for (const text of ['', '{}', '[]', formatTable(empty).replace('"version":1', '"version":2')]) {
    assert.equal(parseTable(text), undefined);
  }
});

test('a table of as many nodes as are allowed fits into a Secret', () => {
  const identities = Array.from({ length: 5000 }, (_, index) => {
    const name = `system:node:ip-10-100-${String(index)}.eu-central-1.compute.internal`;
    const entry = { fingerprint: print(index), kind: 'certificate', learnedBy: 'first' } as const;
    return [name, [{ ...entry, firstSeenMs: Date.now(), lastSeenMs: Date.now() }]] as const;
  });
  const text = formatTable({ createdMs: 0, identities: new Map(identities) });

  assert.ok(Buffer.byteLength(text) < 1024 * 1024, String(Buffer.byteLength(text)));
});
