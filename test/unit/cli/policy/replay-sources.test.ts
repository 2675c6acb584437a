import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommandInput } from '../../../../src/cli/command.ts';
import { findReplaySources } from '../../../../src/cli/policy/replay-sources.ts';
import {
  defaultConfiguration,
  parseConfiguration,
} from '../../../../src/config/parse-configuration.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const BUS = "{ type: nats, name: bus, servers: ['nats://localhost:1'] }";
const CONFIGURATION = defaultConfiguration('/');

function inputOf(...given: readonly string[]): CommandInput {
  return { arguments: given, flag: () => false, text: () => undefined, texts: () => [] };
}

function configurationOf(sinks: string) {
  const text = `cluster: { name: a }\naudit: { journal: { folder: journal }, sinks: [${sinks}] }\n`;
  const parsed = parseConfiguration(text, { file: 'a.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.configuration;
}

test('findReplaySources() takes what is named, relative to the working directory', async () => {
  const { context } = recordContext({ workingDirectory: '/srv' });

  assert.deepEqual(
    await findReplaySources(context, inputOf('a.jsonl', '/journal'), CONFIGURATION),
    [
      { shown: 'a.jsonl', path: '/srv/a.jsonl' },
      { shown: '/journal', path: '/journal' },
    ],
  );
});

test('findReplaySources() takes the journal of the configuration where nothing is named', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'holdfast.yaml': 'cluster: { name: test }\naudit: { journal: { folder: journal } }\n',
  });
  const path = join(folder, 'journal');
  await buildJournal(path, { segments: [1] });
  const { context } = recordContext({ workingDirectory: folder });

  assert.deepEqual(await findReplaySources(context, inputOf(), CONFIGURATION), [
    { shown: path, path },
  ]);
});

test('findReplaySources() reports a configuration that is invalid', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': 'clusta: 1\n' });
  const { context, reported } = recordContext({ workingDirectory: folder });

  assert.equal(await findReplaySources(context, inputOf(), CONFIGURATION), undefined);
  assert.match(reported(), /^holdfast: The configuration is invalid\nholdfast\.yaml:1:1/u);
});

test('findReplaySources() takes the stream of a sink beside what is named, and connects to nothing', async () => {
  const { context } = recordContext({ workingDirectory: '/srv' });
  const input = { ...inputOf('a.jsonl'), texts: () => ['bus'] };

  const sources = await findReplaySources(context, input, configurationOf(BUS));

  assert.deepEqual(
    sources?.map(({ shown }) => shown),
    ['a.jsonl', 'bus'],
  );
});

test('findReplaySources() says which sinks have a stream', async () => {
  const { context } = recordContext({ workingDirectory: '/srv' });
  const refusalOf = async (name: string, sinks: string) => {
    const input = { ...inputOf(), texts: () => [name] };
    const found = findReplaySources(context, input, configurationOf(sinks));
    const fault: unknown = await found.catch((error: unknown) => error);
    assert.ok(fault instanceof HoldfastError);
    return [fault.code, fault.message, fault.remedy];
  };

  assert.deepEqual(await refusalOf('bos', BUS), [
    'argument_invalid',
    'The configuration has no sink "bos"',
    'Name one of type nats: bus',
  ]);
  assert.deepEqual(await refusalOf('out', `${BUS}, { type: stdout, name: out }`), [
    'argument_invalid',
    'The sink "out" is of type stdout, whose records are not read back',
    'Name one of type nats: bus',
  ]);
  assert.deepEqual(await refusalOf('bus', ''), [
    'argument_invalid',
    'The configuration has no sink "bus"',
    'Name a journal or a file',
  ]);
});
