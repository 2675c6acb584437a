/** Servers that lie: each is answered in bounded time and space, and never with a revision. */
import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { MirrorSettings } from '../../src/source/mirror/settings.ts';
import {
  answerHostile,
  beginPack,
  commitId,
  endPack,
  listMain,
  makePack,
  objectHead,
  packetLine,
  packHead,
  writePack,
  type HostileAnswers,
} from '../support/git/hostile-git-server.ts';
import { startGitHttpServer } from '../support/git/https-git-server.ts';
import { openTestMirrors, summarize, type TestMirrors } from '../support/git/test-mirrors.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 1024 * 1024;
const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function makeCommit(message: string): Buffer {
  const who = 'Grace <grace@example.com> 1700000000 +0000';
  return Buffer.from(`tree ${TREE}\nauthor ${who}\ncommitter ${who}\n\n${message}`);
}

const COMMIT = makeCommit('Deploy\n');
const OBJECT_ID = commitId(COMMIT);

interface Stage extends TestMirrors {
  readonly url: string;
}

async function open(
  t: TestContext,
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean,
  settings: Partial<MirrorSettings> = {},
): Promise<Stage> {
  const server = await startGitHttpServer(t, { folder: '/nonexistent', intercept });
  const opened = await openTestMirrors(t, { settings: { httpHosts: ['localhost'], ...settings } });
  return { ...opened, url: `http://localhost:${server.port}/shop` };
}

async function openHostile(
  t: TestContext,
  answers: Partial<HostileAnswers>,
  settings: Partial<MirrorSettings> = {},
): Promise<Stage> {
  const honest: HostileAnswers = {
    refs: listMain(OBJECT_ID),
    pack: (response) => {
      beginPack(response);
      writePack(response, makePack([{ content: COMMIT }]));
      endPack(response);
    },
  };
  return await open(t, answerHostile({ ...honest, ...answers }), settings);
}

/** No process of git is left that works for this folder. */
async function assertNoProcess(folder: string): Promise<void> {
  await waitUntil(() => !listArguments().some((text) => text.includes(folder)));
}

function listArguments(): readonly string[] {
  return globSync('/proc/[0-9]*/cmdline').flatMap((file) => {
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      return [];
    }
  });
}

test('the server of these tests is understood when it does not lie', async (t) => {
  const { read, url } = await openHostile(t, {});

  assert.deepEqual(summarize(await read({ url, objectId: OBJECT_ID })), {
    status: 'found',
    kind: 'commit',
    objectId: OBJECT_ID,
    containedIn: 'refs/heads/main',
  });
});

test('another commit under the wanted id is not taken', async (t) => {
  const other = makeCommit('Attack\n');
  const { read, url } = await openHostile(t, {
    pack: (response) => {
      beginPack(response);
      writePack(response, makePack([{ content: other }]));
      endPack(response);
    },
  });

  const reading = await read({ url, objectId: OBJECT_ID });

  assert.deepEqual(summarize(reading), { status: 'rejected', code: 'revision_absent' });
});

test('an endless pack is stopped at the limit of bytes', async (t) => {
  let written = 0;
  const { read, url, folder } = await openHostile(
    t,
    {
      pack: (response) => {
        beginPack(response);
        writePack(response, packHead(1_000_000));
        const content = makeCommit('x'.repeat(60_000));
        // Incompressible, so that the bytes on the wire are those on the disk.
        const object = Buffer.concat([
          objectHead(content.byteLength),
          deflateSync(content, { level: 0 }),
        ]);
        const send = (): void => {
          while (!response.destroyed && writePack(response, object)) written += object.byteLength;
          if (!response.destroyed) response.once('drain', send);
        };
        send();
      },
    },
    { receivedBytesMax: 4 * MIB },
  );

  const reading = await read({ url, objectId: OBJECT_ID });

  assert.equal(reading.status, 'unavailable');
  assert.match(reading.reason, /more than mirrors.receivedBytesMax/u);
  assert.ok(written < 64 * MIB, `${written} bytes were taken`);
  const sizes = globSync(join(folder, 'repositories/**/tmp_pack*')).map(
    (file) => statSync(file).size,
  );
  assert.ok(sizes.every((size) => size <= 4 * MIB));
  await assertNoProcess(folder);
});

test('a small pack that inflates to gigabytes is stopped at the limit of memory', async (t) => {
  const { read, url, folder } = await openHostile(
    t,
    {
      pack: (response) => {
        beginPack(response);
        const bomb = deflateSync(Buffer.alloc(64 * MIB));
        writePack(response, packHead(1));
        // The head promises 8 GiB: git reserves them before it inflates.
        writePack(response, Buffer.concat([objectHead(8 * 1024 * MIB), bomb]));
        endPack(response);
      },
    },
    { processMemoryBytesMax: 512 * MIB },
  );

  const reading = await read({ url, objectId: OBJECT_ID });

  assert.equal(reading.status, 'unavailable');
  assert.match(reading.reason, /more memory than mirrors.processMemoryBytesMax/u);
  await assertNoProcess(folder);
});

test('an endless list of refs is stopped', async (t) => {
  const { read, url, folder } = await openHostile(
    t,
    {
      refs: (response) => {
        const line = packetLine(`${OBJECT_ID} refs/heads/main\n`);
        const page = Buffer.concat(Array.from({ length: 1000 }, () => line));
        const send = (): void => {
          while (!response.destroyed && response.write(page));
          if (!response.destroyed) response.once('drain', send);
        };
        send();
      },
    },
    { fetchTimeoutMs: 20_000, processMemoryBytesMax: 512 * MIB },
  );

  const reading = await read({ url, objectId: OBJECT_ID });

  assert.equal(reading.status, 'unavailable');
  await assertNoProcess(folder);
});

test('a server that does not finish is given up in time, and its processes are killed', async (t) => {
  for (const silent of ['advertisement', 'refs', 'pack'] as const) {
    const begin = (response: ServerResponse): void => void response.write(packetLine('a\n'));
    const answers = silent === 'advertisement' ? {} : { [silent]: begin };
    const stage =
      silent === 'advertisement'
        ? await open(t, () => true, { fetchTimeoutMs: 1000 })
        : await openHostile(t, answers, { fetchTimeoutMs: 1500 });
    const startedAtMs = performance.now();

    const reading = await stage.read({ url: stage.url, objectId: OBJECT_ID });

    assert.equal(reading.status, 'unavailable', silent);
    assert.ok(performance.now() - startedAtMs < 15_000, silent);
    await assertNoProcess(stage.folder);
  }
});

test('answers that are no protocol are unavailable', async (t) => {
  const answers: readonly ((response: ServerResponse) => void)[] = [
    (response) => response.writeHead(200).end('<html>'),
    (response) => response.writeHead(500).end(),
    (response) => response.destroy(),
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
        .end('zzzz'),
  ];
  for (const answer of answers) {
    const { read, url } = await open(t, (_request, response) => {
      answer(response);
      return true;
    });

    assert.equal((await read({ url, objectId: OBJECT_ID })).status, 'unavailable');
  }
});

test('a pack cut short, and one that is damaged, give nothing', async (t) => {
  const whole = makePack([{ content: COMMIT }]);
  const damaged = Buffer.from(whole);
  damaged[20] = (damaged[20] ?? 0) ^ 0xff;
  for (const pack of [whole.subarray(0, -10), damaged, Buffer.alloc(0), makePack([])]) {
    const { read, url } = await openHostile(t, {
      pack: (response) => {
        beginPack(response);
        writePack(response, pack);
        endPack(response);
      },
    });

    const reading = await read({ url, objectId: OBJECT_ID });

    assert.notEqual(reading.status, 'found');
  }
});

test('a malformed commit does not enter the mirror', async (t) => {
  const malformed = Buffer.from(`tree ${TREE}\nauthor nobody\n\nAttack\n`);
  const objectId = commitId(malformed);
  const { read, url } = await openHostile(t, {
    refs: listMain(objectId),
    pack: (response) => {
      beginPack(response);
      writePack(response, makePack([{ content: malformed }]));
      endPack(response);
    },
  });

  assert.deepEqual(summarize(await read({ url, objectId })), {
    status: 'rejected',
    code: 'object_malformed',
  });
});

test('what the server says is shown without characters that a terminal interprets', async (t) => {
  const { read, url } = await openHostile(t, {
    refs: (response) => {
      response.end(packetLine('ERR \u001B[2Jaccess granted\u0007\n'));
    },
  });

  const reading = await read({ url, objectId: OBJECT_ID });

  assert.equal(reading.status, 'unavailable');
  assert.doesNotMatch(reading.reason, /\p{Cc}/u);
});

test('a host that is slow does not keep others from being read', async (t) => {
  const slow = await open(t, () => true, {
    fetchTimeoutMs: 5000,
    httpHosts: ['localhost', 'other.invalid'],
    privateHosts: ['localhost', 'other.invalid'],
    concurrentReadsMax: 3,
    concurrentReadsPerHostMax: 2,
  });
  const honest = await openHostile(t, {});
  const port = new URL(honest.url).port;
  const waiting = Array.from({ length: 6 }, (_, index) =>
    slow.read({ url: `${slow.url}-${index}`, objectId: OBJECT_ID }),
  );

  const reading = await slow.read({
    url: `http://other.invalid:${port}/shop`,
    objectId: OBJECT_ID,
  });

  assert.equal(reading.status, 'found');
  slow.mirrors.close();
  assert.ok((await Promise.all(waiting)).every(({ status }) => status === 'unavailable'));
});
