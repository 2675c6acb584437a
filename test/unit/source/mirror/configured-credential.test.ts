import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfiguredCredential } from '../../../../src/source/mirror/configured-credential.ts';
import { mirrorsSchema } from '../../../../src/source/mirror/settings.ts';
import { repositoryOf } from '../../../support/git/test-mirrors.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const SHOP = repositoryOf('https://git.example.com/acme/shop.git');
const HOST = 'https://git.example.com';

async function read(credentials: readonly object[], environment = {}): Promise<unknown> {
  const settings = mirrorsSchema.parse({ credentials }).credentials;
  return await readConfiguredCredential(SHOP, settings, environment);
}

test('the credential with the longest URL is read; none is none', async () => {
  const token = { env: 'TOKEN' };
  const environment = { TOKEN: 'abc' };
  const acme = { url: `${HOST}/acme`, token };
  assert.deepEqual(await read([{ url: HOST }, acme, { url: `${HOST}/other` }], environment), {
    ok: true,
    credential: {
      authentication: { kind: 'bearer', token: 'abc' },
      origin: 'mirrors.credentials https://git.example.com/acme',
    },
  });
  assert.equal(await read([{ url: `${HOST}/other` }]), undefined);
});

test('each kind of credential is read from files and variables', async (t) => {
  const files = { ca: 'CA', cert: 'CERT', key: 'KEY', hosts: 'HOSTS', secret: 'SECRET\n' };
  const folder = await makeTemporaryFolder(t, files);
  const at = (name: string): string => join(folder, name);
  const secret = { file: at('secret') };
  const origin = `mirrors.credentials ${HOST}`;
  const table: readonly [object, object][] = [
    [
      { basic: { username: 'grace', password: secret } },
      { authentication: { kind: 'basic', username: 'grace', password: 'SECRET' }, origin },
    ],
    [
      { ssh: { privateKey: secret, knownHostsFile: at('hosts') } },
      { authentication: { kind: 'ssh', privateKey: 'SECRET' }, origin, knownHosts: 'HOSTS' },
    ],
    [
      { githubApp: { appId: '1', installationId: '2', privateKey: secret } },
      {
        authentication: {
          kind: 'github-app',
          appId: '1',
          installationId: '2',
          privateKey: 'SECRET',
          apiUrl: 'https://api.github.com',
        },
        origin,
      },
    ],
    [
      { caFile: at('ca'), certificateFile: at('cert'), keyFile: at('key') },
      {
        authentication: { kind: 'none' },
        origin,
        authorities: 'CA',
        clientCertificate: { certificate: 'CERT', key: 'KEY' },
      },
    ],
  ];
  for (const [settings, credential] of table) {
    assert.deepEqual(await read([{ url: HOST, ...settings }]), { ok: true, credential });
  }
});

test('a secret or file that cannot be read is a reason that names its place', async () => {
  assert.deepEqual(await read([{ url: HOST, token: { env: 'ABSENT' } }]), {
    ok: false,
    reason: 'The environment variable "ABSENT" is not set',
  });
  assert.deepEqual(await read([{ url: HOST, caFile: '/nonexistent/ca' }]), {
    ok: false,
    reason: 'The file "/nonexistent/ca" cannot be read: there is no such file',
  });
});

test('two ways to authenticate are refused when the configuration is read', () => {
  const credentials = [
    {
      url: HOST,
      token: { env: 'A' },
      basic: { username: 'grace', password: { env: 'B' } },
    },
  ];
  assert.equal(mirrorsSchema.safeParse({ credentials }).success, false);
});
