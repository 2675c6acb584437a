import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from './has-code.ts';

const RUNNING = [
  'export const a = 1;',
  'async function a() {}',
  'export class A {}',
  "export { a } from './a.ts';",
  'await main();',
  'run();',
  'process.exitCode = 1;',
];
const DESCRIBING = [
  "import type { A } from './a.ts';\nexport interface B extends A {}\n",
  "export type A = 'const' | 'b';",
  "export type { A } from './a.ts';",
  '/**\nconst a = 1;\n*/\ndeclare global {}',
];

for (const text of RUNNING) {
  test(`hasCode() of ${text}`, () => {
    assert.equal(hasCode(text), true);
  });
}

for (const text of DESCRIBING) {
  test(`hasCode() not of ${JSON.stringify(text)}`, () => {
    assert.equal(hasCode(text), false);
  });
}
