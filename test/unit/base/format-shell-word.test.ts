import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { formatShellWord } from '../../../src/base/format-shell-word.ts';

test('formatShellWord() leaves a plain word as it is', () => {
  assert.equal(
    formatShellWord('/etc/holdfast/policies-2.bundle'),
    '/etc/holdfast/policies-2.bundle',
  );
});

for (const text of ['', 'a b', "it's", '$(id)', '`id`', 'a;b', 'a\nb', '"', '*', '~', '\\']) {
  test(`formatShellWord() gives a shell ${JSON.stringify(text)} as it is`, () => {
    const printed = execFileSync('sh', ['-c', `printf '%s' ${formatShellWord(text)}`]);

    assert.equal(printed.toString('utf8'), text);
  });
}
