/** What `holdfast verify image` asks of an image beside one signature: several authorities, attestations, builder and source. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { buildExtensions } from '../support/images/build-extensions.ts';
import type { FakeRegistryOptions } from '../support/images/fake-registry.ts';
import {
  bundle,
  KEY,
  keys,
  lastLine,
  legacy,
  openImage,
  otherKeys,
} from '../support/images/image-command.ts';
import {
  attach,
  BUNDLE,
  bundleLayer,
  logEnvelope,
  preAuthEncoding,
  publicPem,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import { uriName } from '../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const PACKAGES = 'https://cyclonedx.org/bom';
const SHOP = 'https://git.example.com/team/shop';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const BUILDER = 'https://ci.example.com/builders/1';
const PREDICATE = {
  buildDefinition: {
    resolvedDependencies: [
      { uri: `git+${SHOP}.git@refs/heads/main`, digest: { gitCommit: COMMIT } },
    ],
  },
  runDetails: { builder: { id: BUILDER } },
};
const BOTH = [...KEY, '--key', 'other.pub'];
const ATTESTED = ['--predicate-type', PROVENANCE];

const reportSchema = z.object({
  candidates: z.array(z.object({ verdicts: z.array(z.looseObject({})) })),
  signers: z.array(z.object({ authority: z.string(), signer: z.looseObject({}) })),
  attestations: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      authority: z.string().optional(),
      signer: z.looseObject({}).optional(),
    }),
  ),
  verification: z.looseObject({ status: z.string(), code: z.string().optional() }),
});

type Layer = ReturnType<typeof bundle>;

/** The image with these things beside it. */
async function open(
  t: TestContext,
  layersOf: (digest: string) => readonly Layer[],
  options: FakeRegistryOptions = {},
) {
  const opened = await openImage(t, options);
  const { registry, image, run } = opened;
  for (const layer of layersOf(image.digest)) {
    attach(registry, 'shop', { image, layers: [layer], artifactType: BUNDLE });
  }
  const judge = async (argv: readonly string[]) => {
    const { printed } = await run([...argv, '--output', 'json']);
    return reportSchema.parse(JSON.parse(printed));
  };
  const codeOf = async (argv: readonly string[]) => {
    const { code, status } = (await judge(argv)).verification;
    return code ?? status;
  };
  return { ...opened, judge, codeOf };
}

describe('holdfast verify image --required', () => {
  it('counts the authorities that have signed', async (t) => {
    const layersOf = (digest: string) => [bundle(digest), bundle(digest, { pair: otherKeys })];
    const { judge, codeOf } = await open(t, layersOf);
    const report = await judge([...BOTH, '--required', '2']);
    assert.equal(report.verification.status, 'verified');
    assert.equal(report.signers.length, 2);
    assert.equal(await codeOf(BOTH), 'verified');
  });

  it('counts no key twice, however often it has signed and is given', async (t) => {
    const layersOf = (digest: string) => [bundle(digest), bundle(digest)];
    const { registry, image, folder, run, codeOf } = await open(t, layersOf);
    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
    await writeFile(join(folder, 'again.pub'), publicPem(keys));
    assert.equal(await codeOf([...BOTH, '--required', '2']), 'too_few_signatures');
    const again = [...KEY, '--key', 'again.pub', '--required', '2'];
    const { status, printed } = await run(again);
    assert.equal(status, 'failed');
    assert.match(
      lastLine(printed),
      /^rejected {4}too_few_signatures: 1 of 2 distinct authorities have signed: key \S+cosign\.pub, key \S+again\.pub, of whom some share a key or an identity$/u,
    );
  });

  it('says nothing final about a number while something could not be read', async (t) => {
    const { run } = await open(t, (digest) => [bundle(digest)], {
      intercept: ({ url = '' }) => (url.endsWith('.sig') ? { status: 502 } : undefined),
    });
    assert.equal((await run([...BOTH, '--required', '2'])).status, 'unavailable');
    assert.equal((await run(BOTH)).status, 'ok');
  });

  it('says where it may not look, instead of counting too few', async (t) => {
    const { codeOf } = await open(t, (digest) => [bundle(digest)], {
      intercept: ({ url = '' }) => (url.endsWith('.sig') ? { status: 403 } : undefined),
    });
    assert.equal(await codeOf([...BOTH, '--required', '2']), 'image_access_denied');
    assert.equal(await codeOf([...KEY, '--predicate-type', PACKAGES]), 'image_access_denied');
  });
});

describe('holdfast verify image --predicate-type', () => {
  it('asks for every attestation, and for no signature', async (t) => {
    const layersOf = (digest: string) => [
      bundle(digest, { predicateType: PROVENANCE, predicate: PREDICATE }),
      bundle(digest, { predicateType: PACKAGES, pair: otherKeys }),
    ];
    const { registry, judge, codeOf } = await open(t, layersOf);
    registry.requests.length = 0;
    const report = await judge([...BOTH, ...ATTESTED, '--predicate-type', PACKAGES]);
    // However many claims are asked for.
    const paths = registry.requests.map(({ path }) => path);
    assert.equal(new Set(paths).size, paths.length);
    assert.equal(report.verification.status, 'verified');
    assert.deepEqual(
      report.attestations.map(({ name, status }) => [name, status]),
      [
        [PROVENANCE, 'verified'],
        [PACKAGES, 'verified'],
      ],
    );
    assert.deepEqual(report.signers, []);
    const one = await judge([...KEY, ...ATTESTED, '--predicate-type', PACKAGES]);
    assert.deepEqual(
      one.attestations.map(({ status, code }) => code ?? status),
      ['verified', 'bad_signature'],
    );
    assert.equal(one.verification.code, 'bad_signature');
    assert.equal(
      await codeOf([...KEY, '--predicate-type', `${PACKAGES}/v1`]),
      'attestation_missing',
    );
  });

  it('asks for a signature beside it where a number is given', async (t) => {
    const layersOf = (digest: string) => [
      bundle(digest, { predicateType: PROVENANCE, predicate: PREDICATE }),
    ];
    const { registry, image, codeOf, run } = await open(t, layersOf);
    assert.equal(await codeOf([...KEY, ...ATTESTED]), 'verified');
    assert.equal(await codeOf([...KEY, ...ATTESTED, '--required', '1']), 'unsigned');
    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
    const { status, printed } = await run([...KEY, ...ATTESTED, '--required', '1']);
    assert.equal(status, 'ok');
    assert.match(
      lastLine(printed),
      /^verified {4}signed by the key \w+; attested by the key \w+$/u,
    );
  });

  it('says of an image that cannot be had that nothing is attested', async (t) => {
    const { run } = await openImage(t);
    const { printed } = await run([...KEY, ...ATTESTED, '--output', 'json'], 'shop:2');
    const { attestations, signers } = reportSchema.parse(JSON.parse(printed));
    assert.deepEqual(signers, []);
    assert.deepEqual(attestations, [
      {
        name: PROVENANCE,
        predicateType: PROVENANCE,
        status: 'rejected',
        code: 'image_absent',
        reason: 'The registry has no shop 2',
      },
    ]);
  });
});

describe('holdfast verify image and provenance', () => {
  it('prints builder, repository and commit', async (t) => {
    const layersOf = (digest: string) => [
      bundle(digest, { predicateType: PROVENANCE, predicate: PREDICATE }),
    ];
    const { run, judge } = await open(t, layersOf);
    const { printed } = await run([...KEY, ...ATTESTED]);
    assert.match(
      printed,
      new RegExp(
        `^attested {4}${PROVENANCE} by the key \\w+ \\(key \\S+\\)\n {12}built by ${BUILDER}\n {12}built from ${SHOP} at ${COMMIT}$`,
        'mu',
      ),
    );
    const [attestation] = (await judge([...KEY, ...ATTESTED])).attestations;
    assert.ok(attestation !== undefined);
    const { authority, signer, ...said } = attestation;
    assert.equal(typeof authority, 'string');
    assert.equal(typeof signer, 'object');
    assert.deepEqual(said, {
      name: PROVENANCE,
      predicateType: PROVENANCE,
      status: 'verified',
      builder: BUILDER,
      sourceRepository: SHOP,
      sourceCommit: COMMIT,
    });
  });

  it('tells each provenance that counts and says something of its own', async (t) => {
    const other = COMMIT.replace('0', 'f');
    const predicate = JSON.parse(JSON.stringify(PREDICATE).replace(COMMIT, other)) as object;
    const layersOf = (digest: string) => [
      bundle(digest, { predicateType: PROVENANCE, predicate: PREDICATE }),
      bundle(digest, { predicateType: PROVENANCE, predicate }),
    ];
    const { judge } = await open(t, layersOf);
    const { attestations } = await judge([...KEY, ...ATTESTED]);
    const commits = attestations.map(({ sourceCommit }) => sourceCommit);
    assert.deepEqual(new Set(commits), new Set([COMMIT, other]));
  });

  it('compares builder and repository with what is asked for', async (t) => {
    const layersOf = (digest: string) => [
      bundle(digest, { predicateType: PROVENANCE, predicate: PREDICATE }),
    ];
    const { codeOf } = await open(t, layersOf);
    for (const [argv, expected] of [
      [['--builder', BUILDER], 'verified'],
      [['--builder', 'https://ci.example.com/builders/*'], 'verified'],
      [['--builder', 'https://ci.example.com/builders'], 'builder_not_accepted'],
      [['--source-repository', `${SHOP}.git`], 'verified'],
      [['--source-repository', 'https://git.example.com/team/*'], 'verified'],
      [['--source-repository', 'https://git.example.com/team/sho'], 'source_not_accepted'],
    ] as const) {
      assert.equal(await codeOf([...KEY, ...ATTESTED, ...argv]), expected, argv.join(' '));
    }
  });

  it('believes the certificate before the predicate', async (t) => {
    const issuer = 'https://accounts.example.com';
    const workflow = `${SHOP}/.github/workflows/build.yml@refs/heads/main`;
    const instance = await SigstoreInstance.start();
    const sign = async (digest: string, sourceRepository: string) => {
      const build = { buildSigner: workflow, sourceRepository, sourceDigest: COMMIT };
      const extensions = buildExtensions(build);
      const signer = await instance.issue({ names: [uriName(workflow)], issuer, extensions });
      const payload = statement(digest, PROVENANCE, PREDICATE);
      const signature = signBytes(signer, preAuthEncoding(payload));
      const entries = [logEnvelope(instance, { signer, payload, signature })];
      return bundleLayer({ certificate: signer.certificate, payload, signature, entries });
    };
    const { registry, image, folder, judge } = await open(t, () => []);
    await writeFile(join(folder, 'trusted_root.json'), JSON.stringify(instance.trustedRoot()));
    const argv = [
      '--trusted-root',
      'trusted_root.json',
      '--certificate-oidc-issuer',
      issuer,
      '--certificate-identity',
      workflow,
      ...ATTESTED,
    ];
    const wrong = await sign(image.digest, 'https://git.example.com/team/other');
    attach(registry, 'shop', { image, layers: [wrong], artifactType: BUNDLE });
    assert.equal((await judge(argv)).verification.code, 'source_contradicted');

    const right = await sign(image.digest, SHOP);
    attach(registry, 'shop', { image, layers: [right], artifactType: BUNDLE });
    const { verification, attestations } = await judge(argv);
    assert.equal(verification.status, 'verified');
    const [attestation] = attestations;
    assert.deepEqual(
      [attestation?.['builder'], attestation?.['sourceRepository'], attestation?.['sourceCommit']],
      [workflow, SHOP, COMMIT],
    );
  });
});

describe('holdfast verify image', () => {
  it('refuses a rule that asks for nothing, or for what nobody can satisfy', async (t) => {
    const { run } = await openImage(t);
    for (const [argv, message] of [
      [['--required', '0'], /--required takes a whole number from 1 to 1, /u],
      [['--required', '2'], /--required takes a whole number from 1 to 1, /u],
      [['--required', '1.0'], /--required takes a whole number/u],
      [[...ATTESTED, '--required', '2'], /--required takes a whole number from 0 to 1, /u],
      [['--builder', BUILDER], /are about an attestation: give --predicate-type, too/u],
      [['--source-repository', SHOP], /give --predicate-type, too/u],
      [[...ATTESTED, '--builder', '**'], /--builder "\*\*" accepts every builder/u],
      [
        [...ATTESTED, '--source-repository', 'shop'],
        /--source-repository: The URL .* has no protocol/u,
      ],
      [[...ATTESTED, '--source-repository', '**'], /--source-repository: /u],
    ] as const) {
      const ended = await run([...KEY, ...argv]);
      assert.equal(ended.status, 'usage', argv.join(' '));
      assert.match(ended.reported, message);
    }
  });
});
