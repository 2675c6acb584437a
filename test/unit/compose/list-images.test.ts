import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import {
  listImages,
  type AskedImage,
  type ImageFinding,
} from '../../../src/compose/list-images.ts';
import { formatReference } from '../../../src/image/parse-reference.ts';
import { IMAGE_LIMITS } from '../../../src/image/settings.ts';
import type { ApiReading } from '../../../src/kubernetes/client/cluster-client.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const UNJUDGED: ImageFinding = { status: 'unjudged' };
const CONCURRENT_MAX = IMAGE_LIMITS['image.list.concurrentMax'].default;
const IMAGES_MAX = IMAGE_LIMITS['image.list.imagesMax'].default;
const TOTAL_TIMEOUT_MS = IMAGE_LIMITS['image.list.totalTimeoutMs'].default;

function pod(namespace: string, images: readonly string[], digest?: string) {
  const named = images.map((image, index) => ({ name: `c${index}`, image }));
  return {
    metadata: { name: 'p', namespace },
    spec: { containers: named, imagePullSecrets: [{ name: 'regcred' }] },
    status: { containerStatuses: named.map(({ name }) => ({ name, imageID: `x@${digest}` })) },
  };
}

function page(items: readonly object[], next = ''): ApiReading {
  return { status: 'read', body: { metadata: { continue: next }, items } };
}

interface Run {
  readonly pages: readonly ApiReading[];
  readonly judge?: (asked: AskedImage) => Promise<ImageFinding>;
  readonly namespace?: string;
  readonly nowMs?: () => number;
}

async function run({ pages, namespace, nowMs = () => 0, judge = async () => UNJUDGED }: Run) {
  const paths: string[] = [];
  const reading = await listImages({
    client: {
      read: async (path) => {
        paths.push(path);
        return pages[paths.length - 1] ?? { status: 'absent' };
      },
    },
    namespace,
    judge,
    clock: { wallMs: nowMs, monotonicMs: () => monotonicMs(nowMs()) },
  });
  return { reading, paths };
}

describe('listImages()', () => {
  it('reads every page, and verifies each digest of a repository once', async () => {
    const asked: string[] = [];
    const { reading, paths } = await run({
      pages: [
        page([pod('shop', ['a.io/x:1'], DIGEST), pod('bank', ['a.io/x:2'], DIGEST)], 'n'),
        page([pod('shop', ['b.io/x:1'], DIGEST), pod('shop', [`a.io/x@${DIGEST}`])]),
      ],
      judge: async ({ reference, scopes }) => {
        const namespaces = scopes.map(({ namespace }) => namespace);
        asked.push(`${formatReference(reference)} ${namespaces.join(' ')}`);
        return { status: 'signed', digest: DIGEST, signers: [reference.registry] };
      },
    });
    assert.deepEqual(paths, ['/api/v1/pods?limit=100', '/api/v1/pods?limit=100&continue=n']);
    assert.deepEqual(asked, [`a.io/x@${DIGEST} shop bank`, `b.io/x@${DIGEST} shop`]);
    assert.equal(reading.status, 'listed');
    assert.deepEqual([reading.pods, reading.namespaces], [4, 2]);
    assert.deepEqual(
      reading.images.map(({ image, pods, finding }) => [
        image,
        pods,
        finding.status === 'signed' && finding.signers[0],
      ]),
      [
        ['a.io/x:1', 1, 'a.io'],
        ['a.io/x:2', 1, 'a.io'],
        ['b.io/x:1', 1, 'b.io'],
        [`a.io/x@${DIGEST}`, 1, 'a.io'],
      ],
    );
  });

  it('lists one namespace, and says where it has no such name', async () => {
    const { paths } = await run({ pages: [page([])], namespace: 'shop' });
    assert.deepEqual(paths, ['/api/v1/namespaces/shop/pods?limit=100']);
    const { reading } = await run({ pages: [], namespace: '..' });
    assert.deepEqual(reading, {
      status: 'unavailable',
      reason: '".." is no name of a namespace',
    });
  });

  it('tells what cannot be read without asking for it', async () => {
    const judge = (): Promise<ImageFinding> => assert.fail('nothing can be verified');
    const { reading } = await run({ pages: [page([pod('shop', ['Shop'])])], judge });
    assert.equal(reading.status, 'listed');
    assert.deepEqual(
      reading.images.map(({ finding }) => finding.status),
      ['unreadable'],
    );
  });

  it('has no listing where a page is missing, or there are too many images', async () => {
    const reason = 'The API server answered 403';
    const forbidden = { status: 'unavailable', code: 'lookup_forbidden', reason } as const;
    const { reading } = await run({ pages: [page([pod('shop', ['x:1'])], 'n'), forbidden] });
    assert.deepEqual(reading, { status: 'unavailable', reason });
    assert.equal((await run({ pages: [] })).reading.status, 'unavailable');
    const many = Array.from({ length: IMAGES_MAX + 1 }, (_, index) => pod('shop', [`x:${index}`]));
    assert.deepEqual((await run({ pages: [page(many)] })).reading, {
      status: 'unavailable',
      reason: `There are more than ${IMAGES_MAX} different images`,
    });
  });

  it('verifies a few images at once', async () => {
    let running = 0;
    let most = 0;
    const images = Array.from({ length: 3 * CONCURRENT_MAX }, (_, index) => `x:${index}`);
    await run({
      pages: [page([pod('shop', images)])],
      judge: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return UNJUDGED;
      },
    });
    assert.equal(most, CONCURRENT_MAX);
  });

  it('verifies nothing after its time, and says so of what is left', async () => {
    let nowMs = 0;
    let judged = 0;
    const images = Array.from({ length: CONCURRENT_MAX + 5 }, (_, index) => `x:${index}`);
    const { reading } = await run({
      pages: [page([pod('shop', images)])],
      nowMs: () => nowMs,
      judge: async () => {
        judged += 1;
        await new Promise(setImmediate);
        nowMs = TOTAL_TIMEOUT_MS;
        return UNJUDGED;
      },
    });
    assert.equal(judged, CONCURRENT_MAX);
    assert.equal(reading.status, 'listed');
    const late = reading.images.filter(({ finding }) => finding.status === 'unavailable');
    assert.equal(late.length, 5);
  });
});
