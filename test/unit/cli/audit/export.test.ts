import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { auditExportCommand } from '../../../../src/cli/audit/export.ts';
import { auditVerifyCommand } from '../../../../src/cli/audit/verify.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory });
  const status = await runProgram(['audit', ...argv], {
    commands: [auditExportCommand, auditVerifyCommand],
    groups: { audit: 'Audit' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

async function build(folder: string): Promise<string> {
  const { key, files } = await buildJournal(join(folder, 'j'), {
    segments: [6, 6],
    sealLast: true,
  });
  const privateJwk = JSON.stringify(key.privateKey.export({ format: 'jwk' }));
  writeFileSync(join(folder, 'j', 'head-key.jwk'), privateJwk);
  return files[0] ?? '';
}

describe('holdfast audit export', () => {
  it('prints JSON lines, the oldest first', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await build(folder);

    const { status, printed } = await run(folder, 'export', '--decision=denied', 'j');

    assert.equal(status, 'ok');
    assert.deepEqual(
      printed.split('\n').map((line) => /"sequence":(\d+)/u.exec(line)?.[1]),
      ['3', '6', '9', '12'],
    );
  });

  it('writes comma separated values into a new file', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await build(folder);

    const { status, reported } = await run(folder, 'export', '--format=csv', '--out=a.csv', 'j');
    const text = readFileSync(join(folder, 'a.csv'), 'utf8');

    assert.deepEqual({ status, reported }, { status: 'ok', reported: 'Wrote 12 records to a.csv' });
    assert.equal(text.split('\r\n').length, 14);
    assert.match(text, /^time,decision,/u);
    const again = await run(folder, 'export', '--out=a.csv', 'j');
    assert.equal(again.status, 'usage');
    assert.match(again.reported, /"a\.csv" is there already: name a new one/u);
  });

  it('makes a package that audit verify proves', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await build(folder);

    const exported = await run(folder, 'export', '--format=package', '--out=p', 'j');
    const verified = await run(folder, 'verify', '-o', 'json', 'p');

    assert.equal(exported.status, 'ok', exported.reported);
    assert.match(exported.printed, /^Wrote 12 records of 1 journals to .*\/p\nSigned with key /u);
    assert.equal(verified.status, 'ok', verified.printed);
    assert.partialDeepStrictEqual(JSON.parse(verified.printed), {
      ok: true,
      journals: [{ name: 'p' }, { name: 'p/journals/1', entryCount: 12 }],
    });
  });

  it('makes a package also of a journal that does not verify, and says so', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const file = await build(folder);
    chmodSync(file, 0o600);
    const database = new DatabaseSync(file);
    database.exec(
      "UPDATE entries SET record = replace(record, 'UPDATE', 'DELETE') WHERE sequence = 2",
    );
    database.close();

    const { status, reported } = await run(folder, 'export', '--format=package', '--out=p', 'j');

    assert.equal(status, 'failed');
    assert.match(reported, /\n {2}changed: segment-0000000000000001\.sqlite: Entry 2 is not what/u);
    assert.match(
      readFileSync(join(folder, 'p', 'verification.json'), 'utf8'),
      /"kind": "changed"/u,
    );
  });

  it('says what a package needs', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'key.jwk': '{}', 'bad.yaml': 'x: 1' });
    await buildJournal(join(folder, 'j'), { segments: [3] });
    const pack = ['export', '--format=package'];

    const unnamed = await run(folder, ...pack, 'j');
    const unsigned = await run(folder, ...pack, '--out=p', 'j');
    const unkeyed = await run(folder, ...pack, '--out=p', '--sign-key=key.jwk', 'j');
    const unread = await run(folder, ...pack, '--out=p', '--config=bad.yaml', 'j');
    const unbundled = await run(folder, ...pack, '--out=p', '--bundle=none', 'j');

    assert.match(
      unnamed.reported,
      /A package is a folder, and none is named\nName a new folder with --out/u,
    );
    assert.match(unsigned.reported, /There is no private key to sign the package with/u);
    assert.match(unkeyed.reported, /No private key is in ".*key\.jwk": it is neither/u);
    assert.equal(unread.status, 'configuration');
    assert.notEqual(unbundled.status, 'ok');
    assert.equal((await run(folder, 'export', '--since=x', 'j')).status, 'usage');
    assert.equal((await run(folder, 'export', '--config=bad.yaml')).status, 'configuration');
  });
});
