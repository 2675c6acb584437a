import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import {
  findRepositoryCredential,
  formatAccessScope,
  type RepositoryAccess,
} from '../../../src/compose/repository-access.ts';
import type { ApiReading } from '../../../src/kubernetes/client/cluster-client.ts';
import { ClusterCredentials } from '../../../src/source/mirror/cluster-credentials.ts';
import { credentialsSchema } from '../../../src/source/mirror/settings.ts';
import { repositoryOf } from '../../support/git/test-mirrors.ts';

const SHOP = 'https://git.example.com/acme/shop';
const SECRET = { namespace: 'apps', name: 'deploy' };
const TOKEN: ApiReading = {
  status: 'read',
  body: {
    metadata: SECRET,
    data: {
      username: Buffer.from('git').toString('base64'),
      password: Buffer.from('cluster').toString('base64'),
    },
  },
};
const FORBIDDEN: ApiReading = {
  status: 'unavailable',
  code: 'lookup_forbidden',
  reason: 'forbidden',
};

interface Situation {
  readonly access?: RepositoryAccess;
  readonly answer?: ApiReading;
  readonly whenForbidden?: 'anonymous' | 'unavailable';
  /** Of our own configuration. */
  readonly credentials?: readonly object[];
  readonly repository?: string;
}

/** Where the credential is from, or why there is none. */
async function find({
  access = { tool: 'flux', secret: SECRET },
  answer = TOKEN,
  whenForbidden = 'anonymous',
  credentials = [],
  repository = SHOP,
}: Situation): Promise<string> {
  const found = await findRepositoryCredential(repositoryOf(repository), access, {
    settings: { credentials: credentialsSchema.parse(credentials) },
    environment: { PASSWORD: 'own' },
    whenForbidden,
    clusterCredentials: new ClusterCredentials({
      clock: systemClock,
      argocdNamespace: 'argocd',
      client: { read: () => Promise.resolve(answer) },
    }),
  });
  return found.ok ? found.credential.origin : found.reason;
}

test('our own configuration comes first: an operator wrote it', async () => {
  const own = {
    url: 'https://git.example.com/acme',
    basic: { username: 'operator', password: { env: 'PASSWORD' } },
  };
  assert.equal(
    await find({ credentials: [own] }),
    'mirrors.credentials https://git.example.com/acme',
  );
});

test('a source of Flux has the Secret that it names, and no other credential', async () => {
  assert.equal(await find({}), 'apps/deploy');
  assert.equal(await find({ access: { tool: 'flux' } }), 'anonymous');
});

test('an application of Argo CD has the credentials of its project', async () => {
  const access = { tool: 'argocd', project: 'apps' } as const;
  assert.equal(await find({ access, answer: { status: 'read', body: {} } }), 'anonymous');
});

test('a folder of this machine asks for no credential', async () => {
  assert.equal(await find({ repository: 'file:///srv/git/shop' }), 'anonymous');
});

test('who may not read Secrets goes on as nobody, or is told', async () => {
  assert.equal(await find({ answer: FORBIDDEN }), 'anonymous');
  assert.match(await find({ answer: FORBIDDEN, whenForbidden: 'unavailable' }), /forbidden/u);
  const failed = { ...FORBIDDEN, code: 'lookup_failed' } as const;
  assert.match(await find({ answer: failed }), /forbidden/u);
});

test('a verdict is shared by those with the same credentials', () => {
  const scopes = [
    { tool: 'argocd', project: 'apps' },
    { tool: 'flux' },
    { tool: 'flux', secret: SECRET },
  ] as const;
  assert.deepEqual(scopes.map(formatAccessScope), ['argocd apps', 'flux', 'flux apps/deploy']);
});
