import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listAnchors,
  listCodes,
  listInvocations,
  listKeys,
  listLinks,
  listLoneOptions,
  listMetrics,
  listNpmCommands,
  listPaths,
  listYamlBlocks,
} from './claims.ts';

test('listNpmCommands() finds what a reader would type', () => {
  const document =
    '`npm start`, then npm test. `npm run sandbox`\n    npm run -s holdfast -- version\nnpm ci';

  assert.deepEqual(listNpmCommands(document), ['start', 'test', 'sandbox', 'holdfast']);
});

test('listInvocations() finds commands, members of groups and their options, and no prose', () => {
  const document = [
    'Run `holdfast serve --config a`, or `holdfast config check`.',
    '`npm run -s holdfast -- evaluate review.json --json`',
    '```',
    'holdfast version # --no option',
    '$ holdfast certs --out \\',
    '    out -f | holdfast audit tail --follow',
    '```',
    'The product holdfast protects Git.',
  ].join('\n');

  assert.deepEqual(listInvocations(document, ['config', 'audit']), [
    { command: 'version', options: [] },
    { command: 'certs', options: ['--out', '-f'] },
    { command: 'audit tail', options: ['--follow'] },
    { command: 'serve', options: ['--config'] },
    { command: 'config check', options: [] },
    { command: 'evaluate', options: ['--json'] },
  ]);
});

test('listLoneOptions() finds options without their command', () => {
  assert.deepEqual(listLoneOptions('`--key FILE` and `--anchor`, not --prose or `a --b`'), [
    '--key',
    '--anchor',
  ]);
});

test('listPaths() finds paths in code, below src where no folder is named', () => {
  const document =
    '`src/errors.ts` `admission/admit.ts` `deploy/base/` `a/b` `Pod` src/plain.ts\n```\n`src/fenced.ts`\n```\n';

  assert.deepEqual(listPaths(document), [
    'src/errors.ts',
    'src/admission/admit.ts',
    'deploy/base/',
  ]);
});

test('listLinks() finds links into the repository, with their anchors', () => {
  const document = '[a](SECURITY.md) [b](README.md#limits) [c](https://example.com) [d](#here)';

  assert.deepEqual(listLinks(document), ['SECURITY.md', 'README.md#limits', '#here']);
});

test('listAnchors() names headings as GitHub does', () => {
  const document =
    '# A `code` & more\n## Why?\n```sh\n# no heading\n```\n## Why?\n### a.b[], c: d\n';

  assert.deepEqual(listAnchors(document), ['a-code--more', 'why', 'why-1', 'ab-c-d']);
});

test('listMetrics() finds metrics, also as Prometheus shows histograms', () => {
  assert.deepEqual(listMetrics('`holdfast_a_total{x="y"}` and holdfast_b_seconds_bucket'), [
    'holdfast_a_total',
    'holdfast_b_seconds',
  ]);
});

test('listCodes() finds words in snake case', () => {
  assert.deepEqual(listCodes('`journal_locked`, `a`, `A_B`, journal_full'), ['journal_locked']);
});

test('listKeys() finds keys of the sections, without lists and values', () => {
  assert.deepEqual(
    listKeys('`audit.sinks[].name`, `policies.mode: warn`, `user.name`, `audit.x y`', [
      'audit',
      'policies',
    ]),
    ['audit.sinks.name', 'policies.mode'],
  );
});

test('listYamlBlocks() finds fenced YAML, and no other fence, nor what another test runs', () => {
  const other = '<!-- run by test/other.test.ts -->\n```yaml\nd: 4\n```\n';
  const document = `\`\`\`yaml\na: 1\n\`\`\`\n\`\`\`sh\nls\n\`\`\`\n${other}\`\`\`yaml\nb: 2\n\nc: 3\n\`\`\`\n`;

  assert.deepEqual(listYamlBlocks(document), ['a: 1\n', 'b: 2\n\nc: 3\n']);
});
