import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { alertTestCommand } from '../../../../src/cli/alert/test.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { drawRoutingKey, startFakePagerduty } from '../../../support/alerts/fake-pagerduty.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('alert test', () => {
  const key = drawRoutingKey();
  let fake: Awaited<ReturnType<typeof startFakePagerduty>>;
  before(async () => {
    fake = await startFakePagerduty();
    fake.service.routingKeys.add(key);
  });
  after(() => fake.server.stop());

  async function run(t: TestContext, targets: readonly object[], ...argv: string[]) {
    const text = JSON.stringify({
      cluster: { name: 'prod' },
      audit: { journal: {} },
      alerts: { targets },
      identity: { writers: [{ name: 'a', username: 'u', tool: 'flux' }] },
    });
    const workingDirectory = await makeTemporaryFolder(t, { 'holdfast.yaml': text });
    const environment = { KEY: key, OTHER: drawRoutingKey() };
    const world = recordContext({ workingDirectory, environment });
    const options = {
      commands: [alertTestCommand],
      groups: {},
      version: '1',
      context: world.context,
    };
    const status = await runProgram(['alert', 'test', ...argv], options);
    const said = { printed: world.printed(), reported: world.reported() };
    assert.equal(JSON.stringify(said).includes(key), false);
    return { status, ...said };
  }
  const pager = (name: string, env: string) => ({
    type: 'pagerduty',
    name,
    routingKey: { env },
    endpoint: fake.server.url,
  });

  it('sends an incident, resolves it, and says what was accepted', async (t) => {
    const { status, printed, reported } = await run(t, [pager('pager', 'KEY')]);
    assert.deepEqual([status, reported], ['ok', '']);
    assert.match(
      printed,
      /^pager: trigger accepted \(\d+ ms\), resolve accepted\n {2}incident [0-9a-f]{64}$/u,
    );
    assert.deepEqual(
      fake.service.alerts.map(({ state, severity }) => [state, severity]),
      [['resolved', 'info']],
    );
  });

  it('says what each target did not accept', async (t) => {
    const targets = [pager('wrong', 'OTHER'), pager('absent', 'NOWHERE'), pager('right', 'KEY')];
    const { status, printed } = await run(t, targets);
    assert.equal(status, 'failed');
    const [wrong, absent, right] = printed.split('\n');
    assert.match(
      wrong ?? '',
      /^wrong: trigger refused: The service answered 400: .*Unknown routing/u,
    );
    assert.match(absent ?? '', /^absent: trigger not accepted: .*"NOWHERE" is not set/u);
    assert.match(right ?? '', /^right: trigger accepted/u);
  });

  it('tries the named targets alone, and prints JSON', async (t) => {
    const targets = [pager('wrong', 'OTHER'), pager('right', 'KEY')];
    const { status, printed } = await run(t, targets, '--target', 'right', '-o', 'jsonl');
    assert.equal(status, 'ok');
    const tried: unknown = JSON.parse(printed);
    assert.deepEqual(Reflect.get(Object(tried), 'trigger'), { status: 'accepted' });
  });

  it('does not know a target that is not configured', async (t) => {
    assert.deepEqual(await run(t, [pager('right', 'KEY')], '--target', 'left'), {
      status: 'usage',
      printed: '',
      reported: 'holdfast: No alert target is named "left"; there is right',
    });
  });

  it('has nobody to tell without targets, and stops at a bad configuration', async (t) => {
    const { status, reported } = await run(t, []);
    assert.deepEqual(
      [status, reported],
      ['configuration', 'holdfast: There is nobody to tell: alerts.targets is empty'],
    );
    assert.equal((await run(t, [{ type: 'pigeon' }])).status, 'configuration');
  });
});
