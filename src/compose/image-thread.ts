/** The image thread: reads and verifies images beside admission. It alone asks registries for images in a serving process. */
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemWait } from '../base/wait.ts';
import type { ImageUnavailable } from '../image/image-failure.ts';
import { formatImageKey, formatImageKeys } from '../image/image-key.ts';
import { mirrorReference } from '../image/mirror-reference.ts';
import { refutesVerified } from '../image/refutes-verified.ts';
import { ImageStore } from '../image/image-store.ts';
import { PullCredentials, type FoundCredentials } from '../image/registry/pull-credentials.ts';
import type { PullScope } from '../image/registry/pull-scope.ts';
import { REGISTRY_LIMITS } from '../image/registry/settings.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import { FollowedRegistry } from './followed-registry.ts';
import { FollowedTrust } from './followed-trust.ts';
import { judgeImage } from './image-judge.ts';
import type {
  ImageThreadAnswer,
  ImageThreadOrder,
  ImageThreadQuestion,
  ImageThreadResult,
  ImageThreadStart,
} from './image-messages.ts';
import { listImageTrustFiles, loadImageTrust, type ImageTrust } from './image-trust.ts';
import { openRegistry, type OpenRegistry } from './open-registry.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';
import { TufRoots } from './tuf-roots.ts';

type RejectedImage = Extract<ImageThreadAnswer, { readonly status: 'rejected' }>;
type Tools = ThreadTools<ImageThreadResult>;

/** A verdict is worth a second of work: so much is lost where the process is killed. */
const SAVE_MS = 2000;
/** What was not foreseen is ours to mend; nobody is helped by asking at once. */
const FAULT_RETRY_MS = 5000;
const TOTAL_TIMEOUT_MS = REGISTRY_LIMITS['image.registry.totalTimeoutMs'].default;

async function begin(
  { configuration, environment }: ImageThreadStart,
  tools: Tools,
): Promise<ThreadWork<ImageThreadOrder>> {
  const { images, kubernetes } = configuration;
  const { logger, metrics } = tools;
  const closing = new AbortController();
  const registries = await FollowedRegistry.open({
    access: images.registries,
    open: () =>
      openRegistry(images.registries, {
        clock: systemClock,
        remedies: {
          privateHost: (host) => `images.registries.privateHosts: [${host}]`,
          plainHttp: (host) => `images.registries.plainHttpHosts: [${host}]`,
        },
        signal: closing.signal,
        environment,
        observeCloud: (asked) =>
          metrics.increment('holdfast_image_cloud_credentials_total', { ...asked }),
      }),
    logger,
  });
  try {
    const folder = images.folder ?? join(cacheFolder(environment), 'images');
    const store = await ImageStore.open({ folder, entriesMax: images.verdictsMax, logger });
    const trusted = await followTrust({ images, registries, folder, store }, tools);
    const client = images.registries.readPullSecrets
      ? await createClusterClient({
          kubeconfigFile: kubernetes.kubeconfigFile,
          connectionsMax: images.concurrentMax,
          clock: systemClock,
        })
      : undefined;
    return new ImageWork({ tools, images, registries, store, ...trusted, closing, client });
  } catch (fault) {
    registries.close();
    throw fault;
  }
}

interface Followed {
  readonly tufRoots: TufRoots;
  readonly trust: FollowedTrust<ImageTrust>;
}

async function followTrust(
  {
    images,
    registries,
    folder,
    store,
  }: Pick<Parts, 'images' | 'registries' | 'store'> & { readonly folder: string },
  { logger, metrics, send }: Tools,
): Promise<Followed> {
  let trust: FollowedTrust<ImageTrust> | undefined;
  const tufRoots = new TufRoots({
    folder,
    refreshMs: images.tufRefreshMs,
    isFollowed: true,
    download: (url, bytesMax) => registries.registry.download(url, bytesMax),
    clock: systemClock,
    wait: systemWait,
    logger,
    metrics,
    onChange: () => void trust?.reload(),
  });
  try {
    trust = await FollowedTrust.open({
      files: listImageTrustFiles(images),
      load: () => loadImageTrust(images, tufRoots.read),
      noun: 'image',
      reloadsMetric: 'holdfast_image_trust_reloads_total',
      logger,
      metrics,
      onTrust: ({ hash }) => {
        // Before the answers: who asks by an older trust asks again.
        send({ kind: 'trust', hash });
        send({ kind: 'kept', kept: store.keepTrust(hash) });
      },
    });
    // A root may have come before anybody followed it.
    await trust.reload();
    return { tufRoots, trust };
  } catch (fault) {
    tufRoots.close();
    throw fault;
  }
}

interface Parts extends Followed {
  readonly tools: Tools;
  readonly images: ImageThreadStart['configuration']['images'];
  readonly registries: FollowedRegistry;
  readonly store: ImageStore;
  readonly closing: AbortController;
  /** Absent where no pull secrets are read. */
  readonly client: ClusterClient | undefined;
}

class ImageWork implements ThreadWork<ImageThreadOrder> {
  readonly #parts: Parts;
  readonly #permits: Semaphore;
  readonly #saves: NodeJS.Timeout;
  /** By the registries of the moment, whose configured credentials come after those of Pods. */
  readonly #pullCredentials = new WeakMap<OpenRegistry, PullCredentials>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { concurrentMax, pendingMax } = parts.images;
    this.#permits = new Semaphore({ runningMax: concurrentMax, waitingMax: pendingMax });
    this.#saves = setInterval(() => void parts.store.save(), SAVE_MS);
  }

  receive({ id, question }: ImageThreadOrder): void {
    const { logger } = this.#parts.tools;
    const answering = this.#answer(question).catch((error: unknown): ImageThreadAnswer => {
      const reason = errorText(error);
      logger.error('An image could not be judged by a fault of Holdfast', {
        code: 'internal_error',
        reason,
      });
      return unavailable(reason, FAULT_RETRY_MS);
    });
    void answering.then((answer) => {
      this.#parts.tools.send({ kind: 'answer', id, answer });
    });
  }

  problem(): string | undefined {
    const { trust, registries, tufRoots } = this.#parts;
    return trust.problem() ?? registries.problem() ?? tufRoots.problem();
  }

  async stop(): Promise<void> {
    const { registries, trust, tufRoots, store, closing, client } = this.#parts;
    clearInterval(this.#saves);
    tufRoots.close();
    trust.close();
    closing.abort();
    registries.close();
    client?.close();
    await store.save();
  }

  async #answer(question: ImageThreadQuestion): Promise<ImageThreadAnswer> {
    const permit = await this.#permits.acquire(TOTAL_TIMEOUT_MS);
    if (permit !== 'acquired') return unavailable('Too many images are being read at once', 0);
    try {
      return await this.#judge(question);
    } finally {
      this.#permits.release();
    }
  }

  async #judge({ key, pullScope, ...question }: ImageThreadQuestion): Promise<ImageThreadAnswer> {
    const { trust, registries, store, images } = this.#parts;
    const { hash } = trust.trust;
    if (key.trustHash !== hash) return unavailable('The keys have just changed', 0);
    const { registry } = registries;
    const found = await this.#findCredentials(registry, pullScope);
    if (found.status === 'unavailable') return found;
    const client = registry.clientFor(found.credentials);
    const { rule } = question;
    const reference = mirrorReference(question.reference, images.registries.mirrors);
    const answer = await judgeImage(
      { reference, rule },
      { trust: trust.trust, client, clock: systemClock },
    );
    const { status } = answer;
    // Keys have what Pods name, whatever mirror it was read from.
    if (status === 'verified') {
      // Without the verdict of the digest, no Pod would start in an outage after a restart.
      const names = formatImageKeys(key, question.reference, answer.digest);
      for (const one of names) store.keep(one, answer);
    } else if (refutesVerified(answer, pullScope)) {
      const last = store.lastDigest(formatImageKey(key));
      for (const one of formatImageKeys(key, question.reference, last)) store.forget(one);
    }
    return status === 'rejected' ? withSkipped(answer, found.skipped) : answer;
  }

  async #findCredentials(
    registry: OpenRegistry,
    scope: PullScope | undefined,
  ): Promise<Pick<FoundCredentials, 'status' | 'credentials' | 'skipped'> | ImageUnavailable> {
    const { client } = this.#parts;
    const { credentials: configured } = registry;
    if (client === undefined || scope === undefined) {
      return { status: 'read', credentials: configured, skipped: [] };
    }
    const known = this.#pullCredentials.get(registry);
    const pull = known ?? new PullCredentials({ client, clock: systemClock, configured });
    if (known === undefined) this.#pullCredentials.set(registry, pull);
    return await pull.read(scope);
  }
}

/** A registry that refuses may want a credential that a Secret should have had. */
function withSkipped(answer: RejectedImage, skipped: FoundCredentials['skipped']): RejectedImage {
  const [first] = skipped;
  if (answer.code !== 'image_access_denied' || first === undefined) return answer;
  const reason = `${answer.reason}; the pull secret ${first.secret} was not used: ${first.reason}`;
  return { ...answer, reason };
}

function unavailable(reason: string, retryAfterMs: number): NoVerdict {
  return { status: 'unavailable', reason, retryAfterMs };
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, begin);
