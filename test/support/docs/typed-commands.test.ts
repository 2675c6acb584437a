import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatSession,
  listOtherTests,
  listSteps,
  matchesOutput,
  parseSession,
} from './typed-commands.ts';

const DOCUMENT = [
  '```sh',
  'a=1',
  'b=2',
  '```',
  '```console',
  '$ echo $a',
  '1',
  '$ false',
  '```',
  '<!-- typed by test/other.test.ts -->',
  '```sh',
  'sleep 1000',
  '```',
  '```text',
  '$ no command',
  '```',
].join('\n');

test('listSteps() takes blocks whole, consoles line by line, and leaves out what another test types', () => {
  assert.deepEqual(listSteps(DOCUMENT), [
    { command: 'a=1\nb=2\n', output: undefined },
    { command: 'echo $a', output: ['1'] },
    { command: 'false', output: [] },
  ]);
  assert.deepEqual(listOtherTests(DOCUMENT), ['test/other.test.ts']);
});

test('formatSession() hands the status of each step to the next', () => {
  assert.equal(
    formatSession([{ command: 'false', output: [] }], '@@'),
    "exec 2>&1\n__status=0\n(exit $__status)\nfalse\n__status=$?; printf '%s %s %s\\n' @@ 0 $__status\n",
  );
});

test('parseSession() gives each step its output and status, also without a last newline', () => {
  assert.deepEqual(parseSession('one\ntwo\n@@ 0 0\nhalf@@ 1 3\nunfinished', '@@'), [
    { output: 'one\ntwo', status: 0 },
    { output: 'half', status: 3 },
  ]);
});

test('matchesOutput() takes … for any text of a line, and alone for any lines', () => {
  assert.ok(matchesOutput('a 12 b\n', ['a … b']));
  assert.ok(matchesOutput('x\ny\nend', ['…', 'end']));
  assert.ok(matchesOutput('end', ['…', 'end']));
  assert.ok(matchesOutput('start\nx', ['start', '…']));
  assert.ok(!matchesOutput('a 12 c', ['a … b']));
  assert.ok(!matchesOutput('end\nmore', ['…', 'end']));
  assert.ok(!matchesOutput('', ['end']));
});
