/** Images that the real cosign has signed, in a real registry without a list of referrers: we agree with `cosign verify`, or say why not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { verifyImageCommand } from '../../src/cli/verify/image.ts';
import { recordContext } from '../support/command-context.ts';
import { Cosign, type CosignFormat } from '../support/images/cosign-program.ts';
import { RegistryServer } from '../support/images/registry-server.ts';

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const FORMATS: readonly CosignFormat[] = ['bundle', 'legacy'];
/**
 * By kind: our verdict, and the hash that cosign must be told when it verifies. It signs with Ed25519ph, which neither it nor we
 * verify.
 */
const KINDS = {
  'P-256': { expected: 'verified', hash: 'sha256' },
  'P-384': { expected: 'verified', hash: 'sha384' },
  'P-521': { expected: 'verified', hash: 'sha512' },
  rsa: { expected: 'verified', hash: 'sha256' },
  ed25519: { expected: 'bad_signature', hash: 'sha512' },
} as const;
const KIND_NAMES = ['P-256', 'P-384', 'P-521', 'rsa', 'ed25519'] as const;

test('images signed by the real cosign', async (t) => {
  const registry = await RegistryServer.start(t);
  const cosign = await Cosign.open(t);
  for (const name of ['own', 'other']) await cosign.makeKey(name);
  let count = 0;

  /** A new image in a repository of its own: its reference by digest, and its tag. */
  async function push() {
    count += 1;
    const name = `shop${count}`;
    const digest = await registry.push(name, 'v1');
    return { name, digest, image: `${registry.host}/${name}@${digest}` };
  }

  /** The code of our verdict. */
  async function ours(image: string, key = 'own', ...argv: readonly string[]): Promise<string> {
    const recorded = recordContext({ workingDirectory: cosign.folder });
    const access = ['--plain-http', registry.host, '--private-host', registry.host];
    const status = await runProgram(
      ['verify', 'image', image, '--key', `${key}.pub`, ...access, ...argv],
      {
        commands: [verifyImageCommand],
        groups: { verify: 'Verify' },
        version: '0',
        context: recorded.context,
      },
    );
    if (status === 'ok') return 'verified';
    const line = recorded.printed().split('\n').at(-1) ?? '';
    return /^rejected {4}(?<code>\w+): /u.exec(line)?.groups?.['code'] ?? `${status}: ${line}`;
  }

  await t.test('an unsigned image', async () => {
    const { image } = await push();
    assert.equal(await ours(image), 'unsigned');
    assert.equal(await cosign.verify(image, 'own'), false);
  });

  for (const format of FORMATS) {
    await t.test(`a signature as ${format}, of the key and of another`, async () => {
      const { image } = await push();
      await cosign.sign(image, 'own', format);
      assert.equal(await ours(image), 'verified');
      assert.equal(await cosign.verify(image, 'own'), true);
      assert.equal(await ours(image, 'other'), 'bad_signature');
      assert.equal(await cosign.verify(image, 'other'), false);
    });

    await t.test(`two signatures as ${format}`, async () => {
      const { image } = await push();
      for (const key of ['other', 'own']) await cosign.sign(image, key, format);
      for (const key of ['other', 'own']) {
        assert.equal(await ours(image, key), 'verified');
        assert.equal(await cosign.verify(image, key), true);
      }
    });

    await t.test(`an attestation as ${format}, by its type`, async () => {
      const { image } = await push();
      await cosign.attest({ image, key: 'own', type: PROVENANCE, format });
      const wanted = ['--predicate-type', PROVENANCE];
      assert.equal(await ours(image, 'own', ...wanted), 'verified');
      assert.equal(await cosign.verifyAttestation(image, 'own', PROVENANCE), true);
      assert.equal(await ours(image, 'own', '--predicate-type', 'https://slsa.dev'), 'unsigned');
      assert.equal(await cosign.verifyAttestation(image, 'own', 'https://slsa.dev'), false);
      assert.equal(await ours(image, 'other', ...wanted), 'bad_signature');
      assert.equal(await cosign.verifyAttestation(image, 'other', PROVENANCE), false);
    });
  }

  await t.test('a signature of every kind of key', async () => {
    for (const kind of KIND_NAMES) {
      const { expected, hash } = KINDS[kind];
      await cosign.makeKey(kind, kind);
      for (const format of FORMATS) {
        const { image } = await push();
        await cosign.sign(image, kind, format);
        const theirs = await cosign.verify(image, kind, hash);
        const found = [await ours(image, kind), theirs];
        assert.deepEqual(found, [expected, expected === 'verified'], `${kind} as ${format}`);
      }
    }
  });

  await t.test('a signature that was copied to another image', async () => {
    const { name, digest, image } = await push();
    await cosign.sign(image, 'own', 'legacy');
    const other = await registry.push(name, 'v2');
    const tagOf = (one: string) => `${one.replace(':', '-')}.sig`;
    await registry.copyTag(name, tagOf(digest), tagOf(other));
    const copied = `${registry.host}/${name}@${other}`;
    assert.equal(await ours(copied), 'subject_mismatch');
    assert.equal(await cosign.verify(copied, 'own'), false);
  });

  await t.test(
    'differs where an attestation is all that there is: it is no signature',
    async () => {
      const { image } = await push();
      await cosign.attest({ image, key: 'own', type: PROVENANCE, format: 'bundle' });
      assert.equal(await ours(image), 'unsigned');
      assert.equal(await cosign.verify(image, 'own'), true);
    },
  );

  await t.test(
    'differs where a bundle of somebody else stands beside a legacy signature',
    async () => {
      const { image } = await push();
      await cosign.sign(image, 'own', 'legacy');
      await cosign.attest({ image, key: 'other', type: PROVENANCE, format: 'bundle' });
      assert.equal(await ours(image), 'verified');
      assert.equal(await cosign.verify(image, 'own'), false);
    },
  );
});
