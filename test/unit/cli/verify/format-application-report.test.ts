import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatApplicationReport,
  formatApplicationReportJson,
} from '../../../../src/cli/verify/format-application-report.ts';
import type {
  ApplicationReport,
  SourceReport,
} from '../../../../src/compose/verify-application.ts';
import { rejected } from '../../../../src/signature/verification.ts';

const ID = '1'.repeat(40);
const URL = 'https://git.example.com/acme/shop';
const SOURCE: SourceReport = {
  repository: URL,
  tracked: 'main',
  path: 'prod',
  role: 'source',
  hint: { claimedObjectId: ID, claimedBy: 'last-operation' },
  credential: 'argocd/repo-shop',
  durationMs: 12.3456,
  commit: {
    repository: URL,
    revision: ID,
    object: undefined,
    verification: rejected('unsigned', 'The commit has no signature'),
    steps: [],
  },
};
const REPORT: ApplicationReport = {
  application: { kind: 'application', namespace: 'argocd', name: 'shop' },
  trace: {
    status: 'traced',
    parents: [
      { kind: 'Application', name: 'root' },
      { kind: 'ApplicationSet', name: 'all', namespace: 'argocd' },
    ],
    sources: [],
    object: {},
    lookupDurationMs: 1.5,
  },
  sources: [SOURCE],
  status: 'rejected',
};

test('formatApplicationReport() tells the application, each source, and the verdict last', () => {
  assert.deepEqual(formatApplicationReport(REPORT).split('\n'), [
    'application  argocd/shop (1.50 ms)',
    'written by  Application root',
    'written by  ApplicationSet argocd/all',
    '',
    'follows     main, path prod (source)',
    'claimed by  last-operation',
    'credential  argocd/repo-shop',
    'fetch       12.35 ms',
    `repository  ${URL}`,
    `revision    ${ID}`,
    'rejected    unsigned: The commit has no signature',
    '',
    'rejected    not every source is a commit signed by somebody you trust',
  ]);
});

test('formatApplicationReport() tells what is missing', () => {
  const bare: SourceReport = { ...SOURCE, path: '', hint: undefined, credential: undefined };
  const unknown = { ...SOURCE, tracked: undefined, path: undefined, role: undefined };
  const { commit: _, ...without } = SOURCE;
  const lines = formatApplicationReport({
    ...REPORT,
    sources: [bare, unknown, { ...without, noCommit: 'oci' }, without],
    status: 'unavailable',
  }).split('\n');

  for (const line of [
    'follows     main (source)',
    'follows     HEAD (source)',
    'claimed by  nobody',
    'credential  none',
    'no commit   oci: nothing here has a signature',
    'no commit   unknown: nothing here has a signature',
    'unavailable  some commit could not be read or verified now',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('formatApplicationReport() tells why an application was not traced, on one safe line', () => {
  const reason = 'There is no application argocd/shop\u001B[2J';
  const trace = { status: 'absent', reason } as const;
  assert.deepEqual(formatApplicationReport({ ...REPORT, trace, sources: [], reason }).split('\n'), [
    'application  argocd/shop',
    '',
    'rejected    There is no application argocd/shop\uFFFD[2J',
  ]);
});

test('formatApplicationReportJson() has the same for programs', () => {
  const { durationMs: _, commit, ...source } = SOURCE;
  const { commit: __, ...without } = SOURCE;
  assert.deepEqual(
    JSON.parse(formatApplicationReportJson({ ...REPORT, sources: [SOURCE, without] })),
    {
      application: REPORT.application,
      status: 'rejected',
      parents: REPORT.trace.status === 'traced' ? REPORT.trace.parents : [],
      sources: [
        {
          ...source,
          durationMs: 12.346,
          commit: {
            repository: URL,
            revision: ID,
            verification: commit?.verification,
            steps: [],
          },
        },
        { ...source, durationMs: 12.346 },
      ],
    },
  );
  const trace = { status: 'absent', reason: 'absent' } as const;
  assert.deepEqual(JSON.parse(formatApplicationReportJson({ ...REPORT, trace, sources: [] })), {
    application: REPORT.application,
    status: 'rejected',
    parents: [],
    sources: [],
  });
});

test('formatApplicationReport() tells which objects are not what the commits declare', () => {
  const object = { kind: 'ConfigMap', namespace: 'shop', name: 'a', paths: [] };
  const manifest = {
    status: 'compared',
    objects: [
      { ...object, status: 'equal' },
      { ...object, status: 'differs', paths: ['data.color'] },
      { ...object, namespace: '', status: 'absent', reason: 'gone' },
    ],
    leftOut: 2,
    durationMs: 1,
  } as const;
  const lines = formatApplicationReport({ ...REPORT, sources: [], manifest }).split('\n');
  assert.deepEqual(lines.slice(4, -2), [
    'manifest    1 objects equal (1.00 ms)',
    '  ConfigMap shop/a: differs',
    '    data.color',
    '  ConfigMap a: absent',
    '    gone',
    '  2 more objects were not compared',
  ]);
  const none = { status: 'not-comparable', reason: 'why', objects: [], leftOut: 0 } as const;
  const told = formatApplicationReport({ ...REPORT, manifest: { ...none, durationMs: 1 } });
  assert.ok(told.includes('manifest    not comparable: why (1.00 ms)'));
});
