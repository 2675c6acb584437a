/** With files of keys, and the trusted root of an instance of sigstore in this process. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { listImageTrustFiles, loadImageTrust } from '../../../src/compose/image-trust.ts';
import { checkTufRoot } from '../../../src/compose/tuf-roots.ts';
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
    const { ruleFor } = await loadImageTrust(images, checkTufRoot);
    const [rule] = images.rules;
    assert.ok(rule);
    const { verified, missing } = ruleFor(rule);
    const { authorities, required, attestations } = verified;
    assert.equal(missing, undefined);
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
    assert.deepEqual(ruleFor({ ...rule, attestations: [] }).verified.attestations, []);
  });

  it('without the trusted root of a TUF repository, an authority that needs it is missing, and the others count', async (t) => {
    const { folder, images: settings } = await open(t);
    const rootFile = join(folder, 'second.pub');
    const tuf = { mirror: 'https://tuf.example.com', rootFile, target: 'trusted_root.json' };
    const images = { ...settings, trustedRoots: [{ name: 'own', tuf }] };
    assert.ok(listImageTrustFiles(images).includes(rootFile));
    const [rule] = images.rules;
    assert.ok(rule);
    const absent = await loadImageTrust(images, async () => ({
      status: 'absent',
      reason: () => 'It is away',
    }));
    const { verified, missing } = absent.ruleFor(rule);
    assert.equal(missing, 'It is away');
    // Neither identities, nor keys whose log is not known.
    assert.deepEqual([...new Set(verified.authorities.map(({ name }) => name))], ['release']);
    assert.deepEqual(verified.attestations[0]?.authorities, []);

    const text = await readFile(join(folder, 'trusted_root.json'), 'utf8');
    const held = await loadImageTrust(images, async () => ({ status: 'held', text }));
    assert.notEqual(held.hash, absent.hash);
    assert.equal(held.ruleFor(rule).missing, undefined);
    assert.equal(
      await codeOf(loadImageTrust(images, async () => ({ status: 'refused', reason: 'no root' }))),
      'trust_file_invalid',
    );
  });

  it('has another hash as soon as a file has other bytes', async (t) => {
    const { folder, images } = await open(t);
    const { hash } = await loadImageTrust(images, checkTufRoot);
    assert.equal((await loadImageTrust(images, checkTufRoot)).hash, hash);
    await writeFile(join(folder, 'second.pub'), publicPem(makeKeys()));
    assert.notEqual((await loadImageTrust(images, checkTufRoot)).hash, hash);
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
      assert.equal(await codeOf(loadImageTrust(images, checkTufRoot)), 'trust_file_invalid');
    });
  }

  it('refuses a file that is not there', async (t) => {
    const { images } = await open(t);
    const authorities = [{ name: 'release', keyFiles: ['/nowhere/cosign.pub'], identities: [] }];
    assert.equal(
      await codeOf(loadImageTrust({ ...images, authorities }, checkTufRoot)),
      'trust_file_invalid',
    );
  });
});
