import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { prepareDebianProgram } from './debian.ts';

const WANTED = { program: 'holdfast-test-daemon', package: 'holdfast-test' };
const REMEDY = 'Install it ("apt-get install holdfast-test" on Debian), or put it on PATH';

async function makePath(
  test: TestContext,
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await makeTemporaryFolder(test, programs);
  await Promise.all(Object.keys(programs).map((name) => chmod(join(folder, name), 0o700)));
  return folder;
}

/** A package manager that knows one package, whose program it puts where it lies itself. */
const APT_GET = `#!/bin/sh
[ "$1" = update ] && exit 0
[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 1
for last; do :; done
[ "$last" = holdfast-test ] || exit 100
touch "\${0%/*}/holdfast-test-daemon" && chmod 700 "\${0%/*}/holdfast-test-daemon"
`;

describe('prepareDebianProgram()', () => {
  it('takes what is on PATH', async (test) => {
    const folder = await makePath(test, { 'holdfast-test-daemon': '' });
    const path = await prepareDebianProgram(WANTED, {
      environment: { PATH: folder },
      userId: 1000,
    });
    assert.equal(path, join(folder, 'holdfast-test-daemon'));
  });

  it('installs the package where it may, and says so', async (test) => {
    const folder = await makePath(test, { 'apt-get': APT_GET });
    const printed: string[] = [];
    const path = await prepareDebianProgram(WANTED, {
      environment: { PATH: folder },
      userId: 0,
      print: (line) => printed.push(line),
    });
    assert.equal(path, join(folder, 'holdfast-test-daemon'));
    assert.deepEqual(printed, ['Installing the Debian package holdfast-test, once']);
  });

  it('tells who may not install what to install', async (test) => {
    const folder = await makePath(test, { 'apt-get': APT_GET });
    const environment = { PATH: folder };
    await assert.rejects(prepareDebianProgram(WANTED, { environment, userId: 1000 }), {
      message: `Cannot find the program holdfast-test-daemon. ${REMEDY}`,
    });
  });

  it('says what to do when the package manager fails', async (test) => {
    const folder = await makePath(test, { 'apt-get': APT_GET });
    const wanted = { ...WANTED, package: 'no-such-package' };
    await assert.rejects(
      prepareDebianProgram(wanted, { environment: { PATH: folder }, userId: 0 }),
      {
        message:
          'Cannot install the Debian package no-such-package. Install it ("apt-get install no-such-package" on Debian), or put it on PATH',
      },
    );
  });
});
