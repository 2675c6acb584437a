/** Bundles in the real registry: what we push, OPA loads and verifies; what we pull is what we pushed, with tokens and passwords. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { policyPullCommand } from '../../src/cli/policy/pull.ts';
import { policyPushCommand } from '../../src/cli/policy/push.ts';
import { policySignCommand } from '../../src/cli/policy/sign.ts';
import { runProgram } from '../../src/cli/program.ts';
import { KEY_MAKERS } from '../support/bundle-keys.ts';
import { findFreePorts } from '../support/cluster/free-ports.ts';
import { recordContext } from '../support/command-context.ts';
import { startPrivateRegistry } from '../support/images/private-registry.ts';
import { RegistryServer } from '../support/images/registry-server.ts';
import { makeArchive, servePolicies } from '../support/serve-policies.ts';
import { makeTargetFolder, startTargetProcess } from '../support/sinks/target-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

async function prepare(t: TestContext) {
  const key = KEY_MAKERS.ES256();
  const auth = Buffer.from('ada:secret').toString('base64');
  const folder = await makeTemporaryFolder(t, {
    'key.pem': key.privatePem,
    'key.pub.pem': key.publicPem,
  });
  const run = async (argv: readonly string[]): Promise<string> => {
    const world = recordContext({ workingDirectory: folder });
    const status = await runProgram(['policy', ...argv], {
      commands: [policySignCommand, policyPushCommand, policyPullCommand],
      groups: { policy: 'Policies' },
      version: '1',
      context: world.context,
    });
    assert.equal(status, 'ok', world.reported());
    return world.printed();
  };
  const sign = async (refused: string): Promise<void> => {
    await writeFile(join(folder, 'bundle.tar.gz'), await makeArchive(t, refused));
    await run(['sign', 'bundle.tar.gz', '--key', 'key.pem', '--key-id', 'bundles']);
  };
  return { folder, run, sign, auth, publicPem: key.publicPem };
}

function accessTo({ host }: RegistryServer): readonly string[] {
  return ['--private-host', host, '--plain-http', host];
}

test('a process and OPA itself follow what is pushed, and both verify it', async (t) => {
  const { folder, run, sign, publicPem } = await prepare(t);
  const registry = await RegistryServer.start(t);
  const reference = `${registry.host}/team/policies:prod`;
  const push = async (refused: string): Promise<string> => {
    await sign(refused);
    return await run(['push', 'bundle.tar.gz', reference, ...accessTo(registry)]);
  };
  const [, pinned = ''] = (await push('first')).split('\n');

  const pulled = await run([
    'pull',
    pinned,
    '--key',
    'key.pub.pem',
    '--out',
    'pulled.tar.gz',
    ...accessTo(registry),
  ]);
  assert.equal(pulled.split('\n')[1], pinned);
  assert.deepEqual(
    await readFile(join(folder, 'pulled.tar.gz')),
    await readFile(join(folder, 'bundle.tar.gz')),
  );

  const { allows } = await servePolicies(t, folder, {
    policies: {
      keys: [{ file: 'key.pub.pem' }],
      registry: { reference, folder: 'kept', pollMs: 1000 },
    },
    images: { registries: { privateHosts: [registry.host], plainHttpHosts: [registry.host] } },
  });
  assert.deepEqual([await allows('first'), await allows('second')], [false, true]);
  const opa = await startOpa(t, { registry, reference, publicPem });
  const denials = opa.countDenials;
  assert.deepEqual([await denials('first'), await denials('second')], [1, 0]);

  await push('second');

  await waitUntil(async () => !(await allows('second')));
  await waitUntil(async () => (await denials('second')) === 1);
});

test('a registry that asks for tokens gives one that may write', async (t) => {
  const { run, sign } = await prepare(t);
  await sign('first');
  const registry = await RegistryServer.start(t, { asksForTokens: true });
  const reference = `${registry.host}/team/policies:prod`;
  const access = [
    ...accessTo(registry),
    '--private-host',
    registry.tokenHost,
    '--plain-http',
    registry.tokenHost,
  ];

  const [, pushed] = (await run(['push', 'bundle.tar.gz', reference, ...access])).split('\n');

  const argv = ['pull', reference, '--key', 'key.pub.pem', '--out', 'pulled.tar.gz', ...access];
  assert.equal((await run(argv)).split('\n')[1], pushed);
  assert.equal(registry.tokensGiven, 2);
});

test('a registry that asks for a password gets it by https', async (t) => {
  const { folder, run, sign, auth } = await prepare(t);
  await sign('first');
  const store = await RegistryServer.start(t);
  const registry = await startPrivateRegistry(t, {
    dataFolder: join(store.folder, 'data'),
    username: 'ada',
    password: 'secret',
  });
  const auths = { [registry.host]: { auth } };
  await writeFile(join(folder, 'docker.json'), JSON.stringify({ auths }));
  const reference = `${registry.host}/policies:prod`;
  const access = [
    '--private-host',
    registry.host,
    '--ca-file',
    registry.caFile,
    '--docker-config',
    'docker.json',
  ];

  const [, pushed] = (await run(['push', 'bundle.tar.gz', reference, ...access])).split('\n');

  const argv = ['pull', reference, '--key', 'key.pub.pem', '--out', 'pulled.tar.gz', ...access];
  assert.equal((await run(argv)).split('\n')[1], pushed);
});

interface OpaOptions {
  readonly registry: RegistryServer;
  readonly reference: string;
  readonly publicPem: string;
}

/** OPA as a server that loads the artifact, and takes it only with its signature. */
async function startOpa(t: TestContext, { registry, reference, publicPem }: OpaOptions) {
  const { path } = await ensureOpa({ cacheFolder: cacheFolder() });
  const folder = await makeTargetFolder();
  const configuration = {
    services: { registry: { url: `http://${registry.host}`, type: 'oci' } },
    keys: { bundles: { algorithm: 'ES256', key: publicPem } },
    bundles: {
      policies: {
        service: 'registry',
        resource: reference,
        signing: { keyid: 'bundles' },
        polling: { min_delay_seconds: 1, max_delay_seconds: 2 },
      },
    },
  };
  await writeFile(join(folder, 'opa.json'), JSON.stringify(configuration));
  const [port = 0] = await findFreePorts(1);
  const address = `127.0.0.1:${port}`;
  await startTargetProcess(t, {
    program: path,
    argv: [
      'run',
      '--server',
      '--addr',
      address,
      '--config-file',
      'opa.json',
      '--disable-telemetry',
    ],
    folder,
    isReady: async () => (await fetch(`http://${address}/health?bundles`)).status === 200,
  });
  const countDenials = async (name: string): Promise<number> => {
    const answer = await fetch(`http://${address}/v1/data/holdfast/policies/sample/deny`, {
      method: 'POST',
      body: JSON.stringify({ input: { request: { name } } }),
    });
    const { result } = (await answer.json()) as { readonly result?: readonly unknown[] };
    return result?.length ?? 0;
  };
  return { countDenials };
}
