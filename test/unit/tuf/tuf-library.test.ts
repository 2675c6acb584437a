/** Against a repository that is signed here and served on loopback, through the client that a serving process uses. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../../src/base/clock.ts';
import { parseJsonAs } from '../../../src/base/parse-json-as.ts';
import { openRegistry } from '../../../src/compose/open-registry.ts';
import { TUF_LIMITS } from '../../../src/tuf/settings.ts';
import {
  findTufRootFault,
  refreshTuf,
  type TufAnswer,
  type TufMetadata,
  type TufQuestion,
} from '../../../src/tuf/tuf-library.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { makeKey, TufRepository } from '../../support/tuf/tuf-repository.ts';

const TARGET = '{"mediaType":"a trusted root"}';
const MISSING = 404;
const BYTES_MAX = 1024 * 1024;

async function open(t: TestContext, { isPrivate = true, target = TARGET } = {}) {
  const repository = await TufRepository.start(t, target);
  const folder = await makeTemporaryFolder(t);
  const registry = await openRegistry(
    {
      privateHosts: isPrivate ? [repository.host] : [],
      plainHttpHosts: [repository.host],
    },
    {
      clock: systemClock,
      remedies: { privateHost: (host) => `private ${host}`, plainHttp: (host) => `plain ${host}` },
      signal: new AbortController().signal,
      environment: {},
    },
  );
  t.after(() => registry.close());
  const scratchFolder = join(folder, 'refresh');
  const refresh = async (
    metadata: TufMetadata = { root: repository.firstRoot },
    changed: Partial<TufQuestion> = {},
  ): Promise<TufAnswer> =>
    await refreshTuf({
      mirror: repository.url,
      target: 'trusted_root.json',
      targetBytesMax: BYTES_MAX,
      metadata,
      scratchFolder,
      download: registry.download,
      ...changed,
    });
  return { repository, refresh, scratchFolder, folder };
}

function assertFetched(answer: TufAnswer, target = TARGET): TufMetadata {
  assert.equal(answer.status, 'fetched', answer.status === 'failed' ? answer.reason : '');
  assert.equal(answer.status === 'fetched' && answer.target.toString(), target);
  return answer.metadata;
}

function assertFailed(answer: TufAnswer, reason: RegExp): TufMetadata {
  assert.equal(answer.status, 'failed');
  assert.match(answer.status === 'failed' ? answer.reason : '', reason);
  return answer.metadata;
}

const signedSchema = z.object({ signed: z.object({ version: z.number() }) });

function versionOf(document: string | undefined): number | undefined {
  return parseJsonAs(signedSchema, document ?? '')?.signed.version;
}

describe('refreshTuf()', () => {
  it('reads the target, and leaves no file behind', async (t) => {
    const { repository, refresh, scratchFolder } = await open(t);
    const metadata = assertFetched(await refresh());
    assert.equal(existsSync(scratchFolder), false);
    assert.deepEqual(Object.keys(metadata).toSorted(), [
      'root',
      'snapshot',
      'targets',
      'timestamp',
    ]);
    assert.deepEqual(
      repository.asked.map((path) => path.replace(/[0-9a-f]{64}/u, 'HASH')),
      [
        '2.root.json',
        'timestamp.json',
        '1.snapshot.json',
        '1.targets.json',
        'targets/HASH.trusted_root.json',
      ],
    );
  });

  it('begins from what it has verified before', async (t) => {
    const { repository, refresh } = await open(t);
    const metadata = assertFetched(await refresh());
    repository.asked.splice(0);
    assert.deepEqual(assertFetched(await refresh(metadata)), metadata);
    assert.deepEqual(
      repository.asked.map((path) => path.replace(/[0-9a-f]{64}/u, 'HASH')),
      ['2.root.json', 'timestamp.json', 'targets/HASH.trusted_root.json'],
    );
  });

  it('follows roots that are signed by the one before, with all keys replaced', async (t) => {
    const { repository, refresh } = await open(t);
    const metadata = assertFetched(await refresh());
    repository.rotateRoot(['root']);
    repository.rotateRoot(['root', 'timestamp', 'snapshot', 'targets']);
    repository.publish({ target: 'second' });
    const next = assertFetched(await refresh(metadata), 'second');
    assert.equal(versionOf(next.root), 3);
    assert.equal(versionOf(next.timestamp), 2);
  });

  it('accepts an expired first root, as the mirror has a newer one', async (t) => {
    const { repository, refresh } = await open(t);
    repository.rotateRoot(['root'], { expiresInMs: -1000 });
    const expired = repository.files.get('2.root.json')?.toString() ?? '';
    repository.rotateRoot();
    assertFetched(await refresh({ root: expired }));
  });

  for (const [what, tamper, reason] of [
    [
      'a root that the one before has not signed',
      (repository: TufRepository) => repository.rotateRoot(['root'], { signers: [makeKey()] }),
      /root was signed by 0\/2 keys/u,
    ],
    [
      'a root with too few signatures',
      (repository: TufRepository) =>
        repository.rotateRoot([], { signers: repository.keys.root.slice(0, 1) }),
      /root was signed by 1\/2 keys/u,
    ],
    [
      'an expired root',
      (repository: TufRepository) => repository.rotateRoot([], { expiresInMs: -1000 }),
      /root\.json is expired/u,
    ],
    [
      'a timestamp of another key',
      (repository: TufRepository) => repository.publish({ signers: { timestamp: [makeKey()] } }),
      /timestamp was signed by 0\/1 keys/u,
    ],
    [
      'a snapshot of another key',
      (repository: TufRepository) => repository.publish({ signers: { snapshot: [makeKey()] } }),
      /snapshot was signed by 0\/1 keys/u,
    ],
    [
      'targets of another key',
      (repository: TufRepository) => repository.publish({ signers: { targets: [makeKey()] } }),
      /targets was signed by 0\/1 keys/u,
    ],
    ...(['timestamp', 'snapshot', 'targets'] as const).map(
      (role) =>
        [
          `an expired document: ${role}`,
          (repository: TufRepository) => repository.publish({ expiresInMs: { [role]: -1000 } }),
          new RegExp(`${role}(?:\\.json)? is expired`, 'u'),
        ] as const,
    ),
    [
      'a target with other bytes',
      (repository: TufRepository) => {
        for (const path of repository.files.keys()) {
          if (path.startsWith('targets/')) repository.files.set(path, Buffer.from('x'.repeat(30)));
        }
      },
      /Expected hash/u,
    ],
    [
      'a target that is longer than is said',
      (repository: TufRepository) => {
        for (const path of repository.files.keys()) {
          if (path.startsWith('targets/')) repository.files.set(path, Buffer.from('x'.repeat(99)));
        }
      },
      /trusted_root\.json cannot be read: .* it is larger than 30 bytes$/u,
    ],
    [
      'a target without a hash',
      (repository: TufRepository) =>
        repository.publish({ target: TARGET, described: { length: TARGET.length, hashes: {} } }),
      /has no hash of SHA-256 or SHA-512/u,
    ],
    [
      'a target that is larger than is read',
      (repository: TufRepository) =>
        repository.publish({
          target: TARGET,
          described: { length: BYTES_MAX + 1, hashes: { sha256: 'a'.repeat(64) } },
        }),
      /has 1048577 bytes, at most 1048576 are read/u,
    ],
    [
      'a snapshot with other bytes',
      (repository: TufRepository) => {
        repository.files.set('1.snapshot.json', Buffer.from('{}'));
      },
      /snapshot/u,
    ],
    [
      'a document that is no JSON',
      (repository: TufRepository) => {
        repository.files.set('timestamp.json', Buffer.from('\u0007 no JSON'));
      },
      /^[^\p{Cc}]*JSON/u,
    ],
    [
      'a document that is not there',
      (repository: TufRepository) => {
        repository.files.delete('1.targets.json');
      },
      /^The mirror has no \/1\.targets\.json$/u,
    ],
    [
      'a document that is huge',
      (repository: TufRepository) => {
        const bytes = TUF_LIMITS['tuf.fileBytesMax'].default + 1;
        repository.files.set('timestamp.json', Buffer.alloc(bytes, ' '));
      },
      /^\/timestamp\.json cannot be read: .* it is larger than 4194304 bytes$/u,
    ],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const { repository, refresh } = await open(t);
      tamper(repository);
      assertFailed(await refresh(), reason);
    });
  }

  it('refuses an earlier timestamp, and one of the same version changes nothing', async (t) => {
    const { repository, refresh } = await open(t);
    const old = repository.files.get('timestamp.json');
    assert.ok(old);
    repository.publish({ target: 'second' });
    const metadata = assertFetched(await refresh(), 'second');
    repository.files.set('timestamp.json', old);
    assert.deepEqual(assertFailed(await refresh(metadata), /version 1 is less than/u), metadata);
    repository.publish({ target: 'third', version: 2 });
    assertFetched(await refresh(metadata), 'second');
  });

  it('remembers what it had verified when it failed: the next mirror cannot go back behind it', async (t) => {
    const { repository, refresh } = await open(t);
    const old = repository.files.get('timestamp.json');
    assert.ok(old);
    repository.publish({ target: 'second' });
    repository.files.delete('2.snapshot.json');
    const metadata = assertFailed(await refresh(), /no \/2\.snapshot\.json/u);
    assert.equal(versionOf(metadata.timestamp), 2);
    repository.files.set('timestamp.json', old);
    assertFailed(await refresh(metadata), /version 1 is less than/u);
  });

  it('does not look for a target where targets are delegated', async (t) => {
    const { refresh } = await open(t);
    const answer = await refresh(undefined, { target: 'other.json' });
    assertFailed(answer, /^The repository has no target "other\.json"$/u);
  });

  it('a mirror that is away, that errs, and one that answers with nothing fail with the reason', async (t) => {
    const { repository, refresh } = await open(t);
    repository.intercept = (_path, response) => {
      response.destroy();
      return true;
    };
    assertFailed(await refresh(), /^\/2\.root\.json cannot be read: 127\.0\.0\.1:\d+: The conn/u);
    repository.intercept = (_path, response) => {
      response.writeHead(418).end();
      return true;
    };
    assertFailed(await refresh(), /^\/2\.root\.json cannot be read: .* with status 418$/u);
    repository.intercept = (_path, response) => {
      response.writeHead(MISSING).end();
      return true;
    };
    assertFailed(await refresh(), /^The mirror has no \/timestamp\.json$/u);
  });

  it('a slow mirror fails within the time', async (t) => {
    const { repository, refresh } = await open(t);
    repository.intercept = (path) => path === 'timestamp.json';
    const answer = await refresh(undefined, { timeoutMs: 200 });
    assertFailed(
      answer,
      /^\/timestamp\.json cannot be read: The refresh was not done within 200 /u,
    );
  });

  it('more roots than are followed at once are followed by the next refresh', async (t) => {
    const { repository, refresh } = await open(t);
    const most = TUF_LIMITS['tuf.rootRotationsMax'].default;
    for (let count = 0; count <= most; count += 1) repository.rotateRoot(['root']);
    const metadata = assertFetched(await refresh());
    assert.equal(versionOf(metadata.root), most + 1);
    assert.equal(versionOf(assertFetched(await refresh(metadata)).root), most + 2);
  });

  it('a private address is refused unless it is allowed, and so is a redirect to one', async (t) => {
    const { refresh } = await open(t, { isPrivate: false });
    assertFailed(await refresh(), /has a private address; allow it with private 127\.0\.0\.1/u);
    const hidden = await open(t);
    const other = await open(t);
    other.repository.intercept = (path, response) => {
      response.writeHead(302, { location: `${hidden.repository.url}/${path}` }).end();
      return true;
    };
    assertFailed(await other.refresh(), /allow it with plain 127\.0\.0\.1/u);
    assert.deepEqual(hidden.repository.asked, []);
  });

  it('a disk that fails is a reason', async (t) => {
    const { refresh, folder } = await open(t);
    await writeFile(join(folder, 'file'), '');
    assertFailed(
      await refresh(undefined, { scratchFolder: join(folder, 'file', 'folder') }),
      /^The disk failed with E/u,
    );
  });
});

describe('findTufRootFault()', () => {
  it('accepts a root that is signed by its own keys', async (t) => {
    const { repository, scratchFolder } = await open(t);
    assert.equal(await findTufRootFault(repository.firstRoot, scratchFolder), undefined);
    assert.equal(existsSync(scratchFolder), false);
  });

  for (const [what, change] of [
    ['no JSON', () => 'no JSON'],
    ['another document', () => '{}'],
    ['a changed root', (root: string) => root.replace('"version":1', '"version":7')],
    [
      'a timestamp',
      (_root: string, files: TufRepository['files']) => String(files.get('timestamp.json')),
    ],
  ] as const) {
    it(`refuses ${what}`, async (t) => {
      const { repository, scratchFolder } = await open(t);
      const text = change(repository.firstRoot, repository.files);
      assert.notEqual(await findTufRootFault(text, scratchFolder), undefined);
    });
  }
});
