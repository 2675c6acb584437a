/**
 * The commit thread: fetches, verifies and renders commits beside admission. It alone starts programs (git, and what renders) in a serving process, reads
 * credentials of repositories, and parses what strangers have signed.
 */
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import { CommitStore } from '../source/commits/commit-store.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import { ClusterCredentials } from '../source/mirror/cluster-credentials.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import type { ChangesReading } from '../source/mirror/read-changes.ts';
import { openTreeStore, type TreeStore } from '../source/mirror/tree-store.ts';
import { findRenderPrograms } from '../source/render/find-programs.ts';
import { Renderer } from '../source/render/renderer.ts';
import type { RevisionRequest } from '../source/mirror/read-revision.ts';
import type { Lineage } from '../source/promotion/promotion-judge.ts';
import { parseRepositoryUrl } from '../source/parse-repository-url.ts';
import { errorText } from '../base/error-details.ts';
import { bindMirrors } from './bind-mirrors.ts';
import { CommitJudge, type JudgedCommit } from './commit-judge.ts';
import { CommitManifests } from './commit-manifests.ts';
import type {
  CommitThreadAnswer,
  CommitThreadOrder,
  CommitThreadQuestion,
  CommitThreadResult,
  CommitThreadStart,
  TrackedCommit,
  TrackedRepository,
} from './commit-messages.ts';
import { listCommitTrustFiles, loadCommitTrust, type CommitTrust } from './commit-trust.ts';
import { findDryHint } from './find-dry-hint.ts';
import { FollowedTrust } from './followed-trust.ts';
import { findRepositoryCredential, type AccessOptions } from './repository-access.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';

type Tools = ThreadTools<CommitThreadResult>;
type Asked<Kind> = Extract<CommitThreadQuestion, { readonly kind: Kind }>;

/** A verdict is worth a second of work: so much is lost where the process is killed. */
const SAVE_MS = 2000;
/** What was not foreseen is ours to mend; nobody is helped by asking at once. */
const FAULT_RETRY_MS = 5000;
const REFUSED_RETRY_MS = 5000;

async function begin(
  { configuration, environment }: CommitThreadStart,
  tools: Tools,
): Promise<ThreadWork<CommitThreadOrder>> {
  const { commits, mirrors: settings, kubernetes, ownership } = configuration;
  const { logger, metrics } = tools;
  const mirrors = await bindMirrors({ settings, metrics, environment });
  try {
    const folder = commits.folder ?? join(cacheFolder(environment), 'commits');
    const store = await CommitStore.open({ folder, verdictsMax: commits.verdictsMax, logger });
    const client = await createClusterClient({
      kubeconfigFile: kubernetes.kubeconfigFile,
      connectionsMax: settings.concurrentReadsMax,
      clock: systemClock,
    });
    const clusterCredentials =
      client &&
      new ClusterCredentials({
        client,
        clock: systemClock,
        argocdNamespace: ownership.argocd.namespace,
      });
    const access = {
      settings,
      environment,
      clusterCredentials,
      whenForbidden: 'anonymous',
    } as const;
    const trees = await openTreeStore({
      folder: join(settings.folder ?? join(cacheFolder(environment), 'mirrors'), 'trees'),
      mirrors,
      clock: systemClock,
    });
    const parts = { configuration, tools, mirrors, trees, store, access };
    const trust = await FollowedTrust.open({
      files: listCommitTrustFiles(commits),
      load: () => loadCommitTrust(commits),
      noun: 'commit',
      reloadsMetric: 'holdfast_commit_trust_reloads_total',
      logger,
      metrics,
      onTrust: ({ hash }) => {
        // Before the answers: who asks by an older trust asks again.
        tools.send({ kind: 'trust', hash });
        tools.send({ kind: 'kept', kept: store.keepTrust(hash) });
      },
    });
    return new CommitWork({ ...parts, trust, close: () => client?.close() });
  } catch (fault) {
    mirrors.close();
    throw fault;
  }
}

interface Parts {
  readonly configuration: CommitThreadStart['configuration'];
  readonly tools: Tools;
  readonly mirrors: Mirrors;
  readonly trees: TreeStore;
  readonly store: CommitStore;
  readonly access: AccessOptions;
  readonly trust: FollowedTrust<CommitTrust>;
  readonly close: () => void;
}

class CommitWork implements ThreadWork<CommitThreadOrder> {
  readonly #parts: Parts;
  readonly #saves: NodeJS.Timeout;
  readonly #manifests: CommitManifests;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#manifests = new CommitManifests({
      trees: parts.trees,
      // The main thread keeps what is rendered.
      renderer: new Renderer(findRenderPrograms(parts.access.environment['PATH']), 0),
      findCredential: (repository, of) => findRepositoryCredential(repository, of, parts.access),
    });
    this.#saves = setInterval(() => void parts.store.save(), SAVE_MS);
  }

  receive({ id, question }: CommitThreadOrder): void {
    const answering = this.#answer(question).catch((error: unknown): CommitThreadAnswer => {
      const reason = errorText(error);
      this.#parts.tools.logger.error('A commit could not be judged by a fault of Holdfast', {
        code: 'internal_error',
        reason,
      });
      return { kind: 'unanswered', answer: unavailable(reason, FAULT_RETRY_MS) };
    });
    void answering.then((answer) => {
      this.#parts.tools.send({ kind: 'answer', id, answer });
    });
  }

  problem(): string | undefined {
    return this.#parts.trust.problem();
  }

  async stop(): Promise<void> {
    const { mirrors, trees, trust, store, close } = this.#parts;
    clearInterval(this.#saves);
    trust.close();
    mirrors.close();
    close();
    await store.save();
    await trees.close();
  }

  async #answer(question: CommitThreadQuestion): Promise<CommitThreadAnswer> {
    switch (question.kind) {
      case 'commit':
        return { kind: 'commit', answer: await this.#judge(question) };
      case 'manifests':
        return { kind: 'manifests', answer: await this.#manifests.render(question.question) };
      case 'tip':
        return { kind: 'tip', answer: await this.#readTip(question.question) };
      case 'dry':
        return { kind: 'dry', answer: await this.#readDry(question.question) };
      case 'changes':
        return { kind: 'changes', answer: await this.#readChanges(question.question) };
      case 'lineage':
        return { kind: 'lineage', answer: await this.#readLineage(question.question) };
    }
  }

  async #judge({ key, question }: Asked<'commit'>): Promise<JudgedCommit | NoVerdict> {
    const { mirrors, store, access, trust, configuration } = this.#parts;
    const judge = new CommitJudge({
      trust: trust.trust,
      readRevision: (request) => mirrors.read(request),
      findCredential: (repository, of) => findRepositoryCredential(repository, of, access),
      readLineage: (request, descendants) => mirrors.readLineage(request, descendants),
      history: store.history,
      commitsMax: configuration.commits.rangeMax,
      clock: systemClock,
    });
    const { hash } = trust.trust;
    if (!key.startsWith(`${hash}\u0000`)) return unavailable('The keys have just changed', 0);
    const answer = await judge.judge(question);
    if (answer.status === 'unavailable') return answer;
    const { retryAfterMs, ...verdict } = answer;
    if (retryAfterMs === undefined) store.keep(key, verdict);
    else store.forget(key);
    await store.saveHistory();
    return answer;
  }

  async #readTip(
    question: TrackedRepository,
  ): Promise<Extract<CommitThreadAnswer, { kind: 'tip' }>['answer']> {
    const request = await this.#requestOf({ ...question, objectId: NO_OBJECT });
    if (request.status !== 'request') return request;
    const listing = await this.#parts.mirrors.readTips(request.request);
    if (listing.status === 'unavailable') return listing;
    if (listing.status === 'rejected') return { status: 'absent' };
    const [tip, another] = listing.tips;
    if (tip === undefined) return { status: 'absent' };
    // An annotated tag is an object of its own, and not the commit that is applied.
    return another === undefined && !tip.name.startsWith('refs/tags/')
      ? { status: 'found', objectId: tip.objectId }
      : { status: 'several' };
  }

  async #readDry(question: Asked<'dry'>['question']) {
    const request = await this.#requestOf(question);
    if (request.status !== 'request') return undefined;
    return await findDryHint(request.request, this.#parts.mirrors);
  }

  async #readChanges(question: TrackedCommit): Promise<ChangesReading | NoVerdict> {
    const request = await this.#requestOf(question);
    if (request.status !== 'request') return request;
    return await this.#parts.mirrors.readChanges(request.request);
  }

  async #readLineage({
    descendants,
    ...question
  }: Asked<'lineage'>['question']): Promise<Lineage | NoVerdict> {
    const request = await this.#requestOf(question);
    if (request.status !== 'request') return request;
    const reading = await this.#parts.mirrors.readLineage(request.request, descendants);
    return reading.status === 'rejected' ? unavailable(reading.reason, REFUSED_RETRY_MS) : reading;
  }

  async #requestOf({
    repository,
    tracked,
    access,
    objectId,
  }: Asked<'dry'>['question']): Promise<
    { readonly status: 'request'; readonly request: RevisionRequest } | NoVerdict
  > {
    const parsed = parseRepositoryUrl(repository);
    if (!parsed.ok) return unavailable(parsed.reason, REFUSED_RETRY_MS);
    const found = await findRepositoryCredential(parsed.repository, access, this.#parts.access);
    if (!found.ok) return unavailable(found.reason, REFUSED_RETRY_MS);
    const { credential } = found;
    const request = { repository: parsed.repository, credential, objectId, tracked: [tracked] };
    return { status: 'request', request };
  }
}

/** The mirror is one of SHA-1, which tells the tips of any repository. */
const NO_OBJECT = '0'.repeat(40);

function unavailable(reason: string, retryAfterMs: number): NoVerdict {
  return { status: 'unavailable', reason, retryAfterMs };
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, begin);
