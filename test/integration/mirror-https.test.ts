/** Mirrors over https and http: credentials, trust, pinned addresses, redirects. The server is git's own. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Credential } from '../../src/source/mirror/credential.ts';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import { issueTestCertificate } from '../support/certificates.ts';
import {
  startGitHttpServer,
  type GitHttpOptions,
  type GitHttpServer,
} from '../support/git/https-git-server.ts';
import { openTestMirrors, summarize, type TestMirrors } from '../support/git/test-mirrors.ts';
import { makeTestRepository, type TestRepository } from '../support/git/test-repository.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const AUTHORITY = issueTestCertificate({ commonNames: ['test CA'], purpose: 'authority' });
const SERVER = issueTestCertificate({
  commonNames: ['localhost'],
  purpose: 'server',
  issuer: AUTHORITY,
});
const CLIENT = issueTestCertificate({
  commonNames: ['holdfast'],
  purpose: 'client',
  issuer: AUTHORITY,
});

const PASSWORD = 'correct-horse-battery-staple';
const BASIC = `Basic ${Buffer.from(`grace:${PASSWORD}`).toString('base64')}`;
const GRACE = { kind: 'basic', username: 'grace', password: PASSWORD } as const;

interface Stage extends TestMirrors {
  readonly repository: TestRepository;
  readonly server: GitHttpServer;
  readonly url: string;
  readonly objectId: string;
}

interface StageOptions extends Partial<GitHttpOptions> {
  readonly plain?: boolean;
  readonly settings?: Partial<MirrorSettings>;
}

async function open(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const { plain, settings, ...serving } = options;
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const server = await startGitHttpServer(t, {
    folder: root,
    ...(plain === true ? {} : { tls: { cert: SERVER.cert, key: SERVER.key } }),
    ...serving,
  });
  const opened = await openTestMirrors(t, settings === undefined ? {} : { settings });
  const scheme = plain === true ? 'http' : 'https';
  const url = `${scheme}://localhost:${server.port}/shop/.git`;
  const objectId = await repository.commit('Deploy');
  return { ...opened, repository, server, url, objectId };
}

function trusting(credential: Partial<Credential> = {}): Partial<Credential> {
  return { authorities: AUTHORITY.cert, ...credential };
}

test('a public repository is read over https', async (t) => {
  const { read, url, objectId } = await open(t);

  const reading = await read({ url, objectId, credential: trusting() });

  assert.deepEqual(summarize(reading), {
    status: 'found',
    kind: 'commit',
    objectId,
    containedIn: 'refs/heads/main',
  });
});

test('a server whose certificate is not trusted is not read', async (t) => {
  const { read, url, objectId, server } = await open(t);

  assert.equal((await read({ url, objectId })).status, 'unavailable');
  assert.deepEqual(server.requests, []);
});

test('user and password, and a token, are sent as headers', async (t) => {
  for (const [authentication, authorization] of [
    [GRACE, BASIC],
    [{ kind: 'bearer', token: 'token-of-grace' } as const, 'Bearer token-of-grace'],
  ] as const) {
    const { read, url, objectId, server } = await open(t, { authorization });

    const reading = await read({ url, objectId, credential: trusting({ authentication }) });

    assert.equal(reading.status, 'found');
    assert.deepEqual([...new Set(server.authorizations)], [authorization]);
  }
});

test('a refused credential is unavailable, asks nobody, and is not repeated in the reason', async (t) => {
  const { read, url, objectId } = await open(t, { authorization: 'Basic other' });

  const reading = await read({
    url,
    objectId,
    credential: trusting({ authentication: GRACE }),
  });

  assert.equal(reading.status, 'unavailable');
  assert.match(reading.reason, /refuses our credential/u);
  assert.ok(!JSON.stringify(reading).includes(PASSWORD));
  assert.ok(!JSON.stringify(reading).includes(BASIC.slice(6)));
});

test('a client certificate is presented', async (t) => {
  const tls = {
    cert: SERVER.cert,
    key: SERVER.key,
    ca: AUTHORITY.cert,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const { read, url, objectId } = await open(t, { tls });
  const clientCertificate = { certificate: CLIENT.cert, key: CLIENT.key };

  assert.equal((await read({ url, objectId, credential: trusting() })).status, 'unavailable');
  const reading = await read({ url, objectId, credential: trusting({ clientCertificate }) });
  assert.equal(reading.status, 'found');
});

test('no credential is in an argument, an environment or a file that others can read, or left behind', async (t) => {
  const seen: string[] = [];
  const modes: number[] = [];
  const folders: string[] = [];
  const { read, url, objectId, folder } = await open(t, {
    authorization: BASIC,
    intercept: () => {
      // The server looks at every process while git waits for it.
      seen.push(...readProcesses());
      for (const file of globSync(join(folders[0] ?? '', 'private/run-*/*'))) {
        modes.push(statSync(file).mode & 0o777);
      }
      return false;
    },
  });
  folders.push(folder);

  const reading = await read({ url, objectId, credential: trusting({ authentication: GRACE }) });

  assert.equal(reading.status, 'found');
  const fetches = seen.filter((text) => text.includes('ls-remote') || text.includes('fetch'));
  assert.notEqual(fetches.length, 0);
  assert.ok(seen.every((text) => !text.includes(PASSWORD) && !text.includes(BASIC.slice(6))));
  assert.notEqual(modes.length, 0);
  assert.deepEqual([...new Set(modes)], [0o600]);
  assert.deepEqual(globSync(join(folder, 'private/*')), []);
  for (const file of globSync(join(folder, '**/config'))) {
    assert.ok(!readFileSync(file, 'utf8').includes(PASSWORD));
  }
});

/** Arguments and environment of every process but our own, which knows the password. */
function readProcesses(): readonly string[] {
  return globSync('/proc/[0-9]*').flatMap((process) => {
    if (process === `/proc/${globalThis.process.pid}`) return [];
    try {
      return [
        readFileSync(join(process, 'cmdline'), 'utf8'),
        readFileSync(join(process, 'environ'), 'utf8'),
      ];
    } catch {
      // It ended, or is somebody else's.
      return [];
    }
  });
}

test('a redirect to another host takes neither the request nor the credential there', async (t) => {
  const other = await startGitHttpServer(t, { folder: '/nonexistent' });
  const { read, url, objectId } = await open(t, {
    intercept: (_request, response) => {
      const location = `http://127.0.0.1:${other.port}/info/refs?service=git-upload-pack`;
      response.writeHead(302, { location }).end();
      return true;
    },
  });

  const reading = await read({
    url,
    objectId,
    credential: trusting({ authentication: GRACE }),
  });

  assert.equal(reading.status, 'unavailable');
  assert.match(reading.reason, /redirects/u);
  assert.deepEqual(other.requests, []);
});

test('a forge that redirects a URL to itself with .git is read there', async (t) => {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'acme', 'shop.git'));
  const server = await startGitHttpServer(t, {
    folder: root,
    tls: { cert: SERVER.cert, key: SERVER.key },
    intercept: (request, response) => {
      const { url = '' } = request;
      if (!url.startsWith('/acme/shop/')) return false;
      response.writeHead(301, { location: url.replace('shop/', 'shop.git/') }).end();
      return true;
    },
  });
  const { read } = await openTestMirrors(t);
  const objectId = await repository.git('rev-parse', 'HEAD');
  const url = `https://localhost:${server.port}/acme/shop`;

  const reading = await read({ url, objectId, credential: trusting() });

  assert.equal(reading.status, 'found');
});

test('http is refused without permission, and never carries a credential', async (t) => {
  const refused = await open(t, { plain: true });
  assert.deepEqual(summarize(await refused.read(refused)), {
    status: 'rejected',
    code: 'repository_refused',
  });

  const allowed = await open(t, {
    plain: true,
    settings: { httpHosts: ['localhost'] },
  });
  assert.equal((await allowed.read(allowed)).status, 'found');
  const credential = { authentication: GRACE };
  assert.deepEqual(summarize(await allowed.read({ ...allowed, credential })), {
    status: 'rejected',
    code: 'repository_refused',
  });
  assert.deepEqual([...new Set(allowed.server.authorizations)], [undefined]);
});

test('a host with a private address is refused unless it is named', async (t) => {
  const { read, objectId, url, server } = await open(t, { settings: { privateHosts: [] } });

  assert.deepEqual(summarize(await read({ url, objectId })), {
    status: 'rejected',
    code: 'repository_refused',
  });
  const literal = `https://127.0.0.1:${server.port}/shop/.git`;
  assert.deepEqual(summarize(await read({ url: literal, objectId })), {
    status: 'rejected',
    code: 'repository_refused',
  });
  assert.deepEqual(server.requests, []);
});

test('git connects to the address that was checked, and asks no resolver of its own', async (t) => {
  const root = await makeTemporaryFolder(t);
  const repository = await makeTestRepository(join(root, 'shop'));
  const server = await startGitHttpServer(t, { folder: root });
  let questions = 0;
  const { read } = await openTestMirrors(t, {
    settings: { httpHosts: ['git.invalid'], privateHosts: ['git.invalid'] },
    resolve: async () => {
      questions += 1;
      return [{ address: '127.0.0.1' }];
    },
  });
  const objectId = await repository.git('rev-parse', 'HEAD');

  // No resolver knows the domain "invalid" (RFC 6761).
  const reading = await read({ url: `http://git.invalid:${server.port}/shop/.git`, objectId });

  assert.equal(reading.status, 'found');
  assert.equal(questions, 1);
});

test('a server that ignores the filter and knows only refs still gives the revision', async (t) => {
  const { read, repository, url, objectId } = await open(t);
  await repository.git('config', 'uploadpack.allowFilter', 'false');
  const first = await repository.git('rev-parse', 'HEAD~1');

  assert.equal((await read({ url, objectId, credential: trusting() })).status, 'found');
  assert.equal((await read({ url, objectId: first, credential: trusting() })).status, 'found');
});
