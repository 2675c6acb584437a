/** The suites of test/fixtures/gatekeeper give the verdicts of `verdicts.txt`, which are those of gator 3.23.1 on the same files. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { verifySuites } from '../../src/authoring/gatekeeper/suite/verify-suites.ts';
import { formatResults } from '../../src/authoring/gatekeeper/suite/format-results.ts';
import type { SuiteResult } from '../../src/authoring/gatekeeper/suite/suite-result.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { HoldfastError } from '../../src/errors.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { formatVerdictLines } from '../support/gatekeeper/verdict-lines.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/gatekeeper');

describe('verifySuites()', () => {
  let opa: OpaLocation;

  before(async () => {
    opa = await ensureOpa({ cacheFolder: cacheFolder(process.env) });
  });

  const verify = (path: string, filter = ''): Promise<readonly SuiteResult[]> =>
    verifySuites(path, { opa, filter, resolvePath: (given) => join(FIXTURES, given) });

  it('gives the verdict of gator on every test and case', async () => {
    const results = await verify('/...');

    const found = formatVerdictLines(formatResults(results, true));
    assert.deepEqual(found, (await readFile(join(FIXTURES, 'verdicts.txt'), 'utf8')).split('\n'));
  });

  it('has a call undefined whose built-in function fails in our host, as OPA and gator have it', async (test) => {
    const read = (file: string) => readFile(join(FIXTURES, 'evaluation', file), 'utf8');
    const template = await read('builtinfails.yaml');
    const failing = 'semver.compare(input.review.object.metadata.name, "1.0.0")';
    const folder = await makeTemporaryFolder(test, {
      'builtinfails.yaml': template.replace(
        'to_number(input.review.object.metadata.name)',
        failing,
      ),
      'builtinfails-constraint.yaml': await read('builtinfails-constraint.yaml'),
      'pod.yaml': await read('pod.yaml'),
      'suite.yaml': await read('suite.yaml'),
    });

    const results = await verifySuites(folder, {
      opa,
      filter: '^builtinfails$',
      resolvePath: (given) => given,
    });

    assert.ok(template.includes('to_number('));
    assert.deepEqual(
      results.flatMap(({ tests }) =>
        tests.flatMap(({ cases }) =>
          cases.flatMap(({ name, problem, skipped }) => (skipped ? [] : [[name, problem]])),
        ),
      ),
      [['pod', undefined]],
    );
  });

  it('runs the suites of one folder, or one file', async () => {
    const folder = await verify('actions');
    const file = await verify('actions/suite.yaml', 'scoped-here//');

    assert.deepEqual(
      folder.map(({ path }) => path),
      ['actions/suite.yaml'],
    );
    assert.deepEqual(
      file.flatMap(({ tests }) => tests.filter(({ skipped }) => !skipped).map(({ name }) => name)),
      ['scoped-here'],
    );
  });

  it('runs only the tests and cases whose names the filter matches', async () => {
    const run = async (filter: string): Promise<readonly string[]> =>
      (await verify('matching', filter)).flatMap(({ tests }) =>
        tests.flatMap(({ name, cases }) =>
          cases.filter(({ skipped }) => !skipped).map((one) => `${name}//${one.name}`),
        ),
      );

    assert.deepEqual(await run('^name$//^(pod|beta)$'), ['name//pod', 'name//beta']);
    assert.deepEqual(await run('^created$'), ['old-or-new//created', 'review-namespaced//created']);
  });

  const refused: Readonly<Record<string, readonly [path: string, filter?: string]>> = {
    'a path that is not there': ['absent'],
    'a file with dots': ['actions/suite.yaml/...'],
    'a file that is no YAML': ['verdicts.txt'],
    'a filter of three parts': ['actions', 'a//b//c'],
    'a filter that is no regular expression': ['actions', '('],
  };
  for (const [what, [path, filter]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        verify(path, filter),
        (fault) => fault instanceof HoldfastError && fault.code === 'argument_invalid',
      );
    });
  }
});
