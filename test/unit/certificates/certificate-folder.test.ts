import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  certificateFiles,
  makeCertificateFolder,
  readPair,
  writePair,
} from '../../../src/certificates/certificate-folder.ts';

const pair = { certificatePem: 'certificate\n', keyPem: 'key\n' };

describe('the certificate folder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-folder-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const names = () => {
    const { leafCertificate: certificateFile, leafKey: keyFile } = certificateFiles(folder);
    return { certificateFile, keyFile };
  };

  it('gives back what was written, readable by the owner only, whatever was there', async () => {
    const { certificateFile, keyFile } = names();
    await writeFile(keyFile, 'old', { mode: 0o644 });
    await writePair(pair, { certificateFile, keyFile });
    assert.deepEqual(await readPair(certificateFile, keyFile), pair);
    assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(folder)).toSorted(), ['tls.crt', 'tls.key']);
  });

  it('replaces a link instead of writing the key where it points', async () => {
    const { certificateFile, keyFile } = names();
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'untouched');
    await symlink(elsewhere, keyFile);
    await writePair(pair, { certificateFile, keyFile });
    assert.equal(await readFile(elsewhere, 'utf8'), 'untouched');
  });

  it('knows no pair where one of the two is missing', async () => {
    const { certificateFile, keyFile } = names();
    assert.equal(await readPair(certificateFile, keyFile), undefined);
    await writeFile(certificateFile, 'certificate');
    assert.equal(await readPair(certificateFile, keyFile), undefined);
  });

  it('says what it cannot read or write, and leaves nothing behind', async () => {
    const { certificateFile, keyFile } = names();
    await mkdir(keyFile);
    await assert.rejects(readPair(certificateFile, keyFile), {
      code: 'certificate_unreadable',
      message: `"${keyFile}" cannot be read`,
    });
    await assert.rejects(writePair(pair, { certificateFile, keyFile }), {
      code: 'certificate_unwritable',
      message: `"${keyFile}" cannot be written`,
    });
    assert.deepEqual(await readdir(folder), ['tls.key']);
  });

  it('makes the folder for its owner only, and says where it cannot', async () => {
    const made = join(folder, 'a', 'b');
    makeCertificateFolder(made);
    assert.equal((await stat(made)).mode & 0o777, 0o700);
    await writeFile(join(folder, 'file'), '');
    const impossible = join(folder, 'file', 'b');
    assert.throws(() => makeCertificateFolder(impossible), {
      code: 'certificate_unwritable',
      message: `"${impossible}" cannot be made: a part of its path is a file and no folder`,
    });
    assert.throws(() => makeCertificateFolder('/proc/x'), {
      code: 'certificate_unwritable',
      message: '"/proc/x" cannot be made: the file system above it takes no new folders',
    });
  });
});
