/** A real kustomize-controller applies signed commits, and says in its own words why it does not apply others. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { settings } from '../support/argocd/sample-files.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeSigningKeys, type SigningSettings } from '../support/commits/signing-keys.ts';
import { PODINFO, startFluxCluster } from '../support/flux/flux-cluster.ts';

const KEYS = makeSigningKeys();
const SETTINGS = `/api/v1/namespaces/${PODINFO}/configmaps/settings`;

describe('Flux behind Holdfast with signed commits', () => {
  const flux = useCluster(() =>
    startFluxCluster(
      { 'settings.yaml': settings({ greeting: 'hello' }) },
      {
        served: KEYS.accepted,
        commits: {
          ...KEYS.commits,
          requireCommit: true,
          rules: [
            {
              name: 'platform',
              repositories: ['http://127.0.0.1:*/**'],
              signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
            },
          ],
        },
        mirrors: { httpHosts: ['127.0.0.1'], privateHosts: ['127.0.0.1'] },
      },
    ),
  );
  after(() => {
    KEYS.close();
  });

  const signWith = async (signing: SigningSettings): Promise<void> => {
    for (const [key, value] of Object.entries(signing)) {
      await flux().repository.git('config', key, value);
    }
  };
  const greeting = async (): Promise<string | undefined> =>
    (await flux().cluster.request('root', SETTINGS)).body.data?.['greeting'];

  it('applies a signed commit, from the first one on', async () => {
    assert.equal(await greeting(), 'hello');
    await flux().apply({ 'settings.yaml': settings({ greeting: 'good morning' }) });
    assert.equal(await greeting(), 'good morning');
  });

  for (const { what, signing, code } of [
    { what: 'an unsigned commit', signing: KEYS.none, code: 'unsigned' },
    { what: 'the commit of a stranger', signing: KEYS.stranger, code: 'unknown_key' },
  ]) {
    it(`refuses ${what}, and goes on with the next good one`, async () => {
      const known = await greeting();
      await signWith(signing);
      const revision = await flux().publish({ 'settings.yaml': settings({ greeting: code }) });

      const { message } = await waitFor('Flux says that it was refused', async () => {
        const said = await flux().readKustomization();
        const isRefused = said.attempted === revision && said.message.includes('signed_commits');
        return isRefused ? said : undefined;
      });
      assert.ok(message.includes(`is not accepted (${code})`), message);
      assert.equal(await greeting(), known);

      await signWith(KEYS.accepted);
      await flux().apply({ 'settings.yaml': settings({ greeting: `after ${code}` }) });
      assert.equal(await greeting(), `after ${code}`);
    });
  }

  it('applies nothing new while the Git server is away, and goes on by itself when it is back', async () => {
    const known = await greeting();
    flux().setServed(false);
    const revision = await flux().publish({ 'settings.yaml': settings({ greeting: 'later' }) });

    const { message } = await waitFor('Flux says that nobody can tell', async () => {
      const said = await flux().readKustomization();
      const isRefused = said.attempted === revision && said.message.includes('signed_commits');
      return isRefused ? said : undefined;
    });
    assert.ok(message.includes('commit_unavailable by signed_commits'), message);
    assert.equal(await greeting(), known);
    flux().setServed(true);
    await waitFor('Flux has applied it', async () => (await greeting()) === 'later', {
      deadlineMs: 120_000,
    });
  });

  it('deletes what a signed commit takes away', async () => {
    await flux().apply({
      'extra.yaml': { ...settings(), metadata: { name: 'extra' } },
    });
    const extra = `/api/v1/namespaces/${PODINFO}/configmaps/extra`;
    assert.equal((await flux().cluster.request('root', extra)).code, 200);
    await flux().apply({ 'extra.yaml': undefined });
    await waitFor('Flux has deleted it', async () => {
      return (await flux().cluster.request('root', extra)).code === 404;
    });
  });
});
