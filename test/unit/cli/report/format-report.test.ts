import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatReportJson,
  formatReportMarkdown,
  formatReportTable,
  type ShownReport,
  type SuggestedGroup,
} from '../../../../src/cli/report/format-report.ts';

const TIME = '2026-11-20T08:00:00Z';

const KEDA: SuggestedGroup = {
  username: 'keda',
  actorClass: 'other',
  application: 'argocd checkout',
  group: 'apps',
  resource: 'deployments',
  code: 'managed_object_changed',
  policies: ['gitops_only_writes', 'protected_keys'],
  count: 1234,
  dryRuns: 0,
  operations: ['PATCH', 'UPDATE'],
  fields: ['spec.a', 'spec.b', 'spec.c', 'spec.d', 'spec.e'],
  fieldsAreCut: true,
  namespaces: ['shop'],
  namespacesAreCut: false,
  first: TIME,
  last: TIME,
  example: { decisionId: '01J', operation: 'UPDATE', object: 'x', message: 'm' },
  suggestion: { advice: 'Let it.', configuration: 'identity:\n  operators: []' },
};

/** Of the core group, without an application and without a field. */
const POD: SuggestedGroup = {
  ...KEDA,
  username: 'eve|\u001b',
  application: '',
  group: '',
  resource: 'pods',
  policies: ['p'],
  count: 2,
  dryRuns: 1,
  operations: ['DELETE'],
  fields: [],
  fieldsAreCut: false,
  suggestion: { advice: 'Change_it in Git' },
};

const CUT: SuggestedGroup = {
  ...POD,
  username: 'bob',
  dryRuns: 0,
  fields: ['a'],
  fieldsAreCut: true,
};

const NOTHING: ShownReport = {
  verdict: 'Nothing would have been refused.',
  since: '2026-11-20T00:00:00Z',
  until: TIME,
  requests: 1,
  wouldDeny: 0,
  users: 0,
  denied: 0,
  groups: [],
  unlisted: 0,
  namespaces: [],
  journals: [],
  undecided: 0,
  unreadable: 0,
  judgedBy: [],
  judgedByOthers: 0,
  notKnown: [],
};

const FULL: ShownReport = {
  ...NOTHING,
  verdict: 'Much would have been refused.',
  requests: 12_345,
  denied: 2,
  groups: [KEDA, POD, CUT, KEDA],
  unlisted: 1,
  namespaces: [
    { namespace: 'shop', requests: 1000, wouldDeny: 4 },
    { namespace: '', requests: 1, wouldDeny: 0 },
  ],
  journals: [{ name: 'j', replica: 'r', missing: 0, setAside: [] }],
  replay: {
    writes: 6,
    allowed: 2,
    refused: [
      {
        username: 'argocd',
        operation: 'UPDATE',
        object: 'deployments.apps shop/a',
        code: 'writer_unproven',
        policies: ['p'],
        message: 'No proof\nPin_it',
      },
    ],
    notReplayed: [{ reason: 'it is gone', count: 2, example: 'pods shop/b' }],
    leftOut: 1,
  },
  notKnown: ['The <first> hour.'],
};

test('the table has every part', () => {
  assert.deepEqual(formatReportTable(FULL, 3).split('\n'), [
    'Much would have been refused.',
    '2026-11-20T00:00:00Z to 2026-11-20T08:00:00Z: 12,345 recorded requests, 2 of them refused already, in 1 journal.',
    '',
    '#  REFUSED    USER   APPLICATION      RESOURCE                       FIELDS                             CODE                    POLICIES',
    '1  1,234      keda   argocd checkout  PATCH,UPDATE deployments.apps  spec.a, spec.b, spec.c and 2 more  managed_object_changed  gitops_only_writes,protected_keys',
    '2  2 (1 dry)  eve|\u{FFFD}  -                DELETE pods                    -                                  managed_object_changed  p',
    '3  2          bob    -                DELETE pods                    a and more                         managed_object_changed  p',
    'and 1 more line (--limit)',
    'and 1 request of other kinds',
    '',
    'What to do:',
    '  1: Let it.',
    '       identity:',
    '         operators: []',
    '  2, 3: Change_it in Git',
    '',
    'The last writes of the GitOps controllers, judged again:',
    '  2 of 6 writes would pass',
    '  refused: UPDATE deployments.apps shop/a by argocd: writer_unproven',
    '      No proof',
    '      Pin_it',
    '  not judged: 2 writes, such as pods shop/b: it is gone',
    '  not judged: 1 write to further objects',
    '',
    'By namespace:',
    '  NAMESPACE  REQUESTS  WOULD BE REFUSED',
    '  shop       1,000     4',
    '  (none)     1         0',
    '',
    'Not known:',
    '  - The <first> hour.',
  ]);
});

test('the Markdown has every part', () => {
  assert.deepEqual(formatReportMarkdown(FULL, 3).split('\n'), [
    '**Much would have been refused.**',
    '',
    '2026-11-20T00:00:00Z to 2026-11-20T08:00:00Z: 12,345 recorded requests, 2 of them refused already, in 1 journal.',
    '',
    String.raw`| \# | REFUSED | USER | APPLICATION | RESOURCE | FIELDS | CODE | POLICIES |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    String.raw`| 1 | 1,234 | keda | argocd checkout | PATCH,UPDATE deployments.apps | spec.a, spec.b, spec.c and 2 more | managed\_object\_changed | gitops\_only\_writes,protected\_keys |`,
    '| 2 | 2 (1 dry) | eve\\|\u{FFFD} | - | DELETE pods | - | managed\\_object\\_changed | p |',
    String.raw`| 3 | 2 | bob | - | DELETE pods | a and more | managed\_object\_changed | p |`,
    '',
    'and 1 more line (--limit)',
    '',
    'and 1 request of other kinds',
    '',
    '## What to do',
    '',
    '* 1: Let it.',
    '',
    '  ```yaml',
    '  identity:',
    '    operators: []',
    '  ```',
    '',
    String.raw`* 2, 3: Change\_it in Git`,
    '',
    '## The last writes of the GitOps controllers, judged again',
    '',
    '* 2 of 6 writes would pass',
    String.raw`* refused: UPDATE deployments.apps shop/a by argocd: writer\_unproven`,
    '  No proof',
    String.raw`  Pin\_it`,
    '* not judged: 2 writes, such as pods shop/b: it is gone',
    '* not judged: 1 write to further objects',
    '',
    '## By namespace',
    '',
    '| NAMESPACE | REQUESTS | WOULD BE REFUSED |',
    '| --- | --- | --- |',
    '| shop | 1,000 | 4 |',
    '| (none) | 1 | 0 |',
    '',
    '## Not known',
    '',
    String.raw`* The \<first\> hour.`,
  ]);
});

for (const [form, format, verdict] of [
  ['table', formatReportTable, NOTHING.verdict],
  ['Markdown', formatReportMarkdown, `**${NOTHING.verdict}**\n`],
] as const) {
  test(`a part without content is left out of the ${form}`, () => {
    assert.equal(
      format(NOTHING, 3),
      `${verdict}\n2026-11-20T00:00:00Z to ${TIME}: 1 recorded request, in 0 journals.`,
    );
  });
}

test('the JSON is the report', () => {
  assert.deepEqual(JSON.parse(formatReportJson(FULL)), FULL);
});

test('what is beyond a limit is counted', () => {
  const namespaces = Array.from({ length: 23 }, (_, index) => ({
    namespace: `n${index}`,
    requests: 1,
    wouldDeny: 0,
  }));
  const [refusal] = FULL.replay?.refused ?? [];
  assert.ok(refusal !== undefined);
  const refused = Array.from({ length: 1011 }, () => refusal);
  const report: ShownReport = {
    ...NOTHING,
    groups: [KEDA, POD],
    unlisted: 2,
    namespaces,
    replay: { writes: 1011, allowed: 0, refused, notReplayed: [], leftOut: 0 },
  };

  const lines = formatReportTable(report, 1).split('\n');

  assert.deepEqual(
    lines.filter((line) => line.trim().startsWith('and ')),
    [
      'and 1 more line (--limit)',
      'and 2 requests of other kinds',
      '  and 1,001 more refused',
      '  and 3 more',
    ],
  );
  assert.deepEqual(
    [
      lines.filter((line) => line.startsWith('  n')).length,
      lines.filter((line) => line.startsWith('  refused: ')).length,
      lines.filter((line) => line.startsWith('  not judged: ')).length,
    ],
    [20, 10, 0],
  );
});

test('a long cell moves only the columns behind it', () => {
  const username = 'u'.repeat(70);
  const groups = [{ ...POD, username }, POD];

  const [, long = '', short = ''] = formatReportTable({ ...NOTHING, groups }, 2)
    .split('\n')
    .slice(3);

  assert.deepEqual([long.indexOf('  -  '), short.indexOf('  -  ')], [84, 74]);
});
