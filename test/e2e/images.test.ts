/** A real Argo CD deploys signed images, and says in its own words why it does not deploy others. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { applicationObject, openApplication } from '../support/argocd/application.ts';
import type { TestApplication } from '../support/argocd/application.ts';
import { readSyncFindings } from '../support/argocd/read-sync-findings.ts';
import { settings, webDeployment, webService } from '../support/argocd/sample-files.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { ClosingStack } from '../support/closing-hooks.ts';
import type { ApiObject } from '../support/cluster/api-client.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeSigningKeys } from '../support/commits/signing-keys.ts';
import { FakeRegistry } from '../support/images/fake-registry.ts';
import { pushImageTo } from '../support/images/image-cluster.ts';
import {
  attach,
  BUNDLE,
  formatBundle,
  makeKeys,
  preAuthEncoding,
  provenance,
  publicPem,
  signBytes,
  statement,
} from '../support/images/image-samples.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const PROVENANCE = 'https://slsa.dev/provenance/v1';
/** The application whose images must be built from the commit that deploys them. */
const BUILT = 'built';

const COMMIT_KEYS = makeSigningKeys();
const keys = makeKeys();
const closing = new ClosingStack();
const folder = await makeTemporaryFolder(closing, { 'cosign.pub': publicPem(keys) });
const registry = await FakeRegistry.start(closing);
const { host } = registry;

describe('Argo CD behind Holdfast with signed images', () => {
  const rule = { authorities: ['release'] };
  const gitops = useGitOpsCluster({
    applications: 2,
    folders: COMMIT_KEYS.accepted,
    mirrors: { fileFolders: [tmpdir()] },
    commits: {
      ...COMMIT_KEYS.commits,
      rules: [
        {
          name: 'platform',
          repositories: [`file:///**/git/${BUILT}`],
          signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
        },
      ],
    },
    images: {
      authorities: [{ name: 'release', keyFiles: [join(folder, 'cosign.pub')] }],
      rules: [
        {
          ...rule,
          name: 'attested',
          images: [`${host}/${BUILT}/**`],
          attestations: [{ ...rule, name: 'provenance', predicateType: PROVENANCE }],
        },
        { ...rule, name: 'signed', images: [`${host}/**`] },
      ],
      registries: { privateHosts: [host], plainHttpHosts: [host] },
    },
    policies: { image_provenance: { mode: 'off', namespaces: { [BUILT]: 'enforce' } } },
  });
  after(async () => {
    COMMIT_KEYS.close();
    await closing.close();
  });

  const web = (image: string) => ({ 'web.json': [webService(), webDeployment({ image })] });
  /** Of the containers of the Deployment `web`, or of its Pods. */
  const deployed = async ({ namespace }: TestApplication): Promise<readonly string[]> => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    return imagesOf((await gitops().cluster.request('root', path)).body);
  };
  const running = async ({ namespace }: TestApplication): Promise<readonly string[]> => {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { items = [] } = (await gitops().cluster.request('root', path)).body;
    return items.flatMap(imagesOf);
  };
  /** What Argo CD says once it has given up on a commit. */
  const waitRefused = async (application: TestApplication, revision: string): Promise<string> => {
    const { message = '' } = await waitFor(
      `Argo CD gives up on ${revision}`,
      async () => {
        const status = await application.status();
        const isDone = status.phase === 'Failed' && status.operationRevision === revision;
        return isDone ? status : undefined;
      },
      { deadlineMs: 120_000, assertPossible: gitops().argocd.assertRunning },
    );
    return message;
  };

  it('refuses an unsigned image with the reason, and deploys the signed one of the next commit, without drift', async () => {
    const application = await gitops().claimApplication();
    const before = await deployed(application);
    const unsigned = pushImageTo(registry, 'web/unsigned');
    const signed = pushImageTo(registry, 'web/signed', keys);

    const refused = await application.commit(web(unsigned.image));
    const message = await waitRefused(application, refused);
    assert.deepEqual(readSyncFindings(message), ['image_rejected by image_signatures'], message);
    assert.ok(message.includes(`the image ${unsigned.image} is not accepted (unsigned)`), message);
    assert.deepEqual(await deployed(application), before);

    const revision = await application.sync(web(signed.image));
    await waitFor('the Pod runs what was verified', async () => {
      const images = await running(application);
      return images.length === 1 && images[0] === signed.pinned;
    });
    assert.deepEqual(await deployed(application), [signed.image]);
    const operation = operationOf(await application.read());
    for (const round of ['first', 'second']) {
      const comparedAt = (await application.read()).status?.['reconciledAt'];
      await application.refresh();
      const { status } = await waitFor(`Argo CD compares for the ${round} time`, async () => {
        const object = await application.read();
        return object.status?.['reconciledAt'] === comparedAt ? undefined : object;
      });
      assert.partialDeepStrictEqual(status?.['sync'], { status: 'Synced', revision });
    }
    assert.deepEqual(operationOf(await application.read()), operation);
  });

  it('deploys an image that was built from the commit that deploys it, and refuses one of another commit', async () => {
    const { git, argocd, cluster } = gitops();
    const { controller } = argocd;
    const parent = await gitops().claimApplication();
    await cluster.mustKubectl('root', ['create', 'namespace', BUILT]);
    const files = { 'deploy/settings.json': settings() };
    const repository = await git.create(BUILT, files, COMMIT_KEYS.accepted);
    const object = applicationObject({ name: BUILT, repositoryUrl: repository.url });
    await parent.sync({ 'built.json': object });
    const application = openApplication(cluster, repository, argocd.assertRunning);
    const earlier = await application.waitSynced();

    const pushBuiltFrom = (commit: string, name: string): void => {
      const { descriptor } = pushImageTo(registry, name, keys);
      const payload = statement(descriptor.digest, PROVENANCE, provenance(repository.url, commit));
      const signature = signBytes(keys, preAuthEncoding(payload));
      const bytes = Buffer.from(JSON.stringify(formatBundle({ payload, signature })));
      attach(registry, name, { image: descriptor, layers: [{ bytes, mediaType: BUNDLE }] });
    };
    assert.ok(earlier.revision !== undefined);
    pushBuiltFrom(earlier.revision, `${BUILT}/first`);
    const refused = await application.commit(web(`${host}/${BUILT}/first:1`));
    const message = await waitRefused(application, refused);
    assert.deepEqual(
      readSyncFindings(message),
      ['image_built_elsewhere by image_provenance'],
      message,
    );

    const image = `${host}/${BUILT}/second:1`;
    // The pipeline builds the image before Argo CD looks.
    controller.pause();
    try {
      const next = { 'deploy/web.json': web(image)['web.json'] };
      pushBuiltFrom(await repository.commit(next, 'Deploy'), `${BUILT}/second`);
    } finally {
      controller.resume();
    }
    await application.refresh();
    await application.waitSynced();
    assert.deepEqual(await deployed(application), [image]);
  });
});

/** Of containers. */
function imagesOf({ spec = {} }: ApiObject): readonly string[] {
  return [...JSON.stringify(spec).matchAll(/"image":"([^"]+)"/gu)].map(([, image = '']) => image);
}

/** Which operation Argo CD has ended last. */
function operationOf({ status = {} }: ApiObject): unknown {
  const state = status['operationState'];
  return typeof state === 'object' && state !== null ? Reflect.get(state, 'finishedAt') : undefined;
}
