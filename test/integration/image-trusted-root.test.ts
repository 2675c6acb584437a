/** Trusted roots of TUF repositories as a serving process follows them: the real thread, and a repository that is signed here. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HoldfastError } from '../../src/errors.ts';
import {
  attach,
  BUNDLE,
  formatBundle,
  logEnvelope,
  preAuthEncoding,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import { judgePod, openImageStage, pushImage, verdictsOf } from '../support/images/image-stage.ts';
import { emailName } from '../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';
import { TufRepository } from '../support/tuf/tuf-repository.ts';
import { waitUntil } from '../support/wait-until.ts';

const ISSUER = 'https://accounts.example.com';
const EMAIL = 'ada@example.com';

test('a trusted root comes by TUF in the background, and counts on while its mirror is away, also after a restart', async (t) => {
  const instance = await SigstoreInstance.start();
  const other = await SigstoreInstance.start();
  const repository = await TufRepository.start(t, JSON.stringify(instance.trustedRoot()));
  let isAway = true;
  repository.intercept = (_path, response) => {
    if (isAway) response.destroy();
    return isAway;
  };
  const stage = await openImageStage(t);
  const { registry, binder, configure, folder, openBinder } = stage;
  const image = pushImage(stage, 'keyless', []);
  await attachKeyless(stage, { name: 'keyless', image, instance });
  pushImage(stage, 'keyed');
  await writeFile(`${folder}/root.json`, repository.firstRoot);
  const configuration = configure({
    tufRefreshMs: 60_000,
    trustedRoots: [
      { name: 'own', tuf: { mirror: repository.url, rootFile: `${folder}/root.json` } },
    ],
    authorities: [
      { name: 'release', keyFiles: [`${folder}/cosign.pub`] },
      { name: 'ci', trustedRoot: 'own', identities: [{ issuer: ISSUER, subject: EMAIL }] },
    ],
    rules: [
      { name: 'ci', images: [`${registry.host}/keyless`], authorities: ['ci'] },
      { name: 'any', images: [`${registry.host}/keyed`], authorities: ['ci', 'release'] },
    ],
    registries: {
      privateHosts: [registry.host, repository.host],
      plainHttpHosts: [registry.host, repository.host],
    },
  });
  const bound = await binder.bind(configuration);
  const images = ['keyless', 'keyed'].map((name) => `${registry.host}/${name}:1`);
  await waitUntil(() => binder.problem()?.includes('cannot be read') === true);

  const facts = await judgePod(bound, { images });

  // What somebody else has signed does not wait for it.
  assert.deepEqual(verdictsOf(facts), ['unavailable', 'verified']);
  const reason = facts[0]?.signature?.status === 'unavailable' && facts[0].signature.reason;
  assert.match(String(reason), /^The trusted root "own" is not there yet, .* The connection was/u);
  isAway = false;
  await waitUntil(async () => verdictsOf(await judgePod(bound, { images }))[0] === 'verified');
  await waitUntil(() => binder.problem() === undefined);
  await binder.close();

  isAway = true;
  const again = openBinder();
  const next = await again.bind(configuration);
  assert.deepEqual(verdictsOf(await judgePod(next, { images })), ['verified', 'verified']);
  await waitUntil(() => again.problem()?.includes('as it cannot be refreshed') === true);
  await again.close();

  // Another instance under the same root: what the first one has certified counts no more.
  isAway = false;
  repository.publish({ target: JSON.stringify(other.trustedRoot()) });
  const last = await openBinder().bind(configuration);
  await waitUntil(
    async () => verdictsOf(await judgePod(last, { images }))[0] === 'certificate_invalid',
  );
});

test('a first root that is none refuses a new configuration', async (t) => {
  const stage = await openImageStage(t);
  const { binder, configure, folder } = stage;
  await binder.bind(configure());
  await writeFile(`${folder}/root.json`, '{}');
  const tuf = { mirror: 'https://tuf.example.com', rootFile: `${folder}/root.json` };
  await assert.rejects(
    binder.bind(configure({ trustedRoots: [{ name: 'own', tuf }] })),
    (error) =>
      error instanceof HoldfastError &&
      error.code === 'trust_file_invalid' &&
      error.message.includes('root.json is no root of a TUF repository'),
  );
});

/** A bundle that was signed with a certificate of the instance. */
async function attachKeyless(
  { registry }: Pick<Awaited<ReturnType<typeof openImageStage>>, 'registry'>,
  {
    name,
    image,
    instance,
  }: {
    readonly name: string;
    readonly image: ReturnType<typeof pushImage>;
    readonly instance: SigstoreInstance;
  },
): Promise<void> {
  const signer = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
  const payload = statement(image.digest);
  const signature = signBytes(signer, preAuthEncoding(payload));
  const entries = [logEnvelope(instance, { signer, payload, signature })];
  const { certificate } = signer;
  const value = formatBundle({ certificate, payload, signature, entries, timestamps: [] });
  const layers = [{ bytes: Buffer.from(JSON.stringify(value)), mediaType: BUNDLE }];
  attach(registry, name, { image, layers });
}
