/** Images as a serving process judges them: the real thread, and a registry that can fail in every way. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HoldfastError } from '../../src/errors.ts';
import { OCI_MANIFEST, type FakeAnswer } from '../support/images/fake-registry.ts';
import {
  attach,
  BUNDLE,
  formatBundle,
  makeKeys,
  preAuthEncoding,
  publicPem,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import {
  judgePod,
  openImageStage,
  pushImage,
  signImage,
  verdictsOf,
  writeKeys,
} from '../support/images/image-stage.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROVENANCE = 'https://slsa.dev/provenance/v1';

test('a signed image is verified, and says by whom and what its tag named', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  const { digest } = pushImage(stage, 'shop');
  const bound = await binder.bind(configure());

  const [fact] = await judgePod(bound, { images: [`${registry.host}/shop:1`] });

  assert.equal(fact?.signature?.status, 'verified');
  assert.partialDeepStrictEqual(fact.signature, { rule: 'shop', digest });
  const [signer] = fact.signature.signers;
  assert.equal(signer?.authority, 'release');
  assert.match(signer.identity, /^cosign [0-9a-f]{64}$/u);
  assert.equal(binder.problem(), undefined);
});

test('what nobody signed, a stranger signed or the registry does not have is rejected by its code', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  pushImage(stage, 'unsigned', []);
  pushImage(stage, 'stranger', [makeKeys()]);
  const bound = await binder.bind(configure());

  const images = ['unsigned:1', 'stranger:1', 'absent:1'].map((name) => `${registry.host}/${name}`);
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), [
    'unsigned',
    'bad_signature',
    'image_absent',
  ]);
});

test('an image that no rule names is unjudged, and no registry is asked', async (t) => {
  const stage = await openImageStage(t);
  const bound = await stage.binder.bind(stage.configure());
  const facts = await judgePod(bound, { images: ['registry.example.com/other:1'] });
  assert.deepEqual(verdictsOf(facts), ['unjudged']);
  assert.deepEqual(stage.registry.requests, []);
});

test('an image is read once for all that wait, and its verdict answers without waiting', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  const { digest } = pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const images = [`${registry.host}/shop:1`];

  await Promise.all(Array.from({ length: 50 }, () => judgePod(bound, { images })));
  const asked = registry.requests.length;
  assert.equal(registry.requests.filter(({ path }) => path.endsWith('/manifests/1')).length, 1);

  assert.deepEqual(verdictsOf(await judgePod(bound, { images, withinMs: 0 })), ['verified']);
  // A Pod that was patched names the digest.
  const pinned = [`${registry.host}/shop:1@${digest}`];
  assert.deepEqual(verdictsOf(await judgePod(bound, { images: pinned, withinMs: 0 })), [
    'verified',
  ]);
  assert.equal(registry.requests.length, asked);
});

test('a tag that is moved does not reach the Pods of a workload that was verified before', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  const { digest } = pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const images = [`${registry.host}/shop:1`];
  await judgePod(bound, { images });
  const other = registry.putManifest('shop', { schemaVersion: 2, config: {}, layers: [] }, '1');
  assert.notEqual(other.digest, digest);

  const [fact] = await judgePod(bound, { images, isChild: true });

  assert.partialDeepStrictEqual(fact?.signature, { status: 'verified', digest });
});

test('several authorities must have signed where the rule says so, and one key under two names is one', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure, keys, folder } = stage;
  const second = makeKeys();
  pushImage(stage, 'one');
  pushImage(stage, 'two', [keys, second]);
  await writeFile(`${folder}/second.pub`, publicPem(second));
  const authorities = [
    { name: 'release', keyFiles: [`${folder}/cosign.pub`] },
    { name: 'again', keyFiles: [`${folder}/cosign.pub`] },
    { name: 'review', keyFiles: [`${folder}/second.pub`] },
  ];
  const rules = [
    {
      name: 'both',
      images: [`${registry.host}/**`],
      authorities: ['release', 'again', 'review'],
      authoritiesMin: 2,
    },
  ];
  const bound = await binder.bind(configure({ authorities, rules }));
  const images = [`${registry.host}/one:1`, `${registry.host}/two:1`];
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), [
    'too_few_signatures',
    'verified',
  ]);
});

test('the images of a revision are verified ahead of admission', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const images = [`${registry.host}/shop:1`];
  binder.prepare([...images, 'registry.example.com/other:1', 'no image']);
  await waitUntil(
    async () => verdictsOf(await judgePod(bound, { images, withinMs: 0 }))[0] === 'verified',
  );
  assert.equal(registry.requests.filter(({ path }) => path.endsWith('/manifests/1')).length, 1);
});

test('what a rule wants attested must be there, and says from which commit the image was built', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure, keys } = stage;
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const attested = pushImage(stage, 'attested');
  pushImage(stage, 'bare');
  const payload = statement(attested.digest, PROVENANCE, {
    buildDefinition: {
      buildType: 'https://example.com/build',
      externalParameters: {},
      resolvedDependencies: [
        {
          uri: 'git+https://github.com/example/shop@refs/heads/main',
          digest: { gitCommit: commit },
        },
      ],
    },
    runDetails: { builder: { id: 'https://example.com/builder' } },
  });
  const signature = signBytes(keys, preAuthEncoding(payload));
  const bytes = Buffer.from(JSON.stringify(formatBundle({ payload, signature })));
  attach(registry, 'attested', { image: attested, layers: [{ bytes, mediaType: BUNDLE }] });
  const wanted = {
    name: 'built',
    predicateType: PROVENANCE,
    authorities: ['release'],
    sourceRepository: 'https://github.com/example/*',
  };
  const rules = [
    {
      name: 'shop',
      images: [`${registry.host}/**`],
      authorities: ['release'],
      attestations: [wanted],
    },
  ];
  const bound = await binder.bind(configure({ rules }));
  const images = [`${registry.host}/attested:1`, `${registry.host}/bare:1`];

  const facts = await judgePod(bound, { images });

  assert.deepEqual(verdictsOf(facts), ['verified', 'attestation_missing']);
  assert.equal(facts[0]?.signature?.status, 'verified');
  const [attestation] = facts[0].signature.attestations;
  assert.partialDeepStrictEqual(attestation, {
    name: 'built',
    predicateType: PROVENANCE,
    authority: 'release',
    builder: 'https://example.com/builder',
    sourceRepository: 'https://github.com/example/shop',
    sourceCommit: commit,
  });
});

test('a registry that hangs is unavailable within the time of the request', async (t) => {
  const stage = await openImageStage(t, { intercept: () => 'hang' });
  const { registry, binder, configure } = stage;
  const bound = await binder.bind(configure({ waitMs: 200 }));
  const [fact] = await judgePod(bound, { images: [`${registry.host}/shop:1`] });
  assert.deepEqual(fact?.signature, {
    status: 'unavailable',
    rule: 'shop',
    reason: 'The image is still being fetched and verified',
    mode: 'deny',
  });
});

test('a registry that asks us to wait is left alone for that long, and then the image is verified', async (t) => {
  let answer: FakeAnswer | undefined = { status: 429, headers: { 'retry-after': '1' } };
  const stage = await openImageStage(t, { intercept: () => answer });
  const { registry, binder, configure } = stage;
  pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const images = [`${registry.host}/shop:1`];
  const [limited] = await judgePod(bound, { images });
  assert.partialDeepStrictEqual(limited?.signature, {
    status: 'unavailable',
    reason: `${registry.host} answered with status 429`,
  });
  answer = undefined;
  const asked = registry.requests.length;
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), ['unavailable']);
  assert.equal(registry.requests.length, asked);
  await waitUntil(async () => verdictsOf(await judgePod(bound, { images }))[0] === 'verified');
});

test('a registry that lies about bytes is rejected, and not for ever', async (t) => {
  let answer: FakeAnswer | undefined = {
    status: 200,
    headers: { 'content-type': OCI_MANIFEST, 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
    body: '{}',
  };
  const stage = await openImageStage(t, { intercept: () => answer });
  const { registry, binder, configure, openBinder } = stage;
  pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const images = [`${registry.host}/shop:1`];
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), ['image_registry_lied']);
  answer = undefined;
  await binder.close();
  // Nothing of it was kept.
  const next = await openBinder().bind(configure());
  assert.deepEqual(verdictsOf(await judgePod(next, { images })), ['verified']);
});

test('verdicts survive a restart, and a changed key verifies everything again', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure, openBinder, keys } = stage;
  const image = pushImage(stage, 'shop');
  const images = [`${registry.host}/shop:1`];
  await judgePod(await binder.bind(configure()), { images });
  await binder.close();

  const next = openBinder();
  const bound = await next.bind(configure());
  registry.requests.length = 0;
  await waitUntil(
    async () => verdictsOf(await judgePod(bound, { images, withinMs: 0 }))[0] === 'verified',
  );
  const other = makeKeys();
  await writeKeys(stage, other);
  await waitUntil(async () => verdictsOf(await judgePod(bound, { images }))[0] === 'bad_signature');
  signImage(registry, { name: 'shop', image, signer: other });
  await writeKeys(stage, keys);
  await waitUntil(async () => verdictsOf(await judgePod(bound, { images }))[0] === 'verified');
});

test('with allow-if-last-good, an outage admits what was verified before by the same rule, and nothing else', async (t) => {
  let isDown = false;
  const stage = await openImageStage(t, {
    intercept: () => (isDown ? { status: 503 } : undefined),
  });
  const { registry, binder, configure } = stage;
  const { digest } = pushImage(stage, 'shop');
  pushImage(stage, 'new');
  const rules = [
    {
      name: 'shop',
      images: [`${registry.host}/**`],
      authorities: ['release'],
      unavailable: 'allow-if-last-good',
    },
  ];
  const images = [`${registry.host}/shop:1`, `${registry.host}/new:1`];
  const bound = await binder.bind(configure({ rules }));
  await judgePod(bound, { images: images.slice(0, 1) });
  isDown = true;
  // Another key: every verdict is gone, and none can be had.
  await writeKeys(stage, makeKeys());
  await waitUntil(async () => verdictsOf(await judgePod(bound, { images }))[0] === 'unavailable');
  const facts = await judgePod(bound, { images });
  assert.deepEqual(
    facts.map(({ signature }) =>
      signature?.status === 'unavailable' ? signature.lastVerifiedDigest : signature,
    ),
    [digest, undefined],
  );
});

test('with allow-if-last-good, a Pod that was patched passes in an outage, and what was taken back does not', async (t) => {
  let isDown = false;
  const stage = await openImageStage(t, {
    intercept: () => (isDown ? { status: 503 } : undefined),
  });
  const { registry, binder, configure, keys } = stage;
  const { digest } = pushImage(stage, 'shop');
  const rule = { name: 'shop', images: [`${registry.host}/**`], authorities: ['release'] };
  const rules = [{ ...rule, unavailable: 'allow-if-last-good' }];
  const images = [`${registry.host}/shop:1`, `${registry.host}/shop:1@${digest}`];
  const bound = await binder.bind(configure({ rules }));
  const judge = async () => verdictsOf(await judgePod(bound, { images }));
  const lastOf = async () =>
    (await judgePod(bound, { images })).map(({ signature }) =>
      signature?.status === 'unavailable' ? signature.lastVerifiedDigest : signature,
    );
  await judgePod(bound, { images: images.slice(0, 1) });
  isDown = true;
  await writeKeys(stage, makeKeys());
  await waitUntil(async () => (await judge())[0] === 'unavailable');
  assert.deepEqual(await lastOf(), [digest, digest]);

  // The key of the signature is no key of the authority any more, and the registry says so before it goes away again.
  isDown = false;
  await waitUntil(async () => (await judge())[0] === 'bad_signature');
  isDown = true;
  await writeKeys(stage, makeKeys());
  await waitUntil(async () => (await judge()).every((verdict) => verdict === 'unavailable'));
  assert.deepEqual(await lastOf(), [undefined, undefined]);

  isDown = false;
  await writeKeys(stage, keys);
  await waitUntil(async () => (await judge()).every((verdict) => verdict === 'verified'));
});

test('after a restart in an outage, Pods of what was verified start', async (t) => {
  let isDown = false;
  const stage = await openImageStage(t, {
    intercept: () => (isDown ? { status: 503 } : undefined),
  });
  const { registry, binder, configure, openBinder } = stage;
  const { digest } = pushImage(stage, 'shop');
  await judgePod(await binder.bind(configure()), { images: [`${registry.host}/shop:1`] });
  await binder.close();
  isDown = true;

  const bound = await openBinder().bind(configure());
  const images = [`${registry.host}/shop:1`, `${registry.host}/shop:1@${digest}`];
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), ['verified', 'verified']);
});

test('a key file that cannot be used refuses a new configuration, and the one before stays', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  pushImage(stage, 'shop');
  const bound = await binder.bind(configure());
  const authorities = [{ name: 'release', keyFiles: ['/nowhere/cosign.pub'] }];
  await assert.rejects(
    binder.bind(configure({ authorities })),
    (error) => error instanceof HoldfastError && error.code === 'trust_file_invalid',
  );
  const images = [`${registry.host}/shop:1`];
  assert.deepEqual(verdictsOf(await judgePod(bound, { images })), ['verified']);
});
