import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { COMMAND_GROUPS, COMMANDS } from '../../../../src/cli/commands.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const configMapSchema = z.looseObject({ data: z.record(z.string(), z.string()) });
const ID = '01JD3V9K2MZX5Q7R8T0W1Y2A3B';
const HEALING = { audit: { journal: {} }, drift: { heal: { applications: ['*'] } } };

async function stage(t: TestContext, configuration: object = HEALING) {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const kubernetes = { kubeconfigFile: server.kubeconfigFile };
  const workingDirectory = await makeTemporaryFolder(t, {
    'holdfast.yaml': JSON.stringify({ kubernetes, ...configuration }),
  });
  const run = async (id: string) => {
    const recorded = recordContext({ workingDirectory });
    const status = await runProgram(['drift', 'heal', id], {
      commands: COMMANDS,
      groups: COMMAND_GROUPS,
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  return { server, run };
}

describe('holdfast drift heal', () => {
  it('writes the request under the account of whoever asks', async (t) => {
    const { server, run } = await stage(t);
    const asked: unknown[] = [];
    server.answerWrites(({ method, path, body }) => {
      asked.push([method, path, Object.keys(configMapSchema.parse(body).data)]);
      return { status: 201 };
    });
    assert.deepEqual(await run(ID), { status: 'ok', printed: `asked for ${ID}`, reported: '' });
    assert.deepEqual(asked, [['POST', '/api/v1/namespaces/holdfast-system/configmaps', [ID]]]);
  });

  it('fails for whoever may only read, and says who may ask', async (t) => {
    const { server, run } = await stage(t);
    server.answerWrites(() => ({ status: 403, body: { message: 'no' } }));
    const { status, reported } = await run(ID);
    assert.equal(status, 'failed');
    assert.match(reported, /^holdfast: It was not asked for: The API server answered 403/u);
    assert.match(reported, /\nAsk as an editor of the namespace holdfast-system /u);
  });

  it('refuses what is no id, and where nothing is healed', async (t) => {
    const { run } = await stage(t, {});
    assert.deepEqual(await run('nonsense'), {
      status: 'usage',
      printed: '',
      reported:
        'holdfast: "nonsense" is no id of a finding\nTake one of those that `holdfast drift list` prints',
    });
    assert.deepEqual(await run(ID), {
      status: 'configuration',
      printed: '',
      reported:
        'holdfast: Nothing is healed: the configuration has no drift.heal\nSet drift.heal, or sync the application yourself',
    });
  });
});
