import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { FollowedRegistry } from '../../../src/compose/followed-registry.ts';
import { openRegistry } from '../../../src/compose/open-registry.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

function dockerConfig(password: string): string {
  const auth = Buffer.from(`holdfast:${password}`).toString('base64');
  return JSON.stringify({ auths: { 'registry.example.com': { auth } } });
}

async function follow(t: TestContext, config: string) {
  const folder = await makeTemporaryFolder(t, { 'config.json': config });
  const access = {
    dockerConfigFile: join(folder, 'config.json'),
    privateHosts: [],
    plainHttpHosts: [],
  };
  const telemetry = recordTelemetry();
  const followed = await FollowedRegistry.open({
    access,
    open: () =>
      openRegistry(access, {
        clock: systemClock,
        remedies: { privateHost: (host) => host, plainHttp: (host) => host },
        environment: {},
        signal: new AbortController().signal,
      }),
    logger: telemetry.logger,
    pollMs: 20,
  });
  t.after(() => followed.close());
  const password = (): string | undefined => {
    const credential = followed.registry.credentials.get('registry.example.com');
    return credential?.kind === 'password' ? credential.password : undefined;
  };
  return { followed, access, telemetry, password };
}

test('a credential that is renewed counts at once', async (t) => {
  const { access, password } = await follow(t, dockerConfig('first'));
  assert.equal(password(), 'first');
  await writeFile(access.dockerConfigFile, dockerConfig('second'));
  await waitUntil(() => password() === 'second');
  await writeFile(access.dockerConfigFile, dockerConfig('third'));
  await waitUntil(() => password() === 'third');
});

test('a file that cannot be used changes nothing, and is a problem until it is mended', async (t) => {
  const { followed, access, telemetry, password } = await follow(t, dockerConfig('first'));
  await writeFile(access.dockerConfigFile, 'no JSON');
  await waitUntil(() => followed.problem() !== undefined);
  assert.equal(password(), 'first');
  assert.equal(telemetry.entries.at(-1)?.fields['code'], 'input_invalid');
  await writeFile(access.dockerConfigFile, dockerConfig('second'));
  await waitUntil(() => followed.problem() === undefined);
  assert.equal(password(), 'second');
});

test('a file that cannot be used at the start is refused', async (t) => {
  await assert.rejects(
    follow(t, 'no JSON'),
    (error) => error instanceof HoldfastError && error.code === 'input_invalid',
  );
});
