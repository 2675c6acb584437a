import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runOpa } from '../../../src/authoring/opa-program.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

interface Failure {
  readonly states: string;
  /** What a program that fails like OPA does before it ends. */
  readonly script: string;
  readonly message: string | RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    states: 'complaints as JSON, each with its place where it has one',
    script: `echo '{"errors": [{"message": "one", "location": {"file": "a.rego", "row": 3}}, {"message": "two"}]}'`,
    message: 'a.rego:3: one\ntwo',
  },
  {
    states: 'plain text, without the words that say nothing',
    script: 'echo "error: load failed: 1 error occurred during loading: a.rego: no space left" >&2',
    message: 'a.rego: no space left',
  },
  { states: 'JSON of another shape as it is', script: `echo '{"a": 1}'`, message: '{"a": 1}' },
  { states: 'an end without a word', script: '', message: /^Command failed: .*opa build/u },
];

async function makeProgram(test: TestContext, script: string): Promise<string> {
  const folder = await makeTemporaryFolder(test, { opa: `#!/bin/sh\n${script}\n` });
  await chmod(join(folder, 'opa'), 0o755);
  return folder;
}

describe('runOpa()', () => {
  it('gives what the program prints, in the folder that it is given', async (test) => {
    const folder = await makeProgram(test, 'pwd; echo "$@"');

    const printed = await runOpa(join(folder, 'opa'), ['build', '-o x'], folder);

    assert.equal(printed, `${folder}\nbuild -o x\n`);
  });

  for (const { states, script, message } of FAILURES) {
    it(`tells ${states}`, async (test) => {
      const folder = await makeProgram(test, `${script}\nexit 1`);

      await assert.rejects(runOpa(join(folder, 'opa'), ['build'], folder), {
        code: 'policy_source_invalid',
        message,
      });
    });
  }

  it('says which program is not there', async (test) => {
    const folder = await makeTemporaryFolder(test);

    await assert.rejects(runOpa(join(folder, 'opa'), ['build'], folder), {
      code: 'policy_source_invalid',
      message: `spawn ${join(folder, 'opa')} ENOENT`,
    });
  });
});
