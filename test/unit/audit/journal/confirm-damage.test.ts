import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  confirmDamage,
  readThrough,
  readAgain,
} from '../../../../src/audit/journal/confirm-damage.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CORRUPT = Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
const BUSY = Object.assign(new Error('database is locked'), { errcode: 5 });

describe('damage', () => {
  it('is believed of a file that can be read', async (test) => {
    const folder = await makeTemporaryFolder(test, { file: 'x'.repeat(3_000_000) });

    assert.equal(confirmDamage(CORRUPT, join(folder, 'file')), true);
    assert.equal(confirmDamage(BUSY, join(folder, 'file')), false);
  });

  it('is not believed of a file that cannot be read, or whose log cannot', async (test) => {
    const folder = await makeTemporaryFolder(test);
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'file'), 'x');
    await mkdir(join(folder, 'file-wal'));

    assert.equal(confirmDamage(CORRUPT, join(folder, 'folder')), false);
    assert.equal(confirmDamage(CORRUPT, join(folder, 'file')), false);
    assert.throws(() => readThrough(join(folder, 'nothing')));
  });

  it('is looked at again: a read that failed is none', async (test) => {
    const folder = await makeTemporaryFolder(test, { file: 'x' });
    const file = join(folder, 'file');
    const readings: (() => string)[] = [
      () => {
        throw CORRUPT;
      },
      () => {
        throw CORRUPT;
      },
      () => 'sound',
    ];

    assert.equal(
      readAgain(file, () => readings.shift()?.()),
      'sound',
    );
  });

  it('is damage when it is there the third time, and no other fault is tried again', async (test) => {
    const folder = await makeTemporaryFolder(test, { file: 'x' });
    const readings: Error[] = [];
    const failWith = (fault: Error) => (): never => {
      readings.push(fault);
      throw fault;
    };

    assert.throws(() => readAgain(join(folder, 'file'), failWith(CORRUPT)), CORRUPT);
    assert.throws(() => readAgain(join(folder, 'file'), failWith(BUSY)), BUSY);

    assert.deepEqual(readings, [CORRUPT, CORRUPT, CORRUPT, BUSY]);
  });
});
