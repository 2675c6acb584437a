import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { writeBundle } from '../../src/authoring/write-bundle.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { policySignCommand } from '../../src/cli/policy/sign.ts';
import { policyVerifyCommand } from '../../src/cli/policy/verify.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readBundleFiles } from '../../src/policy/bundle/read-bundle-files.ts';
import { readBundleKeys } from '../../src/policy/bundle/read-bundle-keys.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { KEY_MAKERS } from '../support/bundle-keys.ts';
import { recordContext } from '../support/command-context.ts';
import { policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

let opa: OpaLocation;

before(async () => {
  opa = await ensureOpa({ cacheFolder: cacheFolder() });
});

async function run(folder: string, argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policySignCommand, policyVerifyCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

/** A folder with an unsigned bundle, two keys, and data whose hash depends on how it is written. */
async function prepare(test: TestContext, algorithm: keyof typeof KEY_MAKERS = 'EdDSA') {
  const [key, other] = [KEY_MAKERS[algorithm](), KEY_MAKERS[algorithm]()];
  const folder = await makeTemporaryFolder(test, {
    'rego/sample/sample.rego': policyText(),
    'key.pem': key.privatePem,
    'key.pub.pem': key.publicPem,
    'other.pub.pem': other.publicPem,
  });
  const output = join(folder, 'bundle.tar.gz');
  const manifest = await buildBundle({ sourceFolder: join(folder, 'rego'), output, opa });
  return { folder, output, manifest };
}

async function opaVerifies(folder: string, key: string, algorithm: string): Promise<string> {
  const argv = ['build', '-b', 'bundle.tar.gz', '-o', 'again.tar.gz', '--verification-key', key];
  return await runOpa(opa.path, [...argv, '--signing-alg', algorithm], folder);
}

describe('the signature of a bundle', () => {
  for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
    it(`is verified by OPA where Holdfast signs, and by Holdfast where OPA signs: ${algorithm}`, async (test) => {
      const { folder, output, manifest } = await prepare(test, algorithm);
      const keys = await readBundleKeys([{ file: join(folder, 'key.pub.pem'), scope: '' }]);

      const signed = await run(folder, ['sign', 'bundle.tar.gz', '--key', 'key.pem']);

      assert.equal(signed.status, 'ok', signed.reported);
      await opaVerifies(folder, 'key.pub.pem', algorithm);
      await assert.rejects(opaVerifies(folder, 'other.pub.pem', algorithm), /signature/u);
      const verified = await run(folder, ['verify', 'bundle.tar.gz', '--key', 'key.pub.pem']);
      assert.deepEqual(
        [verified.status, verified.printed],
        ['ok', `bundle.tar.gz: 7 files are signed by key ${keys[0]?.key.keyId}`],
      );
      assert.equal(
        (await loadBundle(output, { trust: { keys } })).manifest.revision,
        manifest.revision,
      );

      // OPA signs the same archive, without any id of its key.
      const argv = ['sign', '-b', 'bundle.tar.gz', '--signing-key', 'key.pem'];
      await runOpa(opa.path, [...argv, '--signing-alg', algorithm], folder);
      const files = await readBundleFiles(output);
      assert.ok(files.ok);
      const byOpa = new Map(files.value);
      byOpa.set('.signatures.json', await readFile(join(folder, '.signatures.json')));
      await writeBundle(output, byOpa);
      assert.equal(
        (await loadBundle(output, { trust: { keys } })).signature?.keyId,
        keys[0]?.key.keyId,
      );
    });
  }

  it('is verified by Holdfast where opa build signs a bundle of data', async (test) => {
    const { folder } = await prepare(test);
    const data = String.raw`{"n": 1.0, "～": 1e3, "😀": ["<>&\u2028\b", -0, 12345678901234567890]}`;
    await writeFile(join(folder, 'rego', 'data.json'), data);
    const signing = ['--signing-key', 'key.pem', '--signing-alg', 'EdDSA'];
    await runOpa(opa.path, ['build', '-b', 'rego', '-o', 'bundle.tar.gz', ...signing], folder);

    const verified = await run(folder, ['verify', 'bundle.tar.gz', '--key', 'key.pub.pem']);

    assert.equal(verified.status, 'ok', verified.printed);
  });

  it('has the scope and the end that were asked for', async (test) => {
    const { folder } = await prepare(test);
    const argv = ['sign', 'bundle.tar.gz', '--key', 'key.pem', '--out', 'signed.tar.gz'];
    const claims = ['--scope', 'production', '--expires-in-days', '90', '-o', 'json'];

    const signed = await run(folder, [...argv, ...claims]);

    assert.partialDeepStrictEqual(JSON.parse(signed.printed), { files: 7, algorithm: 'EdDSA' });
    const verify = ['verify', 'signed.tar.gz', '--key', 'key.pub.pem'];
    const other = await run(folder, verify);
    assert.deepEqual(
      [other.status, other.printed],
      [
        'failed',
        'signed.tar.gz: refused: its signature has the scope "production", and its key is trusted for no scope',
      ],
    );
    const wanted = await run(folder, [...verify, '--scope', 'production', '-o', 'json']);
    assert.partialDeepStrictEqual(JSON.parse(wanted.printed), {
      verified: true,
      scope: 'production',
      files: 7,
    });
  });

  it('is asked for before anything of a bundle is parsed', async (test) => {
    const { folder, output } = await prepare(test);
    const keys = await readBundleKeys([{ file: join(folder, 'key.pub.pem'), scope: '' }]);
    await writeBundle(output, new Map([['manifest.json', Buffer.from('{')]]));

    await assert.rejects(loadBundle(output, { trust: { keys } }), {
      code: 'policy_bundle_untrusted',
      message: `The policy bundle "${output}" is not taken: it is not signed: it has no .signatures.json`,
    });
  });

  for (const [argv, message] of [
    [['sign', 'bundle.tar.gz'], 'Name the file of the private key with --key'],
    [['verify', 'bundle.tar.gz'], 'Name the file of a public key with --key'],
    [
      ['sign', 'bundle.tar.gz', '--key', 'key.pem', '--expires-in-days', '0'],
      '--expires-in-days 0: expected a whole number from 1 to 3650',
    ],
    [
      ['sign', 'key.pem', '--key', 'key.pem'],
      'The policy bundle "key.pem" cannot be read: it is no gzipped archive, or it is damaged',
    ],
  ] as const) {
    it(`is not made by "policy ${argv.join(' ')}", which says why`, async (test) => {
      const { folder } = await prepare(test);

      const { status, reported } = await run(folder, argv);

      assert.notEqual(status, 'ok');
      assert.ok(reported.startsWith(`holdfast: ${message}`), reported);
    });
  }
});
