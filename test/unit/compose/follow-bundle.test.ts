import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { writeBundle } from '../../../src/authoring/write-bundle.ts';
import type { SigningKey } from '../../../src/base/json-web-signature.ts';
import { readBundleFiles } from '../../../src/policy/bundle/read-bundle-files.ts';
import { makeBundleKey } from '../../support/bundle-keys.ts';
import { askReadiness, makeArchive, servePolicies } from '../../support/serve-policies.ts';
import { startHttpsTarget, type TargetReply } from '../../support/sinks/https-target.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const ENDLESS =
  'deny contains {"code": "no", "message": "No"} if count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100000)[_]]) < 0';

describe('a bundle on disk', () => {
  it('is replaced without a lost or failed request, and a bad one changes nothing', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const path = join(folder, 'bundle.tar.gz');
    await writeFile(path, await makeArchive(t, 'first'));
    const { telemetry, allows, service } = await servePolicies(t, folder, {
      policies: { bundle: 'bundle.tar.gz' },
    });
    assert.deepEqual([await allows('first'), await allows('second')], [false, true]);

    const next = await makeArchive(t, 'second');
    let asking = true;
    let answers = 0;
    const writers = Array.from({ length: 4 }, async () => {
      while (asking) {
        await allows('other');
        answers += 1;
      }
    });
    await writeFile(`${path}.new`, next);
    await rename(`${path}.new`, path);
    await waitUntil(async () => !(await allows('second')));
    asking = false;
    await Promise.all(writers);
    assert.ok(answers > 0);
    assert.equal(await allows('first'), true);
    const shown = await telemetry.exposed('holdfast_build_info');
    assert.deepEqual(
      shown.map((line) => [line.includes(service.policyRevision), line.slice(-1)]),
      [
        [true, '0'],
        [false, '1'],
      ],
    );

    await writeFile(path, 'no bundle');
    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'error'));
    assert.equal(await allows('second'), false);
    assert.match(
      await askReadiness(service),
      /policy-bundle.*bundle\.tar\.gz" has changed and is not taken/u,
    );
  });

  it('stays out where its policies cannot be evaluated', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const path = join(folder, 'bundle.tar.gz');
    await writeFile(path, await makeArchive(t, 'first'));
    const { telemetry, allows } = await servePolicies(t, folder, {
      policies: { bundle: 'bundle.tar.gz' },
    });

    await writeFile(path, await makeArchive(t, '', { body: ENDLESS }));

    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'error'));
    const entry = telemetry.entries.find(({ level }) => level === 'error');
    assert.match(
      JSON.stringify(entry),
      /The policy \\"sample\\" of the bundle [0-9a-f]{12} cannot be evaluated/u,
    );
    assert.equal(await allows('first'), false);
  });

  it('starts no process where its policies cannot be evaluated', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const archive = await makeArchive(t, '', { body: ENDLESS });
    await writeFile(join(folder, 'bundle.tar.gz'), archive);

    await assert.rejects(servePolicies(t, folder, { policies: { bundle: 'bundle.tar.gz' } }), {
      code: 'policy_bundle_failed_self_test',
      message: /^The policy "sample" of the bundle [0-9a-f]{12} cannot be evaluated: /u,
    });
  });

  it('is followed through the link that Kubernetes swaps', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const mount = join(folder, 'mount');
    for (const [name, refused] of [
      ['..1', 'first'],
      ['..2', 'second'],
    ] as const) {
      await mkdir(join(mount, name), { recursive: true });
      await writeFile(join(mount, name, 'bundle.tar.gz'), await makeArchive(t, refused));
    }
    await symlink('..1', join(mount, '..data'));
    await symlink('..data/bundle.tar.gz', join(mount, 'bundle.tar.gz'));
    const { allows } = await servePolicies(t, folder, {
      policies: { bundle: 'mount/bundle.tar.gz' },
    });
    assert.equal(await allows('second'), true);

    await symlink('..2', join(mount, '..data_tmp'));
    await rename(join(mount, '..data_tmp'), join(mount, '..data'));

    await waitUntil(async () => !(await allows('second')));
  });

  it('is followed where it is a folder that is replaced', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const write = async (refused: string): Promise<void> => {
      await writeFile(join(folder, 'b.tar.gz'), await makeArchive(t, refused));
      const files = await readBundleFiles(join(folder, 'b.tar.gz'));
      assert.ok(files.ok);
      await writeBundle(join(folder, 'bundle'), files.value);
    };
    await write('first');
    const { allows } = await servePolicies(t, folder, { policies: { bundle: 'bundle' } });

    await write('second');

    await waitUntil(async () => !(await allows('second')));
  });
});

describe('a bundle of a server', () => {
  async function stage(t: TestContext) {
    const key = await makeBundleKey();
    let reply: TargetReply = {};
    const target = await startHttpsTarget({
      handler: ({ headers }) =>
        headers['if-none-match'] !== undefined &&
        headers['if-none-match'] === reply.headers?.['etag']
          ? { status: 304 }
          : reply,
    });
    t.after(target.stop);
    const folder = await makeTemporaryFolder(t, {
      'key.jwk': JSON.stringify(key.publicJwk),
      'ca.pem': target.ca,
    });
    const policies = {
      keys: [{ file: 'key.jwk' }],
      server: {
        url: `${target.url}/policies.tar.gz`,
        tls: { caFile: 'ca.pem' },
        token: { env: 'TOKEN' },
        folder: 'kept',
        pollMs: 1000,
      },
    };
    const serveBundle = async (
      refused: string,
      by: SigningKey | undefined = key,
    ): Promise<void> => {
      const bytes = await makeArchive(t, refused, { ...(by && { key: by }) });
      reply = { bytes, headers: { etag: `"${refused}"` } };
    };
    return {
      key,
      target,
      folder,
      policies,
      serveBundle,
      answer: (next: TargetReply) => (reply = next),
    };
  }

  it('is taken when it is signed, kept, and judged with when the server is away', async (t) => {
    const { target, folder, policies, serveBundle } = await stage(t);
    await serveBundle('first');
    const { allows, stop, telemetry, service } = await servePolicies(t, folder, { policies });
    assert.equal(await allows('first'), false);
    await waitUntil(() =>
      target.requests.some(({ headers }) => headers['if-none-match'] === '"first"'),
    );

    await serveBundle('second', await makeBundleKey());
    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'error'));
    assert.deepEqual([await allows('first'), await allows('second')], [false, true]);
    assert.match(await askReadiness(service), /policy-bundle.*is of none of the trusted keys/u);

    await serveBundle('third');
    await waitUntil(async () => !(await allows('third')));
    assert.doesNotMatch(await askReadiness(service), /policy-bundle.*trusted keys/u);
    assert.equal(
      (await telemetry.exposed('holdfast_policy_bundle_checked_timestamp_seconds')).length,
      1,
    );
    await stop();
    await target.stop();

    const again = await servePolicies(t, folder, { policies });
    assert.equal(await again.allows('third'), false);
    await waitUntil(async () =>
      /policy-bundle.*gives no bundle/u.test(await askReadiness(again.service)),
    );
    await again.stop();

    const kept = join(folder, 'kept', 'bundle.tar.gz');
    const bytes = await readFile(kept);
    await writeFile(kept, await makeArchive(t, 'fourth'));
    await assert.rejects(servePolicies(t, folder, { policies }), {
      code: 'policy_bundle_unavailable',
      message:
        /is not signed: it has no \.signatures\.json\), and https:.* gave none: The connection was refused$/u,
    });
    await writeFile(kept, bytes);
    await (await servePolicies(t, folder, { policies })).stop();
  });

  it('is waited for by nobody who has none: the process says what is wrong, and ends', async (t) => {
    const { folder, policies, answer, serveBundle } = await stage(t);
    answer({ status: 403 });
    await assert.rejects(servePolicies(t, folder, { policies }), {
      code: 'policy_bundle_unavailable',
      message:
        /^No bundle is kept in ".*kept" that can be used \(There is no policy bundle .*\), and https:.* gave none: The server answered with status 403$/u,
    });
    answer({ body: 'no archive' });
    await assert.rejects(servePolicies(t, folder, { policies }), {
      code: 'policy_bundle_unavailable',
      message: /gave none: it is no gzipped archive, or it is damaged$/u,
    });
    await serveBundle('first', await makeBundleKey());
    await assert.rejects(servePolicies(t, folder, { policies }), {
      code: 'policy_bundle_unavailable',
    });
    await rm(join(folder, 'kept'), { recursive: true, force: true });
  });
});
