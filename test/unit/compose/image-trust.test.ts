/** With files of keys, and the trusted root of an instance of sigstore in this process. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { listImageTrustFiles, loadImageTrust } from '../../../src/compose/image-trust.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { makeKeys, publicPem } from '../../support/images/image-samples.ts';
import { SigstoreInstance } from '../../support/signatures/sigstore-instance.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const ISSUER = 'https://accounts.example.com';

async function open(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const instance = await SigstoreInstance.start();
  const folder = await makeTemporaryFolder(t, {
    'cosign.pub': publicPem(makeKeys()),
    'second.pub': publicPem(makeKeys()),
    'trusted_root.json': JSON.stringify(instance.trustedRoot()),
    ...files,
  });
  const { images } = configurationSchema.parse({
    images: {
      trustedRoots: [{ name: 'own', file: join(folder, 'trusted_root.json') }],
      authorities: [
        {
          name: 'release',
          keyFiles: ['cosign.pub', 'second.pub'].map((file) => join(folder, file)),
        },
        { name: 'logged', keyFiles: [join(folder, 'cosign.pub')], trustedRoot: 'own' },
        {
          name: 'ci',
          trustedRoot: 'own',
          identities: [
            { issuer: ISSUER, subject: 'ada@example.com' },
            { issuer: ISSUER, subject: '*@example.org' },
          ],
        },
      ],
      rules: [
        {
          name: 'shop',
          images: ['registry.example.com/**'],
          authorities: ['release', 'ci'],
          attestations: [
            {
              name: 'built',
              predicateType: 'https://slsa.dev/provenance/v1',
              authorities: ['logged'],
              builder: 'https://ci.example.com/*',
              sourceRepository: 'https://git.example.com/shop',
            },
          ],
        },
      ],
    },
  });
  return { folder, images };
}

async function codeOf(loading: Promise<unknown>): Promise<string> {
  return await loading.then(
    () => 'loaded',
    (error: unknown) => (error instanceof HoldfastError ? error.code : String(error)),
  );
}

describe('loadImageTrust()', () => {
  it('gives a rule the keys and identities that it names, each under its authority', async (t) => {
    const { images } = await open(t);
    const { ruleFor } = await loadImageTrust(images);
    const [rule] = images.rules;
    assert.ok(rule);
    const { authorities, required, attestations } = ruleFor(rule);
    assert.deepEqual(
      authorities.map(({ name, authority }) => [name, authority.kind]),
      [
        ['release', 'key'],
        ['release', 'key'],
        ['ci', 'certificate'],
      ],
    );
    const [, , ci] = authorities;
    assert.deepEqual(ci?.authority.kind === 'certificate' && ci.authority.identities, [
      { issuer: ISSUER, subject: { kind: 'exact', value: 'ada@example.com' } },
      { issuer: ISSUER, subject: { kind: 'pattern', value: '*@example.org' } },
    ]);
    assert.equal(required, 1);
    const [built] = attestations;
    assert.deepEqual(built?.builder, { kind: 'pattern', value: 'https://ci.example.com/*' });
    assert.deepEqual(built?.sourceRepository, {
      kind: 'exact',
      value: 'https://git.example.com/shop',
    });
    const [logged] = built?.authorities ?? [];
    assert.equal(logged?.authority.kind === 'key' && logged.authority.root !== undefined, true);
    assert.deepEqual(ruleFor({ ...rule, attestations: [] }).attestations, []);
  });

  it('has another hash as soon as a file has other bytes', async (t) => {
    const { folder, images } = await open(t);
    const { hash } = await loadImageTrust(images);
    assert.equal((await loadImageTrust(images)).hash, hash);
    await writeFile(join(folder, 'second.pub'), publicPem(makeKeys()));
    assert.notEqual((await loadImageTrust(images)).hash, hash);
  });

  it('names every file that it reads', async (t) => {
    const { folder, images } = await open(t);
    assert.deepEqual(
      new Set(listImageTrustFiles(images)),
      new Set(['trusted_root.json', 'cosign.pub', 'second.pub'].map((file) => join(folder, file))),
    );
  });

  for (const [what, files] of [
    ['a key that is none', { 'second.pub': 'no key' }],
    ['a trusted root that is none', { 'trusted_root.json': '{}' }],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const { images } = await open(t, files);
      assert.equal(await codeOf(loadImageTrust(images)), 'trust_file_invalid');
    });
  }

  it('refuses a file that is not there', async (t) => {
    const { images } = await open(t);
    const authorities = [{ name: 'release', keyFiles: ['/nowhere/cosign.pub'], identities: [] }];
    assert.equal(await codeOf(loadImageTrust({ ...images, authorities })), 'trust_file_invalid');
  });
});
