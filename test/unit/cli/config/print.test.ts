import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandDefinition } from '../../../../src/cli/command.ts';
import { configPrintCommand } from '../../../../src/cli/config/print.ts';
import { listLimits } from '../../../../src/cli/config/format-limits.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { parseYaml } from '../../../../src/base/parse-yaml.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const commands: readonly CommandDefinition[] = [configPrintCommand];
const WRITER = 'identity: { writers: [{ name: a, username: u, tool: flux }] }\n';

async function run(workingDirectory: string, ...argv: string[]) {
  const world = recordContext({ workingDirectory });
  const options = { commands, groups: {}, version: '1', context: world.context };
  const status = await runProgram(['config', 'print', ...argv], options);
  return { status, printed: world.printed(), reported: world.reported() };
}

test('config print prints what is in force, and what it prints is itself a configuration', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': WRITER });

  const yaml = await run(folder, 'h.yaml');
  const json = await run(folder, 'h.yaml', '-o', 'json');

  const read = parseYaml(yaml.printed, { dialect: 'strict', aliasesMax: 0 });
  assert.deepEqual(read.ok && read.documents[0]?.value, JSON.parse(json.printed));
  assert.match(json.printed, /"port": 8443,/u);
  const again = await makeTemporaryFolder(t, { 'h.yaml': yaml.printed });
  assert.equal((await run(again, 'h.yaml')).printed, yaml.printed);
});

test('config print of an invalid file prints nothing but the problems', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': 'logs: {}' });

  const { status, printed } = await run(folder, 'h.yaml');

  assert.deepEqual({ status, printed }, { status: 'configuration', printed: '' });
});

test('config print --limits prints the table of limits', async (t) => {
  const folder = await makeTemporaryFolder(t);

  const text = await run(folder, '--limits');
  const json = await run(folder, '--limits', '-o', 'json');

  assert.match(text.printed, /^limits\.bodyBytesMax: 8388608 bytes/u);
  assert.deepEqual(JSON.parse(json.printed), listLimits());
});
