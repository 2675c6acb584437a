import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { classifyFault, classifySqliteCode } from '../../../../src/audit/journal/classify-fault.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

function faultOf(work: () => unknown): unknown {
  try {
    work();
  } catch (fault) {
    return fault;
  }
  return undefined;
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('the code of SQLite', () => {
  for (const [code, what, kind] of [
    [1, 'ERROR: no such table', 'damaged'],
    [11, 'CORRUPT', 'damaged'],
    [779, 'CORRUPT_INDEX', 'damaged'],
    [19, 'CONSTRAINT', 'damaged'],
    [24, 'FORMAT', 'damaged'],
    [26, 'NOTADB', 'damaged'],
    [5, 'BUSY', 'transient'],
    [261, 'BUSY_RECOVERY', 'transient'],
    [6, 'LOCKED', 'transient'],
    [7, 'NOMEM', 'transient'],
    [9, 'INTERRUPT', 'transient'],
    [10, 'IOERR', 'transient'],
    [266, 'IOERR_READ', 'transient'],
    [1034, 'IOERR_FSYNC', 'transient'],
    [13, 'FULL', 'transient'],
    [14, 'CANTOPEN', 'transient'],
    [15, 'PROTOCOL', 'transient'],
    [3, 'PERM', 'lasting'],
    [8, 'READONLY', 'lasting'],
    [21, 'MISUSE', 'lasting'],
    [23, 'AUTH', 'lasting'],
  ] as const) {
    it(`${code} (${what}) is ${kind}`, () => {
      assert.equal(classifySqliteCode(code), kind);
    });
  }
});

describe('a fault', () => {
  for (const code of ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EAGAIN', 'EBUSY', 'ESTALE']) {
    it(`of the system with ${code} is transient`, () => {
      assert.equal(classifyFault(withCode(code)), 'transient');
    });
  }

  for (const code of ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']) {
    it(`of the system with ${code} is lasting`, () => {
      assert.equal(classifyFault(withCode(code)), 'lasting');
    });
  }

  it('of anything else says nothing about the file', () => {
    assert.equal(classifyFault(new Error('x')), 'lasting');
    assert.equal(classifyFault('x'), 'lasting');
  });

  it('as the system gives it is told by its own code', () => {
    assert.equal(classifyFault(faultOf(() => readFileSync('/nothing/here'))), 'lasting');
  });

  it('as SQLite gives it is told by its own code', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const file = join(folder, 'text');
    await writeFile(file, 'x'.repeat(5000));
    const isFolder = join(folder, 'folder');
    await mkdir(isFolder);
    const database = new DatabaseSync(join(folder, 'database'));
    test.after(() => database.close());
    database.exec('CREATE TABLE numbers (value); INSERT INTO numbers VALUES (9223372036854775807)');
    const other = new DatabaseSync(join(folder, 'database'), { timeout: 0 });
    test.after(() => other.close());
    database.exec('BEGIN EXCLUSIVE');

    const read = (path: string): unknown => new DatabaseSync(path).prepare('SELECT * FROM x').all();
    assert.equal(classifyFault(faultOf(() => read(file))), 'damaged');
    assert.equal(classifyFault(faultOf(() => read(isFolder))), 'transient');
    assert.equal(
      classifyFault(faultOf(() => other.prepare('SELECT 1 FROM numbers').all())),
      'transient',
    );
    assert.equal(
      classifyFault(faultOf(() => database.prepare('SELECT * FROM x').all())),
      'damaged',
    );
    const tooLarge = faultOf(() => database.prepare('SELECT value FROM numbers').all());
    assert.equal(classifyFault(tooLarge), 'damaged');
  });
});
