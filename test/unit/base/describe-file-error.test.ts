import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  describeFileError,
  findFailedFile,
  NO_SUCH_FILE,
} from '../../../src/base/describe-file-error.ts';

const ABSENT = join(import.meta.dirname, 'nothing');

function fail(file: string): unknown {
  try {
    return readFileSync(file);
  } catch (error) {
    return error;
  }
}

describe('describeFileError()', () => {
  it('says in words what the system says by number', () => {
    assert.equal(describeFileError(fail(ABSENT)), NO_SUCH_FILE);
    assert.equal(describeFileError(fail(import.meta.dirname)), 'it is a folder');
    assert.equal(
      describeFileError(fail(join(import.meta.filename, 'below'))),
      'a part of its path is a file and no folder',
    );
  });

  it('keeps the words of what has no number', () => {
    assert.equal(describeFileError(new Error('the disk is on fire')), 'the disk is on fire');
    assert.equal(describeFileError('odd'), 'odd');
  });
});

describe('findFailedFile()', () => {
  it('finds the file of an error of the system, and of no other', () => {
    assert.equal(findFailedFile(fail(ABSENT)), ABSENT);
    assert.equal(findFailedFile(new Error('odd')), undefined);
    assert.equal(findFailedFile(Object.assign(new Error('odd'), { code: 'ENOENT' })), undefined);
  });
});
