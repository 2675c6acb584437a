import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { auditVerifyCommand } from '../../../../src/cli/audit/verify.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal, makeHeadKey, SAMPLE_CHAIN } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['audit', 'verify', ...argv], {
    commands: [auditVerifyCommand],
    groups: { audit: 'Audit' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

describe('holdfast audit verify', () => {
  it('says that a journal is whole, and that the key beside it proves less', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'journal'), { segments: [5, 5], sealLast: true });

    const { status, printed } = await run(folder, 'journal');

    assert.equal(status, 'ok');
    assert.match(printed, /^journal: ok\n {2}chain 01JD3V9K2M8Q4W6X0Y2Z4A6B8C/u);
    assert.match(printed, /\n {2}note \(folder-key\): The key of the heads comes from/u);
  });

  it('says no such thing with a key from elsewhere', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { key } = await buildJournal(join(folder, 'journal'), { segments: [5], sealLast: true });
    writeFileSync(join(folder, 'key.jwk'), JSON.stringify(key.publicJwk));

    const { printed } = await run(folder, '--key', 'key.jwk', 'journal');

    assert.doesNotMatch(printed, /note/u);
  });

  it('takes many journals, and fails where one of them fails', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await buildJournal(join(folder, 'r0'), { segments: [5], sealLast: true });
    const other = await buildJournal(join(folder, 'r1'), { segments: [5], sealLast: true });
    chmodSync(other.files[0] ?? '', 0o600);
    const database = new DatabaseSync(other.files[0] ?? '');
    database.exec("UPDATE entries SET record = '{}' WHERE sequence = 2");
    database.close();

    const { status, printed } = await run(folder, '-o', 'json', 'r0', 'r1');
    const report: unknown = JSON.parse(printed);

    assert.equal(status, 'failed');
    assert.partialDeepStrictEqual(report, {
      ok: false,
      journals: [
        { name: 'r0', ok: true, entryCount: 5 },
        { name: 'r1', ok: false, counts: { changed: 1 } },
      ],
    });
  });

  it('compares with hashes from elsewhere, and says which are in no journal', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const { hashes } = await buildJournal(join(folder, 'r0'), { segments: [5], sealLast: true });
    const known = { chain: SAMPLE_CHAIN, sequence: 3, hash: hashes[3] };
    writeFileSync(join(folder, 'held'), JSON.stringify(known));
    writeFileSync(join(folder, 'lost'), JSON.stringify({ ...known, chain: 'other' }));

    assert.equal((await run(folder, '--anchor', 'held', 'r0')).status, 'ok');
    const { status, printed } = await run(folder, '--anchor', 'lost', 'r0');
    assert.equal(status, 'failed');
    assert.match(
      printed,
      /\n1 hash known from elsewhere in none of these journals: .*\n {2}missing: entry 3 of chain other/u,
    );
  });

  it('reads the folder of the configuration where none is named', async (t) => {
    const folder = await makeTemporaryFolder(t, {
      'holdfast.yaml': 'audit: { journal: { folder: here } }',
      'empty.yaml': '{}',
    });
    await buildJournal(join(folder, 'here'), { segments: [5], sealLast: true });

    assert.equal((await run(folder)).status, 'ok');
    const unconfigured = await run(folder, '--config', 'empty.yaml');
    assert.equal(unconfigured.status, 'usage');
    assert.match(
      unconfigured.reported,
      /holdfast: The configuration has no audit\.journal\nName the folder of a journal, or configure/u,
    );
    assert.equal((await run(folder, '--config', 'none.yaml')).status, 'configuration');
  });

  it('says what is missing or wrong on the command line', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'key.jwk': '{}' });
    const { files } = await buildJournal(join(folder, 'r0'), { segments: [5] });
    writeFileSync(join(folder, 'r0', 'head-key.pub.jwk'), '');

    assert.equal((await run(folder, 'nowhere')).status, 'usage');
    assert.match((await run(folder, 'r0')).reported, /No public key is in "r0": give --key/u);
    assert.equal((await run(folder, '--key', 'key.jwk', 'r0')).status, 'usage');
    assert.equal((await run(folder, '--head-age', 'x', 'r0')).status, 'usage');
    assert.equal((await run(folder, '--max-findings', '0', 'r0')).status, 'usage');
    assert.equal(files.length, 1);
  });

  it('tells entries that should have a signed head by now', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const key = await makeHeadKey();
    await buildJournal(join(folder, 'r0'), { segments: [7], key });

    const { status, printed } = await run(folder, 'r0');

    assert.equal(status, 'failed');
    assert.match(
      printed,
      /head-missing: .*The last 2 entries have no signed head after \d+ minutes/u,
    );
  });
});
