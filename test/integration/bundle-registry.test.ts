/** Bundles in a registry in this process: pushed, pulled, and followed by a process that serves. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { policyPullCommand } from '../../src/cli/policy/pull.ts';
import { policyPushCommand } from '../../src/cli/policy/push.ts';
import { runProgram } from '../../src/cli/program.ts';
import { writeBundle } from '../../src/authoring/write-bundle.ts';
import { readSigningKey, type SigningKey } from '../../src/base/json-web-signature.ts';
import { readBundleFiles } from '../../src/policy/bundle/read-bundle-files.ts';
import { KEY_MAKERS, makeBundleKey } from '../support/bundle-keys.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import { recordContext } from '../support/command-context.ts';
import {
  formatSession,
  listStepsOf,
  matchesOutput,
  parseSession,
} from '../support/docs/typed-commands.ts';
import { putArtifact } from '../support/images/bundle-artifact.ts';
import {
  FakeRegistry,
  OCI_INDEX,
  type FakeRegistryOptions,
} from '../support/images/fake-registry.ts';
import { askReadiness, makeArchive, servePolicies } from '../support/serve-policies.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
const ADA = { username: 'ada', password: 'secret' };

/** A folder with a signed bundle, its key, and what the registry wants to know. */
async function prepare(t: TestContext, options: FakeRegistryOptions = {}) {
  const registry = await FakeRegistry.start(t, { tls, uploads: 'here', ...options });
  const key = await makeBundleKey();
  const auths = { [registry.host]: { auth: Buffer.from('ada:secret').toString('base64') } };
  const folder = await makeTemporaryFolder(t, {
    'key.jwk': JSON.stringify(key.publicJwk),
    'other.jwk': JSON.stringify((await makeBundleKey()).publicJwk),
    'ca.pem': tls.cert,
    'docker.json': JSON.stringify({ auths }),
  });
  await writeFile(join(folder, 'bundle.tar.gz'), await makeArchive(t, 'first', { key }));
  const access = ['--ca-file', 'ca.pem', '--private-host', registry.host];
  const run = async (argv: readonly string[]) => {
    const world = recordContext({ workingDirectory: folder });
    const status = await runProgram(['policy', ...argv, ...access], {
      commands: [policyPushCommand, policyPullCommand],
      groups: { policy: 'Policies' },
      version: '1',
      context: world.context,
    });
    return { status, printed: world.printed(), reported: world.reported() };
  };
  return { registry, key, folder, run, reference: `${registry.host}/team/policies:prod` };
}

describe('holdfast policy push and pull', () => {
  it('write and read the same bundle, with a credential, and print the digest that pins it', async (t) => {
    for (const authentication of [
      { kind: 'basic', ...ADA },
      { kind: 'bearer', credential: ADA },
    ] as const) {
      const { registry, folder, run, reference } = await prepare(t, { authentication });
      const credential = ['--docker-config', 'docker.json'];

      const pushed = await run(['push', 'bundle.tar.gz', reference, ...credential]);
      assert.equal(pushed.status, 'ok', pushed.reported);
      const [first, pinned = ''] = pushed.printed.split('\n');
      assert.equal(first, `Pushed bundle.tar.gz to ${reference}`);
      assert.match(pinned, new RegExp(`^${registry.host}/team/policies@sha256:[0-9a-f]{64}$`, 'u'));
      const again = await run(['push', 'bundle.tar.gz', reference, ...credential, '-o', 'json']);
      const digest = pinned.slice(pinned.indexOf('@') + 1);
      assert.deepEqual(JSON.parse(again.printed), { reference, digest, pinned });

      for (const wanted of [reference, pinned]) {
        const argv = ['pull', wanted, '--key', 'key.jwk', '--out', 'pulled.tar.gz', ...credential];
        const pulled = await run(argv);
        assert.equal(pulled.status, 'ok', pulled.reported);
        assert.match(pulled.printed, /^Pulled .* into pulled\.tar\.gz, signed by key \S+\n/u);
        assert.equal(pulled.printed.split('\n')[1], pinned);
        assert.deepEqual(
          await readFile(join(folder, 'pulled.tar.gz')),
          await readFile(join(folder, 'bundle.tar.gz')),
        );
      }
      const anonymous = await run(['pull', reference, '--key', 'key.jwk']);
      assert.equal(anonymous.status, 'unavailable');
    }
  });

  it('writes a folder as the archive that it would be', async (t) => {
    const { folder, run, reference } = await prepare(t);
    const files = await readBundleFiles(join(folder, 'bundle.tar.gz'));
    assert.ok(files.ok);
    await writeBundle(join(folder, 'bundle'), files.value);

    const printed = [
      (await run(['push', 'bundle.tar.gz', reference])).printed,
      (await run(['push', 'bundle', reference])).printed,
    ];

    assert.equal(printed[1]?.split('\n')[1], printed[0]?.split('\n')[1]);
  });

  it('says that a bundle is not signed, and pulls it only where nobody asks who has signed it', async (t) => {
    const { folder, run, reference } = await prepare(t);
    await writeFile(join(folder, 'plain.tar.gz'), await makeArchive(t, 'first'));

    const pushed = await run(['push', 'plain.tar.gz', reference]);
    assert.equal(pushed.status, 'ok');
    assert.equal(
      pushed.reported,
      'note: "plain.tar.gz" is not signed: no process takes it from a registry',
    );
    const refused = await run(['pull', reference, '--key', 'key.jwk', '--out', 'p.tar.gz']);
    assert.match(refused.reported, /is not taken: it is not signed/u);
    const taken = await run(['pull', reference, '--skip-signature', '--out', 'p.tar.gz']);
    assert.match(taken.printed, /whose signature was not verified/u);
  });

  it('takes the keys and the way to the registry from the configuration', async (t) => {
    const { registry, folder, run, reference } = await prepare(t);
    assert.equal((await run(['push', 'bundle.tar.gz', reference])).status, 'ok');
    const unnamed = await run(['pull', reference, '--out', 'p.tar.gz']);
    assert.match(unnamed.reported, /Whose signature counts\?/u);
    for (const [file, status] of [
      ['key.jwk', 'ok'],
      ['other.jwk', 'configuration'],
    ] as const) {
      const configuration = {
        cluster: { name: 'test' },
        policies: { bundle: 'bundle.tar.gz', keys: [{ file }] },
        images: { registries: { caFile: 'ca.pem', privateHosts: [registry.host] } },
      };
      await writeFile(join(folder, 'holdfast.yaml'), JSON.stringify(configuration));
      const pulled = await run(['pull', reference, '--out', 'p.tar.gz']);
      assert.equal(pulled.status, status, pulled.reported);
    }
  });

  it('refuse what cannot be asked for', async (t) => {
    const { run, reference } = await prepare(t);
    const digest = `sha256:${'0'.repeat(64)}`;
    for (const [argv, message] of [
      [['push', 'bundle.tar.gz', 'No Reference'], /is no reference of an artifact/u],
      [['push', 'bundle.tar.gz', `${reference}@${digest}`], /name a tag/u],
      [['push', 'ca.pem', reference], /"ca\.pem" cannot be read: it is no gzipped archive/u],
      [['push', 'absent.tar.gz', reference], /there is no such file/u],
      [['pull', 'No Reference', '--key', 'key.jwk'], /is no reference of an artifact/u],
      [['pull', reference, '--key', 'key.jwk'], /The registry has no team\/policies prod/u],
    ] as const) {
      const { status, reported } = await run(argv);
      assert.notEqual(status, 'ok');
      assert.match(reported, message);
    }
  });

  it('refuses what a hostile registry gives', async (t) => {
    const { registry, run, reference } = await prepare(t);
    const name = 'team/policies';
    const key = ['--key', 'key.jwk'];
    registry.putManifest(name, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }, 'prod');
    const index = await run(['pull', reference, ...key]);
    assert.match(index.reported, /cannot be used: it is no bundle: it is an index/u);
    putArtifact(registry, name, { archive: Buffer.from('no gzip') });
    const text = await run(['pull', reference, ...key]);
    assert.match(text.reported, /cannot be used: it is no gzipped archive, or it is damaged/u);
    assert.deepEqual([index.status, text.status], ['configuration', 'configuration']);
  });
});

it('docs/policies/bundles.md shows what the commands print', async (t) => {
  const document = await readFile(join(ROOT, 'docs', 'policies', 'bundles.md'), 'utf8');
  const steps = listStepsOf(document, 'test/integration/bundle-registry.test.ts');
  const { registry, folder } = await prepare(t, { authentication: { kind: 'basic', ...ADA } });
  const pair = KEY_MAKERS.EdDSA();
  const read = await readSigningKey(pair.privatePem, ['EdDSA']);
  assert.ok(read.ok);
  const archive = await makeArchive(t, 'first', { key: read.key, scope: 'production' });
  await writeFile(join(folder, 'bundle.tar.gz'), archive);
  await writeFile(join(folder, 'bundle-key.pub.pem'), pair.publicPem);
  await writeFile(join(folder, 'session.sh'), formatSession(steps, '@@step@@'));
  await mkdir(join(folder, 'bin'));
  const script = `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`;
  await writeFile(join(folder, 'bin', 'holdfast'), script);
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);

  const { stdout } = await promisify(execFile)('bash', [join(folder, 'session.sh')], {
    cwd: folder,
    env: {
      ...process.env,
      REGISTRY: registry.host,
      PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
    },
  });

  const results = parseSession(stdout, '@@step@@');
  assert.equal(steps.length, 3);
  for (const [index, { command, output = [] }] of steps.entries()) {
    const { output: printed, status } = results[index] ?? { output: '', status: 1 };
    assert.equal(status, 0, `${command}\n${printed}`);
    if (output.length > 0) assert.ok(matchesOutput(printed, output), `${command}\n${printed}`);
  }
});

describe('a bundle of a registry', () => {
  async function stage(t: TestContext, pin?: string) {
    let intercept: FakeRegistryOptions['intercept'];
    const registry = await FakeRegistry.start(t, {
      intercept: (request, host) => intercept?.(request, host),
    });
    const key = await makeBundleKey();
    const folder = await makeTemporaryFolder(t, { 'key.jwk': JSON.stringify(key.publicJwk) });
    const put = async (refused: string, by: SigningKey = key, nowMs = Date.now()) =>
      putArtifact(registry, 'policies', {
        archive: await makeArchive(t, refused, { key: by, nowMs }),
      });
    const sections = {
      policies: {
        keys: [{ file: 'key.jwk' }],
        registry: {
          reference: `${registry.host}/policies${pin ?? ':prod'}`,
          folder: 'kept',
          pollMs: 1000,
        },
      },
      images: {
        registries: { privateHosts: [registry.host], plainHttpHosts: [registry.host] },
      },
    };
    return {
      registry,
      key,
      folder,
      put,
      sections,
      answer: (next: FakeRegistryOptions['intercept']) => (intercept = next),
      countBlobs: () => registry.requests.filter(({ path }) => path.includes('/blobs/')).length,
    };
  }

  it('is followed by its tag, kept, and judged with when the registry is away', async (t) => {
    const { folder, put, sections, answer, registry, countBlobs } = await stage(t);
    await put('first');
    const { allows, stop, telemetry, service } = await servePolicies(t, folder, sections);
    assert.equal(await allows('first'), false);
    const asked = registry.requests.length;
    await waitUntil(() => registry.requests.length > asked + 1);
    assert.equal(countBlobs(), 1, 'the archive is not asked for again');

    await put('second', await makeBundleKey());
    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'error'));
    assert.deepEqual([await allows('first'), await allows('second')], [false, true]);
    assert.match(await askReadiness(service), /policy-bundle.*is of none of the trusted keys/u);
    const refused = countBlobs();

    await put('third');
    await waitUntil(async () => !(await allows('third')));
    assert.equal(countBlobs(), refused + 1, 'what was refused is not asked for again');
    assert.doesNotMatch(await askReadiness(service), /policy-bundle.*trusted keys/u);
    await stop();

    answer(() => ({ status: 503 }));
    const again = await servePolicies(t, folder, sections);
    assert.equal(await again.allows('third'), false);
    await waitUntil(async () =>
      /policy-bundle.*gives no bundle: .* status 503/u.test(await askReadiness(again.service)),
    );
  });

  it('stays what its digest says', async (t) => {
    const archive = await makeArchive(t, 'first', { key: await makeBundleKey() });
    const elsewhere = await FakeRegistry.start(t);
    const { digest } = putArtifact(elsewhere, 'policies', { archive });
    const { folder, put, sections } = await stage(t, `@${digest}`);
    await put('other');
    await assert.rejects(servePolicies(t, folder, sections), {
      code: 'policy_bundle_unavailable',
      message: /gave none: The registry has no policies sha256:[0-9a-f]{64}$/u,
    });
  });

  it('is not followed by one that was signed before it, also where what is kept was lost', async (t) => {
    const { folder, key, put, sections } = await stage(t);
    const signedAtMs = Date.now();
    await put('first', key, signedAtMs);
    const { allows, service, stop } = await servePolicies(t, folder, sections);

    await put('older', key, signedAtMs - 60_000);
    await waitUntil(async () =>
      /policy-bundle.*was signed at .*, and a bundle was taken/u.test(await askReadiness(service)),
    );
    assert.deepEqual([await allows('first'), await allows('older')], [false, true]);
    await stop();
    await rm(join(folder, 'kept', 'bundle.tar.gz'));
    await assert.rejects(servePolicies(t, folder, sections), {
      code: 'policy_bundle_unavailable',
      message: /was signed at .*, and a bundle was taken that was signed at .* sign it again$/u,
    });

    const again = await put('older', key, signedAtMs);
    await (await servePolicies(t, folder, sections)).stop();
    const older = await put('oldest', key, signedAtMs - 120_000);
    const reference = sections.policies.registry.reference.replace(':prod', `@${older.digest}`);
    const registry = { ...sections.policies.registry, reference };
    const policies = { ...sections.policies, registry };
    const pinned = await servePolicies(t, folder, { ...sections, policies });
    await waitUntil(async () => !(await pinned.allows('oldest')));
    assert.notEqual(again.digest, older.digest);
  });

  it('says at a start what is wrong with it', async (t) => {
    const { folder, registry, put, sections, answer } = await stage(t);
    const failsWith = async (message: RegExp) =>
      await assert.rejects(servePolicies(t, folder, sections), {
        code: 'policy_bundle_unavailable',
        message,
      });
    await failsWith(/gave none: The registry has no policies prod$/u);
    putArtifact(registry, 'policies', { archive: Buffer.from('text') });
    await failsWith(/gave none: it is no gzipped archive, or it is damaged$/u);
    putArtifact(registry, 'policies', { archive: Buffer.from('text'), layers: 2 });
    await failsWith(/gave none: it is no bundle: it has 2 layers, wanted one$/u);
    await put('first', await makeBundleKey());
    await failsWith(/is of none of the trusted keys/u);
    answer(({ url = '' }) =>
      url.includes('/blobs/')
        ? { status: 307, headers: { location: 'http://169.254.169.254/latest' } }
        : undefined,
    );
    await failsWith(/169\.254\.169\.254 is not asked by http/u);
    await failsWith(/allow it with images\.registries\.plainHttpHosts/u);
  });

  it('names a file of credentials that cannot be used', async (t) => {
    const { folder, put, sections } = await stage(t);
    await put('first');
    const registry = { ...sections.policies.registry, dockerConfigFile: 'absent.json' };
    const policies = { ...sections.policies, registry };
    await assert.rejects(servePolicies(t, folder, { ...sections, policies }), {
      code: 'policy_bundle_unavailable',
      message: /absent\.json" cannot be read: there is no such file$/u,
    });
  });
});
