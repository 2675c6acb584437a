import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatApplicationReport,
  formatApplicationReportJson,
} from '../../../../src/cli/verify/format-application-report.ts';
import type { LiveComparison } from '../../../../src/compose/compare-live-objects.ts';
import type {
  ApplicationReport,
  SourceReport,
} from '../../../../src/compose/verify-application.ts';
import { rejected } from '../../../../src/signature/verification.ts';
import { readApplication } from '../../../../src/source/read-application.ts';

const ID = '1'.repeat(40);
const URL = 'https://git.example.com/acme/shop';
const SOURCE: SourceReport = {
  repository: URL,
  tracked: 'main',
  path: 'prod',
  role: 'source',
  hint: { claimedObjectId: ID, claimedBy: 'last-operation' },
  credential: 'argocd/repo-shop',
  credentialDurationMs: 1.25,
  fetchDurationMs: 12.3456,
  commit: {
    repository: URL,
    revision: ID,
    object: undefined,
    verification: rejected('unsigned', 'The commit has no signature'),
    steps: [],
  },
};
const OBJECT = { kind: 'ConfigMap', namespace: 'shop', name: 'a', paths: [], durationMs: 0.25 };
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
    read: { tool: 'argocd', application: readApplication({}) },
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
    'credential  argocd/repo-shop (1.25 ms)',
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
    'credential  none (1.25 ms)',
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
  const { fetchDurationMs: _, commit, ...source } = SOURCE;
  const { commit: __, ...without } = SOURCE;
  assert.deepEqual(
    JSON.parse(formatApplicationReportJson({ ...REPORT, sources: [SOURCE, without] })),
    {
      application: REPORT.application,
      status: 'rejected',
      lookupDurationMs: 1.5,
      parents: REPORT.trace.status === 'traced' ? REPORT.trace.parents : [],
      sources: [
        {
          ...source,
          fetchDurationMs: 12.346,
          commit: {
            repository: URL,
            revision: ID,
            verification: commit?.verification,
            steps: [],
          },
        },
        { ...source, fetchDurationMs: 12.346 },
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

const MANIFEST: LiveComparison = {
  status: 'compared',
  steps: [
    { name: 'settings', found: 'Argo CD tracks by annotation', durationMs: 0.5 },
    { name: 'render', found: '1 source', durationMs: 300 },
  ],
  objects: [
    { ...OBJECT, status: 'equal' },
    { ...OBJECT, status: 'differs', paths: ['data.color'] },
    { ...OBJECT, namespace: '', status: 'absent', reason: 'gone' },
  ],
  leftOut: 2,
  durationMs: 301.23456,
};

test('formatApplicationReport() tells which objects are not what the commits declare', () => {
  const linesOf = (manifest: LiveComparison) =>
    formatApplicationReport({ ...REPORT, sources: [], manifest })
      .split('\n')
      .slice(4, -2);
  assert.deepEqual(linesOf(MANIFEST), [
    'settings    Argo CD tracks by annotation (0.50 ms)',
    'render      1 source (300.00 ms)',
    'manifest    1 of 3 objects equal (0.75 ms)',
    '  ConfigMap shop/a: differs (0.25 ms)',
    '    data.color',
    '  ConfigMap a: absent (0.25 ms)',
    '    gone',
    '  2 objects more not compared',
  ]);
  const one: LiveComparison = {
    ...MANIFEST,
    steps: [],
    objects: [{ ...OBJECT, status: 'equal' }],
    leftOut: 1,
  };
  assert.deepEqual(linesOf(one), [
    'manifest    1 of 1 object equal (0.25 ms)',
    '  1 object more not compared',
  ]);
  assert.deepEqual(linesOf({ ...one, leftOut: 0 }), ['manifest    1 of 1 object equal (0.25 ms)']);
});

test('formatApplicationReport() tells why nothing was compared', () => {
  for (const status of ['not-comparable', 'unavailable'] as const) {
    const none = { status, reason: 'why', steps: [], objects: [], leftOut: 0, durationMs: 1 };
    const told = formatApplicationReport({ ...REPORT, manifest: none }).split('\n');
    assert.ok(told.includes(`manifest    ${status}: why (1.00 ms)`));
    const { reason: _, ...silent } = none;
    const unknown = formatApplicationReport({ ...REPORT, manifest: silent }).split('\n');
    assert.ok(unknown.includes(`manifest    ${status}: unknown (1.00 ms)`));
  }
});

test('formatApplicationReportJson() has the comparison with its steps', () => {
  const { manifest } = JSON.parse(
    formatApplicationReportJson({ ...REPORT, sources: [], manifest: MANIFEST }),
  );
  assert.deepEqual(manifest, { ...MANIFEST, durationMs: 301.235 });
});
