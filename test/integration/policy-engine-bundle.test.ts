import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';

import { cacheFolder } from '../../src/base/cache-folder.ts';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureBundle } from '../../src/authoring/ensure-bundle.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { revisionOf, sha256, type Manifest } from '../../src/policy/manifest.ts';
import { ensureOpa, OPA_VERSION, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { readTarEntry } from '../../src/authoring/tar-entry.ts';
import { policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const SAMPLE = 'sample/sample.rego';

let opa: OpaLocation;

before(async () => {
  opa = await ensureOpa({ cacheFolder: cacheFolder() });
});

async function build(test: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeTemporaryFolder(test, files);
  const output = join(folder, 'built', 'bundle');
  await buildBundle({ sourceFolder: folder, output, opa });
  return output;
}

/** Writes a manifest whose revision is right for its contents, as an earlier version did: without the one of OPA. */
async function rewriteManifest(folder: string, change: Partial<Manifest>): Promise<void> {
  const path = join(folder, 'manifest.json');
  const { revision: _old, ...contents }: Record<string, unknown> = {
    ...JSON.parse(await readFile(path, 'utf8')),
    ...change,
  };
  await writeFile(path, JSON.stringify({ ...contents, revision: revisionOf(contents) }));
  await rm(join(folder, '.manifest'), { force: true });
}

describe('loadBundle()', () => {
  it('refuses a module of other content', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    await writeFile(join(folder, 'policy.wasm'), 'something else');

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /policy\.wasm": its SHA-256 is [0-9a-f]{64}, wanted [0-9a-f]{64}\. Build it again$/,
    });
  });

  it('gives a known bundle itself where the contents are the same, and compiles nothing', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const first = await loadBundle(folder);
    assert.equal(await loadBundle(folder, { known: [first] }), first);
    await writeFile(join(folder, 'policy.wasm'), 'something else');
    await assert.rejects(loadBundle(folder, { known: [first] }), { code: 'policy_bundle_invalid' });
  });

  it('refuses a manifest that was changed by hand', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const path = join(folder, 'manifest.json');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('"failure": "deny"', '"failure": "allow"'),
    );

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /manifest\.json": its revision is [0-9a-f]{64}, its contents say [0-9a-f]{64}\./,
    });
  });

  it('refuses a bundle of another version by its format, and says which it reads', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    await writeFile(join(folder, 'manifest.json'), '{"format": 99}');

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: `Another version of Holdfast has built the policy bundle: "${join(folder, 'manifest.json')}" has format 99, and this version reads 3, 4, 5, 6. Build it again with "holdfast policy build" of this version`,
    });
  });

  it('refuses a manifest of another shape', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    await writeFile(join(folder, 'manifest.json'), '{"format": "4"}');

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /manifest\.json": format: Invalid (?:input|option).*\. Build it again$/,
    });
  });

  it('takes a bundle of the format before, whose policies get their tables whole', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const { manifest } = await loadBundle(folder);
    const policies = manifest.policies.map(({ parameterLookups, ...rest }) => {
      assert.deepEqual(parameterLookups, []);
      return rest;
    });
    await rewriteManifest(folder, { format: 3, policies });

    const earlier = await loadBundle(folder);

    assert.deepEqual(
      [earlier.manifest.format, earlier.manifest.policies[0]?.parameterLookups],
      [3, undefined],
    );
  });

  it('takes a bundle that does not say what its policies read of a request', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const { manifest } = await loadBundle(folder);
    const policies = manifest.policies.map(({ requestReads, ...rest }) => {
      assert.deepEqual(requestReads, { name: {} });
      return rest;
    });
    await rewriteManifest(folder, { policies });
    const earlier = await loadBundle(folder);

    assert.deepEqual(
      earlier.manifest.policies.map(({ requestReads }) => requestReads),
      [undefined],
    );
  });

  it('refuses a manifest that says in another form what a policy reads', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const path = join(folder, 'manifest.json');
    const { policies }: Manifest = JSON.parse(await readFile(path, 'utf8'));
    const forged: unknown[] = policies.map((policy) => ({ ...policy, requestReads: ['name'] }));
    const { revision: _old, ...contents } = { ...JSON.parse(await readFile(path, 'utf8')) };
    const changed = { ...contents, policies: forged };
    await writeFile(path, JSON.stringify({ ...changed, revision: revisionOf(changed) }));

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /policies\.0\.requestReads: Wanted true, or members with the same/,
    });
  });

  it('refuses a manifest that is no JSON', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'manifest.json': '{' });

    await assert.rejects(loadBundle(folder), { code: 'policy_bundle_invalid' });
  });

  it('refuses a path that leads nowhere, and an archive that is none', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'bundle.tar.gz': 'none' });
    const archive = join(folder, 'bundle.tar.gz');

    await assert.rejects(loadBundle(join(folder, 'nothing')), {
      code: 'policy_bundle_missing',
      message: `There is no policy bundle "${join(folder, 'nothing')}": there is no such folder or file`,
    });
    await assert.rejects(loadBundle(archive), {
      code: 'policy_bundle_invalid',
      message: `The policy bundle "${archive}" cannot be read: it is no gzipped archive, or it is damaged. Build it again`,
    });
  });

  it('refuses a bundle of which OPA would read another revision or other data', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const manifest = await readFile(join(folder, '.manifest'));
    await writeFile(join(folder, '.manifest'), '{"revision":"other"}');

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /\.manifest": its revision is not [0-9a-f]{64}\. Build it again$/u,
    });
    await writeFile(join(folder, '.manifest'), manifest);
    await writeFile(join(folder, 'data.json'), '{"a":1}');
    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /data\.json": it is not the data of manifest\.json\. Build it again$/u,
    });
  });

  it('refuses a manifest that is larger than its limit, and a bundle without its module', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    await rm(join(folder, 'policy.wasm'));

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /policy\.wasm": there is no such file\. Build it again$/u,
    });
    await writeFile(join(folder, 'manifest.json'), Buffer.alloc(9 * 1024 * 1024, ' '));
    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /manifest\.json": it is larger than 8388608 bytes\. Build it again$/u,
    });
  });

  it('refuses a folder without a bundle', async (test) => {
    const folder = await makeTemporaryFolder(test);

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_missing',
      message: `There is no policy bundle in "${folder}": it has no manifest.json`,
    });
  });

  it('says how to build a folder of sources', async (test) => {
    const folder = await makeTemporaryFolder(test, { [SAMPLE]: policyText() });

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_missing',
      message: `"${folder}" holds policies as Rego, not a built bundle. Run "holdfast policy build ${folder} --out ${folder}-bundle", and set policies.bundle to "${folder}-bundle"`,
    });
  });

  it('refuses a module that is no WebAssembly', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    await writeFile(join(folder, 'policy.wasm'), 'no module');
    await rewriteManifest(folder, { moduleSha256: sha256('no module') });

    await assert.rejects(loadBundle(folder), {
      code: 'policy_bundle_invalid',
      message: /policy\.wasm": it is no WebAssembly module\. Build it again$/,
    });
  });

  it('refuses a built-in that the host does not have, and names the file', async (test) => {
    const folder = await build(test, { [SAMPLE]: policyText() });
    const module = await compileForeign(test, 'r := http.send(input.a)');
    await writeFile(join(folder, 'policy.wasm'), module);
    await rewriteManifest(folder, {
      moduleSha256: sha256(module),
      builtins: { 'http.send': [SAMPLE] },
    });

    await assert.rejects(loadBundle(folder), {
      code: 'policy_builtin_unknown',
      message: `The policies call built-in functions that this engine does not have: "http.send" (called in ${SAMPLE}): a policy must not depend on what a server answers, or wait for it. Read what you need from input.facts or input.parameters`,
    });
  });
});

/** A module that was compiled without our restrictions. */
async function compileForeign(test: TestContext, body: string): Promise<Uint8Array> {
  const folder = await makeTemporaryFolder(test, { 'x.rego': `package x\n\n${body}\n` });
  await runOpa(opa.path, ['build', '-t', 'wasm', '-e', 'x/r', '-o', 'b.tar.gz', 'x.rego'], folder);
  const module = readTarEntry(await readFile(join(folder, 'b.tar.gz')), '/policy.wasm');
  assert.ok(module);
  return module;
}

describe('ensureBundle()', () => {
  it('builds once, and then needs no OPA', async (test) => {
    const folder = await makeTemporaryFolder(test, { [`policies/${SAMPLE}`]: policyText() });
    const options = { sourceFolder: join(folder, 'policies'), cacheFolder: cacheFolder() };
    const cold = await ensureBundle(options);
    const lines: string[] = [];

    const warm = await ensureBundle({ ...options, progress: (line) => lines.push(line) });

    assert.deepEqual(lines, []);
    assert.equal(warm.folder, cold.folder);
    assert.equal(warm.bundle.manifest.revision, cold.bundle.manifest.revision);
  });

  it('builds a damaged bundle of the cache again', async (test) => {
    const folder = await makeTemporaryFolder(test, { [`policies/${SAMPLE}`]: policyText() });
    const cache = join(folder, 'cache');
    const link = join(cache, 'opa', OPA_VERSION);
    await mkdir(link, { recursive: true });
    await symlink(opa.path, join(link, 'opa'));
    const lines: string[] = [];
    const options = {
      sourceFolder: join(folder, 'policies'),
      cacheFolder: cache,
      progress: (line: string) => lines.push(line),
    };
    const { bundle: first } = await ensureBundle(options);
    const [name = ''] = await readdir(join(cache, 'policies'));
    await writeFile(join(cache, 'policies', name, 'policy.wasm'), 'damaged');
    lines.length = 0;

    const { bundle: again } = await ensureBundle(options);

    assert.deepEqual(again.manifest, first.manifest);
    assert.match(lines[0] ?? '', /^Building again: The policy bundle is damaged: /);
  });
});
