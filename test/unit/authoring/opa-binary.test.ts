import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';

import { HoldfastError } from '../../../src/errors.ts';
import {
  ensureOpa,
  locateOpa,
  OPA_VERSION,
  type OpaOptions,
} from '../../../src/authoring/opa-binary.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

interface Setting extends OpaOptions {
  readonly folder: string;
  readonly lines: readonly string[];
}

/** A cache, and a PATH with the given programs (and the shell's own, which scripts need). */
async function setUp(
  test: TestContext,
  programs: Readonly<Record<string, string>>,
): Promise<Setting> {
  const folder = await makeTemporaryFolder(test);
  const lines: string[] = [];
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return {
    folder,
    lines,
    cacheFolder: join(folder, 'cache'),
    environment: { PATH: `relative:${folder}` },
    progress: (line) => lines.push(line.replaceAll(folder, '<folder>')),
  };
}

function versionScript(version: string): string {
  return `echo "Version: ${version}"; echo "Rego Version: v1"`;
}

describe('locateOpa()', () => {
  it('takes opa of PATH from version 1.12 on', async (test) => {
    const setting = await setUp(test, { opa: versionScript('1.12.1') });

    assert.deepEqual(await locateOpa(setting), {
      path: join(setting.folder, 'opa'),
      version: '1.12.1',
      origin: 'path',
      present: true,
    });
  });

  it('asks the program once, and again when it changes', async (test) => {
    const asked = 'echo x >> "$0.asked"; ';
    const setting = await setUp(test, { opa: asked + versionScript('1.12.1') });
    const count = async (): Promise<number> =>
      (await readFile(join(setting.folder, 'opa.asked'), 'utf8')).length / 2;

    await locateOpa(setting);
    await locateOpa(setting);
    const before = await count();
    await writeFile(join(setting.folder, 'opa'), `#!/bin/sh\n${asked}${versionScript('2.0.0')}\n`);
    const changed = await locateOpa(setting);

    assert.deepEqual([before, await count(), changed.version], [1, 2, '2.0.0']);
  });

  for (const [states, script, version] of [
    ['a version before Rego v1', versionScript('0.70.0'), '0.70.0'],
    ['a version without template strings', versionScript('1.11.3'), '1.11.3'],
    ['another program', 'echo hello', 'unknown'],
    ['a program that fails', 'exit 1', 'unknown'],
  ] as const) {
    it(`goes on without ${states} on PATH, and says so`, async (test) => {
      const setting = await setUp(test, { opa: script });

      assert.deepEqual(await locateOpa(setting), {
        path: join(setting.cacheFolder, 'opa', OPA_VERSION, 'opa'),
        version: OPA_VERSION,
        origin: 'cache',
        present: false,
      });
      assert.deepEqual(setting.lines, [
        `Ignoring <folder>/opa: it is version ${version}, at least 1.12 is needed`,
      ]);
    });
  }
});

/** Plays the go program: `build` writes what stands behind `-o`. */
const FAKE_GO = `
echo "go: added example.com/x v1.0.0" >&2
if [ "$1" = build ]; then
  while [ "$1" != -o ]; do shift; done
  echo "building" >&2
  printf '#!/bin/sh\\n' > "$2"
  /bin/chmod 755 "$2"
fi`;

describe('ensureOpa()', () => {
  it('builds the pinned version once, and shows what takes time', async (test) => {
    const setting = await setUp(test, { go: FAKE_GO });

    const [first, second] = await Promise.all([ensureOpa(setting), ensureOpa(setting)]);
    const third = await ensureOpa(setting);

    const path = join(setting.cacheFolder, 'opa', OPA_VERSION, 'opa');
    assert.deepEqual(first, { path, version: OPA_VERSION, origin: 'cache', present: true });
    assert.deepEqual([second, third], [first, first]);
    assert.deepEqual(
      setting.lines.filter((line) => !line.startsWith('Waiting for another process')),
      [
        `Building OPA ${OPA_VERSION} with Go into <folder>/cache/opa/${OPA_VERSION} (about a minute, once)`,
        '  building',
        `Built OPA ${OPA_VERSION}`,
      ],
    );
  });

  it('says what Go said and what to do where the build fails', async (test) => {
    const setting = await setUp(test, { go: 'echo "no network" >&2; exit 1' });

    await assert.rejects(
      ensureOpa(setting),
      new HoldfastError(
        'opa_unavailable',
        `Cannot build OPA ${OPA_VERSION}: no network. Put "opa" 1.12 or later on PATH ` +
          '(https://www.openpolicyagent.org/docs/#running-opa), or install Go 1.24 or later with access to a module proxy',
      ),
    );
  });

  it('says so where there is no Go', async (test) => {
    const setting = await setUp(test, {});

    await assert.rejects(ensureOpa(setting), {
      code: 'opa_unavailable',
      message: /^Cannot build OPA [\d.]+: cannot run "go": spawn go ENOENT\. Put "opa"/,
    });
  });
});
