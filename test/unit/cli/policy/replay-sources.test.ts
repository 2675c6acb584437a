import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommandInput } from '../../../../src/cli/command.ts';
import { findReplaySources } from '../../../../src/cli/policy/replay-sources.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

function inputOf(...given: readonly string[]): CommandInput {
  return { arguments: given, flag: () => false, text: () => undefined, texts: () => [] };
}

test('findReplaySources() takes what is named, relative to the working directory', async () => {
  const { context } = recordContext({ workingDirectory: '/srv' });

  assert.deepEqual(await findReplaySources(context, inputOf('a.jsonl', '/journal')), [
    { shown: 'a.jsonl', path: '/srv/a.jsonl' },
    { shown: '/journal', path: '/journal' },
  ]);
});

test('findReplaySources() takes the journal of the configuration where nothing is named', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml': 'cluster: { name: test }\naudit: { journal: { folder: journal } }\n',
  });
  const path = join(folder, 'journal');
  await buildJournal(path, { segments: [1] });
  const { context } = recordContext({ workingDirectory: folder });

  assert.deepEqual(await findReplaySources(context, inputOf()), [{ shown: path, path }]);
});

test('findReplaySources() reports a configuration that is invalid', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': 'clusta: 1\n' });
  const { context, reported } = recordContext({ workingDirectory: folder });

  assert.equal(await findReplaySources(context, inputOf()), undefined);
  assert.match(reported(), /^holdfast: The configuration is invalid\nholdfast\.yaml:1:1/u);
});
