/** The runner of mutants on a small repository: one mutant that a test notices, one that none does, one that hangs none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { listSourceMutants } from './list-source-mutants.ts';
import { listTests, runSourceMutants } from './run-source-mutants.ts';

const FILES = {
  'package.json': '{"type":"module"}',
  'src/a/judge.ts':
    'export const judge = (n: number): boolean => n > 5;\nexport const other = (a: boolean) => !a;\n',
  'test/unit/a/judge.test.ts':
    "import { judge } from '../../../src/a/judge.ts';\nif (judge(5) || !judge(6)) process.exit(1);\n",
  'test/unit/a/more.test.ts': '',
  'test/more.test.ts': '',
};

test('runSourceMutants() tells mutants that a test notices from those that none does', async (context) => {
  const root = await makeTemporaryFolder(context, FILES);
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const path = 'src/a/judge.ts';
  const mutants = listSourceMutants(path, read(path)).map((mutant) => ({ ...mutant, path }));

  const run = await runSourceMutants(mutants, {
    root,
    scratch: root,
    moreTests: () => [],
    atOnce: 2,
  });

  assert.equal(run.killed, 1);
  assert.deepEqual(
    run.survivors.map(({ line, original }) => [line, original]),
    [[2, '!a']],
  );
});

test('listTests() begins with the test that mirrors the source', async (context) => {
  const root = await makeTemporaryFolder(context, FILES);
  const moreTests = () => ['test/more.test.ts'];

  assert.deepEqual(listTests('src/a/judge.ts', { root, moreTests }), [
    'test/unit/a/judge.test.ts',
    'test/unit/a/more.test.ts',
    'test/more.test.ts',
  ]);
  assert.deepEqual(listTests('src/b/none.ts', { root, moreTests: () => [] }), []);
});
