import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listHoldfastCommands,
  listLinkedFiles,
  listNpmCommands,
  listPaths,
  listYamlBlocks,
} from './claims.ts';

test('listNpmCommands() finds what a reader would type', () => {
  const document =
    '`npm start`, then npm test. `npm run sandbox`\n    npm run -s holdfast -- version\nnpm ci';

  assert.deepEqual(listNpmCommands(document), ['start', 'test', 'sandbox', 'holdfast']);
});

test('listHoldfastCommands() finds commands and members of groups, and no prose', () => {
  const document = [
    'Run `holdfast serve --config a`, or `holdfast config check`.',
    'npm run -s holdfast -- evaluate review.json',
    '```',
    'holdfast version',
    '$ holdfast certs out',
    '```',
    'The product holdfast protects Git.',
  ].join('\n');

  assert.deepEqual(listHoldfastCommands(document, ['config']), [
    'serve',
    'config check',
    'version',
    'certs',
    'evaluate',
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

test('listLinkedFiles() finds links into the repository', () => {
  const document = '[a](SECURITY.md) [b](README.md#limits) [c](https://example.com) [d](#here)';

  assert.deepEqual(listLinkedFiles(document), ['SECURITY.md', 'README.md']);
});

test('listYamlBlocks() finds fenced YAML, and no other fence', () => {
  const document = '```yaml\na: 1\n```\n```sh\nls\n```\n```yaml\nb: 2\n\nc: 3\n```\n';

  assert.deepEqual(listYamlBlocks(document), ['a: 1\n', 'b: 2\n\nc: 3\n']);
});
