import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRetiredWords, RETIRED_WORDS } from './retired-words.ts';

const words = [{ pattern: /turnstile/i, instead: 'semaphore' }];

test('findRetiredWords() finds a retired word in code, comments and file names, and says what to use', () => {
  const files = [
    { path: 'src/a.ts', text: 'const a = 1;\nnew Turnstile(a);\n' },
    { path: 'docs/b.md', text: 'through the turnstile' },
    { path: 'src/base/turnstile.ts', text: '' },
  ];
  assert.deepEqual(findRetiredWords(files, words), [
    'src/a.ts:2: "Turnstile": say semaphore',
    'docs/b.md:1: "turnstile": say semaphore',
    'src/base/turnstile.ts: "turnstile": say semaphore',
  ]);
});

test('findRetiredWords() finds nothing in the words that replaced them', () => {
  const files = [{ path: 'src/base/semaphore.ts', text: 'export class Semaphore {}' }];
  assert.deepEqual(findRetiredWords(files, RETIRED_WORDS), []);
});

const SAMPLES = [
  'Turnstile',
  'classify-disturbance.ts',
  'followResource(options)',
  'implements ResourceSink',
  'new EntryBudget(3)',
  'MetadataKeeper',
  'walkChain(base)',
  'journalEvidence(folder)',
  'FINDING_KINDS',
  'parts: ServerParts',
  'means: PageMeans',
  'RetentionQuestion',
  "from './tls-material.ts'",
  'isJsonRecord(value)',
  '(DESIGN 3; `input.facts.actor`)',
  'openMeeting(replicas)',
  'holdfast_alert_speaker',
  'the board of the replicas',
  'openPolicyHouse()',
  'openDeadLetterOffice()',
  'await office.list(sink)',
  'sink house',
];

/** Words that are retired in some files only. */
const LOCAL_SAMPLES = [
  { path: 'src/audit/verify/verify-journal.ts', text: 'findings: readonly Finding[]' },
  { path: 'docs/reference/limits.md', text: 'The count is told later' },
];

for (const sample of SAMPLES) {
  test(`RETIRED_WORDS holds "${sample}"`, () => {
    assert.equal(findRetiredWords([{ path: 'src/a.ts', text: sample }], RETIRED_WORDS).length, 1);
  });
}

for (const { path, text } of LOCAL_SAMPLES) {
  test(`RETIRED_WORDS holds "${text}" in ${path} alone`, () => {
    assert.equal(findRetiredWords([{ path, text }], RETIRED_WORDS).length, 1);
    assert.deepEqual(findRetiredWords([{ path: 'src/a.ts', text }], RETIRED_WORDS), []);
  });
}

test('findRetiredWords() lets the history say what had another name', () => {
  const files = [{ path: 'CHANGELOG.md', text: 'the metric `holdfast_alert_speaker` is' }];
  assert.deepEqual(findRetiredWords(files, RETIRED_WORDS), []);
});

test('findRetiredWords() leaves a dashboard and a keyboard alone', () => {
  const files = [{ path: 'src/a.ts', text: 'the dashboard, by keyboard' }];
  assert.deepEqual(findRetiredWords(files, RETIRED_WORDS), []);
});

test('every retired word has a sample', () => {
  const unproven = RETIRED_WORDS.filter(
    ({ pattern }) =>
      ![...SAMPLES, ...LOCAL_SAMPLES.map(({ text }) => text)].some((text) => pattern.test(text)),
  );
  assert.deepEqual(unproven, []);
});
