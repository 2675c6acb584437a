import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import type { EntryFilter } from '../../../../src/audit/query/match-entry.ts';
import { matchEntry } from '../../../../src/audit/query/match-entry.ts';
import { searchJournals } from '../../../../src/audit/query/search-journal.ts';
import { parseRecord } from '../../../../src/audit/journal/parse-record.ts';
import { segmentName } from '../../../../src/audit/journal/segment-files.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { SAMPLE_START_MS, sampleRecord } from '../../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function search(
  folders: readonly string[],
  filter: EntryFilter,
  limit = 1000,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { origin, entry } of searchJournals(folders, { filter, limit })) {
    found.push(`${origin.replica}:${entry.sequence}`);
  }
  return found;
}

/** Objects of several groups and without a namespace, and refusals that were counted. */
function variedRecord(number: number): AuditRecord {
  const record = sampleRecord(number);
  const { object } = record;
  if (number % 12 === 0) return countedRecord(number, record);
  if (number % 11 === 0) return { ...record, source: { ...SOURCE, revision: COMMIT } };
  if (number % 13 === 0) return { ...record, source: { ...SOURCE, commits: [UNJUDGED, REJECTED] } };
  if (number % 8 === 0) return { ...record, ...UNENFORCED[(number / 8) % UNENFORCED.length] };
  // The id elsewhere than in the source.
  if (number % 17 === 0) return { ...record, message: COMMIT, requestUid: COMMIT };
  if (number % 5 === 0) {
    return { ...record, object: { ...object, group: '', resource: 'pods', kind: 'Pod' } };
  }
  if (number % 7 === 0) {
    return { ...record, object: { ...object, group: '', resource: 'nodes', namespace: '' } };
  }
  return record;
}

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SOURCE = {
  repository: 'https://git.example.com/shop',
  revision: 'main',
  path: '',
  inlineManifests: false,
};
const UNJUDGED = { status: 'unjudged', repository: SOURCE.repository, signers: [] } as const;
const REJECTED = { ...UNJUDGED, status: 'rejected', code: 'unsigned', objectId: COMMIT } as const;

const ALLOWED = { allowed: true, code: 'allowed', message: '' };
const OBJECTION = { policy: 'gitops_only_writes', codes: ['managed_object_changed'] };
const WOULD_DENY = { code: 'managed_object_changed', message: 'Managed' };
const GRANT = {
  id: 'g-1',
  subject: 'user-1',
  reason: 'outage',
  ticket: 'INC-1',
  expires: '2026-11-21T09:00:00Z',
  approvers: ['bob'],
  use: 1,
  usesLeft: 1,
};

/** Objections that did not refuse, one of each kind. */
const UNENFORCED: readonly Partial<AuditRecord>[] = [
  {
    ...ALLOWED,
    wouldDeny: WOULD_DENY,
    policies: [{ ...OBJECTION, mode: 'warn', status: 'warned', wouldDeny: true }],
  },
  {
    ...ALLOWED,
    wouldDeny: WOULD_DENY,
    policies: [{ ...OBJECTION, mode: 'audit', status: 'audited', wouldDeny: true }],
  },
  // As earlier versions wrote it.
  { ...ALLOWED, policies: [{ ...OBJECTION, mode: 'warn', status: 'warned' }] },
  { ...ALLOWED, policies: [{ ...OBJECTION, mode: 'warn', status: 'unavailable' }] },
  { ...ALLOWED, grant: GRANT },
];

function countedRecord(number: number, record: AuditRecord): AuditRecord {
  const at = record.time;
  const object = { ...record.object, resource: '*', namespace: '*', name: '*' };
  const refusals = ['pods/shop/app-2', 'nodes//app-1'].map((key, index) => ({
    username: `user-${(number + index) % 7}`,
    operation: record.operation,
    object: `/${key}`,
    kind: 'Pod',
    count: 2,
  }));
  const counts = { part: 1, count: 4, first: at, last: at, requestUids: [], unlisted: 0 };
  return { ...record, object, folded: { by: 'code', ...counts, refusals } };
}

const filters: readonly EntryFilter[] = [
  {},
  { sinceMs: SAMPLE_START_MS + 20_000, untilMs: SAMPLE_START_MS + 40_000 },
  { username: 'user-3' },
  { username: 'user-3', decision: 'denied' },
  { namespace: 'shop', code: 'allowed' },
  { decision: 'denied' },
  { decision: 'allowed' },
  { decision: 'warned' },
  { decision: 'audited' },
  { decision: 'unjudged' },
  { decision: 'granted' },
  { decision: 'warned', code: 'managed_object_changed' },
  { decision: 'denied', code: 'managed_object_changed' },
  { code: 'managed_object_changed' },
  { code: 'managed_object_changed', namespace: 'shop' },
  { policy: 'gitops_only_writes' },
  { policy: 'gitops_only_writes', namespace: 'shop' },
  { object: { resources: ['pods'] } },
  { object: { resources: ['deployments'], namespace: 'billing' } },
  { object: { resources: ['deployments'], name: 'app-1' }, sinceMs: SAMPLE_START_MS + 10_000 },
  { object: { resources: ['deployments', 'pods'], namespace: 'billing', name: 'app-4' } },
  { object: { resources: [], namespace: '' } },
  { object: { resources: [], name: 'app-2' } },
  { object: { resources: ['secrets'] } },
  { object: { resources: ['pods'], namespace: 'shop' }, username: 'user-5' },
  { decisionId: sampleRecord(24).decisionId },
  { commit: COMMIT.slice(0, 7) },
  { commit: COMMIT, username: 'user-4' },
  { commit: COMMIT, policy: 'gitops_only_writes' },
  { commit: COMMIT.slice(1) },
];

for (const filter of filters) {
  test(`the indexes find what reading everything finds: ${JSON.stringify(filter)}`, async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(folder, { segments: [20, 20, 20], headEvery: 0, record: variedRecord });
    const expected = Array.from({ length: 60 }, (_, index) => 60 - index).filter((number) => {
      const record = parseRecord(JSON.stringify(variedRecord(number)));
      return record !== undefined && matchEntry(record, filter);
    });

    const found = await search([folder], filter);

    assert.deepEqual(
      found,
      expected.map((number) => `holdfast-0:${number}`),
    );
    assert.deepEqual(await search([folder], filter, 3), found.slice(0, 3));
  });
}

test('several journals are merged by time, the newest first', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const [even, odd] = [join(folder, 'even'), join(folder, 'odd')];
  await buildJournal(even, {
    segments: [3, 2],
    replica: 'even',
    record: (number) => sampleRecord(number * 2),
  });
  await buildJournal(odd, {
    segments: [4],
    replica: 'odd',
    record: (number) => sampleRecord(number * 2 + 1),
  });

  assert.deepEqual(await search([even, odd], {}, 6), [
    'even:5',
    'odd:4',
    'even:4',
    'odd:3',
    'even:3',
    'odd:2',
  ]);
});

test('a segment that cannot be read is an error, not an empty answer', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(folder, { segments: [3] });
  writeFileSync(join(folder, segmentName(4)), 'no database'.repeat(100));

  await assert.rejects(search([folder], {}), {
    code: 'journal_unreadable',
    message: `The segment "${segmentName(4)}" cannot be searched: file is not a database`,
  });
});

test('searchJournals() before an entry gives the rest of the same search, page by page', async (t) => {
  const { folder } = await buildJournal(await makeTemporaryFolder(t), {
    segments: [40, 1, 60, 23],
    record: variedRecord,
  });
  const searches: readonly EntryFilter[] = [
    {},
    { namespace: 'shop' },
    { code: 'managed_object_changed' },
    { policy: 'gitops_only_writes', decision: 'denied' },
    { username: 'user-3' },
  ];
  for (const filter of searches) {
    const whole = await search([folder], filter);
    const pages: string[] = [];
    let before = Number.MAX_SAFE_INTEGER;
    for (let isMore = true; isMore;) {
      isMore = false;
      const asked = { filter, limit: 7, beforeSequence: before };
      for await (const { origin, entry } of searchJournals([folder], asked)) {
        pages.push(`${origin.replica}:${entry.sequence}`);
        before = entry.sequence;
        isMore = true;
      }
    }
    assert.deepEqual(pages, whole, JSON.stringify(filter));
  }
});

test('searchJournals() looks at no further segment once it was given up', async (t) => {
  const { folder } = await buildJournal(await makeTemporaryFolder(t), { segments: [3, 3] });
  const given = new AbortController();
  const found: number[] = [];
  const asked = { filter: {}, limit: 10, signal: given.signal };
  for await (const { entry } of searchJournals([folder], asked)) {
    found.push(entry.sequence);
    given.abort();
  }

  assert.deepEqual(found, [6, 5, 4]);
});
