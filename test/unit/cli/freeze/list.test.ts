import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openFreezeDesk } from '../../../support/freeze-commands.ts';
import { sampleFreeze } from '../../../support/freeze-samples.ts';

const PATH = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes';
const ALWAYS =
  'freeze: { windows: [{ name: always, reason: we are closed, lastDate: "2000-01-01" }] }';

describe('freeze list', () => {
  it('shows windows, and objects with their state', async (t) => {
    const { run, server } = await openFreezeDesk(t, {}, ALWAYS);
    server.answer(PATH, {
      body: {
        items: [
          sampleFreeze({ expires: '2020-01-01T00:00:00Z' }),
          sampleFreeze({ namespaces: ['NO'] }, 'bad'),
        ],
      },
    });

    const { status, printed, reported } = await run('list');

    assert.equal(status, 'ok');
    const lines = printed.split('\n').map((line) => line.replaceAll(/ {2,}/gu, ' | '));
    assert.deepEqual(lines, [
      'NAME | KIND | STATE | UNTIL | SCOPE | BY | REASON',
      'always | window | waiting | everything | we are closed',
      'freeze-1 | person | over | 2020-01-01T00:00:00.000Z | everything | alice | the checkout is being repaired',
    ]);
    assert.match(reported, /The Freeze "bad" is malformed, and freezes nothing: spec\.namespaces/u);
  });

  it('says that there is none, also where the kind is not installed', async (t) => {
    const { run } = await openFreezeDesk(t);
    assert.deepEqual(await run('list'), { status: 'ok', printed: 'No freezes', reported: '' });
    assert.equal((await run('list', '-o', 'json')).printed, '[]');
  });

  it('says that they cannot be read', async (t) => {
    const { run, server } = await openFreezeDesk(t);
    server.answer(PATH, { status: 403 });
    assert.match((await run('list')).reported, /403/u);
    server.answer(PATH, { body: { kind: 'Status' } });
    assert.match((await run('list')).reported, /The list of freezes is malformed/u);
  });

  it('ends where the configuration is invalid', async (t) => {
    const { run } = await openFreezeDesk(t, {}, 'freeze: 1');
    assert.equal((await run('list')).status, 'configuration');
  });
});
