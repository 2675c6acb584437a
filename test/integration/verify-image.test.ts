/** `holdfast verify image` against a registry in this process, as docs/images.md shows it, and what it says of wrong files. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { issueTestCertificate } from '../support/certificates.ts';
import {
  formatSession,
  listStepsOf,
  matchesOutput,
  parseSession,
} from '../support/docs/typed-commands.ts';
import { OCI_INDEX } from '../support/images/fake-registry.ts';
import {
  bundle,
  KEY,
  lastLine,
  legacy,
  openImage,
  otherKeys,
} from '../support/images/image-command.ts';
import {
  attach,
  BUNDLE,
  formatBundle,
  logEnvelope,
  OTHER_DIGEST,
  preAuthEncoding,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import { emailName } from '../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ISSUER = 'https://accounts.example.com';
const EMAIL = 'anna@example.com';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const PREDICATE = {
  buildDefinition: {
    resolvedDependencies: [
      {
        uri: 'git+https://git.example.com/team/shop@refs/heads/main',
        digest: { gitCommit: '0123456789abcdef0123456789abcdef01234567' },
      },
    ],
  },
  runDetails: { builder: { id: 'https://ci.example.com/builders/1' } },
};
const runFile = promisify(execFile);

describe('holdfast verify image', () => {
  it('counts a signature under the tag of cosign, and says so', async (t) => {
    const { registry, image, run } = await openImage(t);
    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });

    const { status, printed } = await run(KEY);

    assert.equal(status, 'ok');
    const tag = image.digest.replace(':', '-');
    assert.match(printed, new RegExp(`^digest {6}${image.digest}$`, 'mu'));
    assert.match(
      printed,
      new RegExp(`^candidate   tag ${tag}\\.sig, layer 1 \\(simple signing\\)$`, 'mu'),
    );
    assert.match(lastLine(printed), /^verified {4}signed by the key [0-9a-f]{64}$/u);
  });

  it('counts a bundle that refers to the image, by tag or by digest', async (t) => {
    const { registry, image, run } = await openImage(t);
    attach(registry, 'shop', { image, layers: [bundle(image.digest)], artifactType: BUNDLE });
    assert.equal((await run(KEY)).status, 'ok');
    assert.equal((await run(KEY, `shop@${image.digest}`)).status, 'ok');
    assert.equal((await run(KEY, `shop:gone@${image.digest}`)).status, 'ok');
  });

  it('finds a bundle whose artifact has no type, under the fallback tag', async (t) => {
    const { registry, image, run } = await openImage(t, { hasReferrers: false });
    const artifact = attach(registry, 'shop', {
      image,
      layers: [bundle(image.digest)],
      listed: false,
    });
    const listed = { ...artifact, artifactType: 'application/vnd.oci.empty.v1+json' };
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [listed] };
    registry.putManifest('shop', index, image.digest.replace(':', '-'));
    assert.equal((await run(KEY)).status, 'ok');
  });

  it('verifies the index that it is given, and not an image in it', async (t) => {
    const { registry, image, run } = await openImage(t);
    const content = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [image] };
    const index = registry.putManifest('shop', content, 'many');
    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
    assert.match(lastLine((await run(KEY, 'shop:many')).printed), /^rejected {4}unsigned:/u);
    attach(registry, 'shop', { image: index, layers: [legacy(index.digest)], suffix: 'sig' });
    assert.equal((await run(KEY, 'shop:many')).status, 'ok');
  });

  it('looks at every format: one that counts is enough', async (t) => {
    const { registry, image, run } = await openImage(t);
    const layers = [legacy(image.digest, otherKeys)];
    attach(registry, 'shop', { image, layers, suffix: 'sig' });
    attach(registry, 'shop', { image, layers: [bundle(image.digest)], artifactType: BUNDLE });
    attach(registry, 'shop', {
      image,
      layers: [bundle(image.digest, { predicateType: PROVENANCE })],
      suffix: 'att',
    });

    const { status, printed } = await run(KEY);

    assert.equal(status, 'ok');
    assert.match(printed, /^ {12}bad_signature: /mu);
    assert.match(printed, /^ {12}counts: signed by /mu);
    assert.match(printed, /^ {12}predicate_type_mismatch: /mu);
    assert.equal((await run(['--key', 'other.pub'])).status, 'ok');
    const both = await run([...KEY, '--key', 'other.pub']);
    assert.match(both.printed, /^ {12}key \S+other\.pub: counts: /mu);
  });

  it('refuses an unsigned image, a foreign signature and a copied one', async (t) => {
    const { registry, image, run } = await openImage(t);
    const verdict = async () => {
      const { status, printed } = await run(KEY);
      return `${status}: ${lastLine(printed)}`;
    };
    assert.equal(await verdict(), 'failed: rejected    unsigned: The image has no signature');
    attach(registry, 'shop', { image, layers: [legacy(OTHER_DIGEST)], suffix: 'sig' });
    assert.match(await verdict(), /^failed: rejected {4}subject_mismatch: It is about sha256:/u);
    const layers = [legacy(image.digest, otherKeys)];
    attach(registry, 'shop', { image, layers, suffix: 'sig' });
    assert.match(await verdict(), /^failed: rejected {4}bad_signature: /u);
  });

  it('takes an attestation for no signature, and asks for it by its exact type', async (t) => {
    const { registry, image, run } = await openImage(t);
    const layers = [bundle(image.digest, { predicateType: PROVENANCE })];
    attach(registry, 'shop', { image, layers, artifactType: BUNDLE });
    assert.equal(
      lastLine((await run(KEY)).printed),
      'rejected    unsigned: The image has no signature: what is beside it says something else (1)',
    );
    assert.equal((await run([...KEY, '--predicate-type', PROVENANCE])).status, 'ok');
    const other = await run([...KEY, '--predicate-type', 'https://slsa.dev']);
    assert.match(
      lastLine(other.printed),
      /^rejected {4}attestation_missing: The image has no attestation of "https:\/\/slsa\.dev"/u,
    );
  });

  it('says nothing final while something could not be read', async (t) => {
    let isBroken = true;
    const { registry, image, run } = await openImage(t, {
      intercept: ({ url = '' }) => (isBroken && url.endsWith('.sig') ? { status: 502 } : undefined),
    });
    const first = await run(KEY);
    assert.equal(first.status, 'unavailable');
    assert.match(first.printed, /^not read {4}tag sha256-[0-9a-f]{64}\.sig: /mu);
    attach(registry, 'shop', { image, layers: [bundle(image.digest)], artifactType: BUNDLE });
    assert.equal((await run(KEY)).status, 'ok');
    isBroken = false;
    assert.equal((await run(KEY)).status, 'ok');
  });

  it('says where it may not look, instead of calling the image unsigned', async (t) => {
    const { run } = await openImage(t, {
      intercept: ({ url = '' }) => (url.endsWith('.sig') ? { status: 403 } : undefined),
    });
    const { status, printed } = await run(KEY);
    assert.equal(status, 'failed');
    assert.match(lastLine(printed), /^rejected {4}image_access_denied: /u);
  });

  it('says what the registry does not have, and what is no reference', async (t) => {
    const { run } = await openImage(t);
    const absent = await run(KEY, 'shop:2');
    assert.deepEqual(
      [absent.status, lastLine(absent.printed)],
      ['failed', 'rejected    image_absent: The registry has no shop 2'],
    );
    const malformed = await run(KEY, 'Shop');
    assert.equal(malformed.status, 'usage');
    assert.match(malformed.reported, /is no image reference: its repository cannot be used/u);
  });

  it('prints one JSON object for programs', async (t) => {
    const { registry, image, run } = await openImage(t);
    const layers = [legacy(image.digest), legacy(image.digest, otherKeys)];
    attach(registry, 'shop', { image, layers, suffix: 'sig' });
    const report = z
      .object({
        image: z.string(),
        manifest: z.object({ digest: z.string() }),
        candidates: z.array(
          z.object({
            format: z.string(),
            verdicts: z.array(z.object({ verification: z.looseObject({ status: z.string() }) })),
          }),
        ),
        faults: z.array(z.unknown()),
        verification: z.looseObject({ status: z.string() }),
        steps: z.array(z.object({ name: z.string() })),
      })
      .parse(JSON.parse((await run([...KEY, '--output', 'json'])).printed));
    assert.equal(report.image, `${registry.host}/shop:1.4.0`);
    assert.equal(report.manifest.digest, image.digest);
    assert.deepEqual(
      report.candidates.flatMap(({ verdicts }) =>
        verdicts.map(({ verification }) => verification.status),
      ),
      ['verified', 'rejected'],
    );
    assert.equal(report.verification.status, 'verified');
    assert.deepEqual(
      report.steps.map(({ name }) => name),
      ['manifest', 'collect', 'verify'],
    );
  });

  it('reads credentials and authorities from the files it is given, and from nowhere else', async (t) => {
    const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
    const ADA = { username: 'ada', password: 'secret' };
    const { registry, image, folder, run } = await openImage(t, {
      tls,
      authentication: { kind: 'basic', ...ADA },
    });
    attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
    const auth = Buffer.from('ada:secret').toString('base64');
    await writeFile(join(folder, 'ca.pem'), tls.cert);
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );

    const ca = ['--ca-file', 'ca.pem'];
    assert.equal((await run([...KEY, ...ca, '--docker-config', 'config.json'])).status, 'ok');
    const anonymous = await run([...KEY, ...ca]);
    assert.match(lastLine(anonymous.printed), /^rejected {4}image_access_denied: /u);
    assert.equal((await run(KEY)).status, 'unavailable');
  });

  it('asks for trust that does not accept everybody', async (t) => {
    const { folder, run } = await openImage(t);
    await writeFile(join(folder, 'root.json'), '{}');
    await writeFile(join(folder, 'config.json'), '{"auths":1}');
    const instance = await SigstoreInstance.start();
    await writeFile(join(folder, 'trusted_root.json'), JSON.stringify(instance.trustedRoot()));
    const ROOT_FILE = ['--trusted-root', 'trusted_root.json'];
    const CERTIFICATE = ['--certificate-oidc-issuer', ISSUER, '--certificate-identity', EMAIL];
    for (const [argv, status, message] of [
      [[], 'usage', /Nobody is trusted: give --key, or --trusted-root/u],
      [ROOT_FILE, 'usage', /Nobody is trusted/u],
      [CERTIFICATE, 'usage', /--certificate-identity needs --trusted-root/u],
      [[...ROOT_FILE, '--certificate-oidc-issuer', ISSUER], 'usage', /Certificates need/u],
      [[...ROOT_FILE, '--certificate-identity', EMAIL], 'usage', /Certificates need/u],
      [
        [...ROOT_FILE, ...CERTIFICATE, '--certificate-identity-pattern', 'a*'],
        'usage',
        /one of --certificate-identity/u,
      ],
      [
        [...ROOT_FILE, '--certificate-oidc-issuer', ISSUER, '--certificate-identity-pattern', '**'],
        'usage',
        /--certificate-identity-pattern "\*\*": it accepts everybody/u,
      ],
      [['--key', 'gone.pub'], 'usage', /gone\.pub" cannot be read: there is no such file/u],
      [['--key', 'root.json'], 'configuration', /root\.json: it is not one public key in PEM/u],
      [
        ['--trusted-root', 'root.json', ...CERTIFICATE],
        'configuration',
        /root\.json: it is no trusted root/u,
      ],
      [
        [...KEY, '--docker-config', 'config.json'],
        'usage',
        /config\.json" cannot be used: "auths"/u,
      ],
      [[...KEY, '--ca-file', 'gone.pem'], 'usage', /gone\.pem/u],
    ] as const) {
      const ended = await run(argv);
      assert.equal(ended.status, status, argv.join(' '));
      assert.match(ended.reported, message);
    }
  });
});

describe('docs/images.md', () => {
  it('shows what the command prints', async (t) => {
    const document = await readFile(join(ROOT, 'docs', 'images.md'), 'utf8');
    const steps = listStepsOf(document, 'test/integration/verify-image.test.ts');
    const { folder, environment } = await openPage(t);
    await writeFile(join(folder, 'session.sh'), formatSession(steps, '@@step@@'));

    const { stdout } = await runFile('bash', [join(folder, 'session.sh')], {
      cwd: folder,
      env: { ...process.env, ...environment, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` },
    });

    const results = parseSession(stdout, '@@step@@');
    assert.ok(steps.length > 2);
    for (const [index, { command, output }] of steps.entries()) {
      const { output: printed, status } = results[index] ?? { output: '', status: 1 };
      const isShown = output === undefined ? status === 0 : matchesOutput(printed, output);
      assert.ok(isShown, `${command}\n${printed}`);
    }
  });
});

/** The registry of the page: an image with a legacy signature, a bundle of a certificate, and an attestation. */
async function openPage(t: TestContext) {
  const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
  const { registry, image, folder } = await openImage(t, { tls });
  const instance = await SigstoreInstance.start();
  const signer = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
  const payload = statement(image.digest);
  const signature = signBytes(signer, preAuthEncoding(payload));
  const entries = [logEnvelope(instance, { signer, payload, signature })];
  const { certificate } = signer;
  const bytes = Buffer.from(
    JSON.stringify(formatBundle({ certificate, payload, signature, entries })),
  );
  attach(registry, 'shop', { image, layers: [legacy(image.digest)], suffix: 'sig' });
  attach(registry, 'shop', { image, layers: [{ bytes, mediaType: BUNDLE }], artifactType: BUNDLE });
  const layers = [bundle(image.digest, { predicateType: PROVENANCE, predicate: PREDICATE })];
  attach(registry, 'shop', { image, layers, artifactType: BUNDLE });
  await writeFile(join(folder, 'ca.pem'), tls.cert);
  await writeFile(join(folder, 'trusted_root.json'), JSON.stringify(instance.trustedRoot()));
  await mkdir(join(folder, 'bin'));
  const script = `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`;
  await writeFile(join(folder, 'bin', 'holdfast'), script);
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);
  return { folder, environment: { REGISTRY: registry.host } };
}
