import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { certsCommand } from '../../../../src/cli/setup/certs.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';

describe('holdfast certs', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-certs-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function run(...argv: string[]) {
    const recorded = recordContext({ workingDirectory: folder });
    const options = {
      commands: [certsCommand],
      groups: {},
      version: '0',
      context: recorded.context,
    };
    const status = await runProgram(['certs', ...argv], options);
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  }

  it('makes certificates in certs/, and the second time says why it keeps them', async () => {
    const first = await run();
    assert.equal(first.status, 'ok', first.reported);
    assert.match(first.printed, /^made .*ca\.crt {2}There is none\nmade .*tls\.crt/u);
    assert.match(first.printed, /^names .*localhost.*127\.0\.0\.1/mu);
    assert.equal((await stat(join(folder, 'certs', 'ca.key'))).isFile(), true);
    const second = await run();
    assert.match(second.printed, /^kept .*ca\.crt {2}It is good until .*\nkept .*tls\.crt/u);
  });

  it('takes names, days and a folder, and prints JSON', async () => {
    const { status, printed } = await run(
      ...'--out other --dns a.test --dns b.test --days 30 -o json'.split(' '),
    );
    assert.equal(status, 'ok');
    const value: { names?: unknown; plan?: unknown } = JSON.parse(printed);
    assert.deepEqual(value.names, { dnsNames: ['a.test', 'b.test'], ipAddresses: [] });
  });

  for (const days of ['0', '-1', 'ten', '3651', '99999', '1.5']) {
    it(`refuses --days ${days}`, async () => {
      const { status, reported } = await run(`--days=${days}`);
      assert.equal(status, 'usage');
      assert.equal(
        reported,
        `holdfast: --days wants a whole number from 1 to 3650, found "${days}"`,
      );
    });
  }

  it('refuses a name that is none', async () => {
    const { status, reported } = await run('--dns', 'a b');
    assert.notEqual(status, 'ok');
    assert.match(reported, /A DNS name is wanted, found "a b"/u);
  });
});
