/** Each rule finds the bad sample and passes the good one: a rule that cannot fail would guard nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  findBadNames,
  findDeadFixtures,
  findHeavyFiles,
  findTopLevelArrows,
  findUndocumentedExports,
} from './form.ts';
import { findMirrorViolations } from './mirrors.ts';
import { findLongFiles, findLongFunctions } from './sizes.ts';
import { toSourceFile } from './source-file.ts';

describe('findLongFiles()', () => {
  test('counts code, not comments and blank lines, and heeds exemptions', () => {
    const files = [
      toSourceFile('src/short.ts', '// a\n\n/* b\n*/\nc;\nd;\n'),
      toSourceFile('src/long.ts', 'a;\nb;\nc;\n'),
      toSourceFile('src/table.ts', 'a;\nb;\nc;\n'),
    ];

    const found = findLongFiles(files, {
      codeLinesMax: 2,
      exemptions: { 'src/table.ts': 'a table' },
    });

    assert.deepEqual(found, ['src/long.ts: 3 code lines, at most 2: split it by concept']);
  });
});

describe('findLongFunctions()', () => {
  test('finds long functions and methods, and no call', () => {
    const text = [
      'export async function long(a: string, b: () => void): Promise<void> {',
      '  one();',
      '  two();',
      '}',
      'function short() {',
      '  one();',
      '}',
      'class A {',
      '  async #method(): Promise<{ readonly b: string }> {',
      '    one();',
      '    two();',
      '  }',
      '}',
      'register(() => {',
      '  one();',
      '  two();',
      '});',
    ].join('\n');

    assert.deepEqual(findLongFunctions([toSourceFile('src/a.ts', text)], 3), [
      'src/a.ts:1: "long" has 4 lines, at most 3: name its steps as functions',
      'src/a.ts:9: "#method" has 4 lines, at most 3: name its steps as functions',
    ]);
  });
});

describe('findMirrorViolations()', () => {
  test('asks for the test of what can be called, and for nothing else', () => {
    const files = [
      toSourceFile('src/a/called.ts', 'export function a() {}'),
      toSourceFile('src/a/tested.ts', 'export class A {}'),
      toSourceFile('src/a/types.ts', 'export interface A {}'),
      toSourceFile('src/run.mjs', 'main();'),
      toSourceFile('src/b.ts', 'export async function b() {}'),
      toSourceFile('test/unit/a/tested.test.ts', ''),
      toSourceFile('test/unit/a/gone.test.ts', ''),
      toSourceFile('test/unit/run.test.ts', ''),
      toSourceFile('test/unit/deploy/base.test.ts', ''),
      toSourceFile('test/integration/b.test.ts', ''),
    ];

    const found = findMirrorViolations(files, {
      'src/b.ts': { test: 'test/integration/b.test.ts', why: 'it needs a server' },
      'src/a/tested.ts': { test: 'test/integration/b.test.ts', why: 'stale' },
      'src/c.ts': { test: 'test/integration/b.test.ts', why: 'stale' },
      'src/a/types.ts': { test: 'test/integration/none.test.ts', why: 'stale' },
    });

    assert.deepEqual(found, [
      'src/a/called.ts: write test/unit/a/called.test.ts, or name the test that covers it in test/support/tidy/covered-elsewhere.ts',
      'test/unit/a/gone.test.ts: src/a/gone.ts does not exist: move the test with its source, or remove it',
      'src/a/tested.ts has its own test: remove it from the table',
      'src/c.ts is in the table of tests elsewhere but does not exist',
      'src/a/types.ts says that test/integration/none.test.ts covers it, which does not exist',
    ]);
  });
});

describe('findBadNames()', () => {
  test('finds grab-bags and names that are not words with dashes', () => {
    const files = [
      'src/a/utils.ts',
      'src/index.ts',
      'src/aB.ts',
      'src/a-b2.ts',
      'test/a-b.test.ts',
    ];

    assert.deepEqual(findBadNames(files.map((path) => toSourceFile(path, ''))), [
      'src/a/utils.ts: "utils" gathers everything: name the one concept',
      'src/index.ts: "index" gathers everything: name the one concept',
      'src/aB.ts: write the name as words-with-dashes',
    ]);
  });
});

describe('findUndocumentedExports()', () => {
  test('finds functions, classes and values without JSDoc', () => {
    const text =
      '/** Told. */\nexport function a() {}\n\nexport const b = 1;\nexport interface C {}\nexport class D {}\n';

    assert.deepEqual(findUndocumentedExports([toSourceFile('src/a.ts', text)]), [
      'src/a.ts:4: "b" needs a JSDoc line',
      'src/a.ts:6: "D" needs a JSDoc line',
    ]);
  });
});

describe('findTopLevelArrows()', () => {
  test('finds arrow functions at the top level, and no others', () => {
    const text =
      'export const a = (b: string): string => b;\nconst c = async () => {};\nfunction d() {\n  const e = () => 1;\n}\nconst f = list.map((g) => g);\n';

    assert.deepEqual(findTopLevelArrows([toSourceFile('src/a.ts', text)]), [
      'src/a.ts:1: write a function declaration',
      'src/a.ts:2: write a function declaration',
    ]);
  });
});

describe('findHeavyFiles()', () => {
  test('finds files above the limit', () => {
    const files = [
      { path: 'a', bytes: 10 },
      { path: 'b', bytes: 11 },
    ];

    assert.deepEqual(findHeavyFiles(files, 10), [
      'b: 11 bytes, at most 10: generate it, or cut it down',
    ]);
  });
});

describe('findDeadFixtures()', () => {
  test('finds fixtures that no file names by name, stem or folder', () => {
    const files = [
      'test/fixtures/day/01.json',
      'test/fixtures/a.pem',
      'test/fixtures/dead.json',
      'src/a.ts',
    ];

    const found = findDeadFixtures(
      files.map((path) => ({ path, bytes: 1 })),
      [toSourceFile('test/a.test.ts', "read('day'); read('a.pem');")],
    );

    assert.deepEqual(found, [
      'test/fixtures/dead.json: nothing names it: remove it, or test with it',
    ]);
  });
});
