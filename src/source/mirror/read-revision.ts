/**
 * Reads one revision from a remote: its bytes, and the proof that what the application follows contains it.
 *
 * Asked in this order, so that the usual case takes one round trip: the tips of the tracked refs (`ls-remote`), the
 * newest commits of each, the revision by its id, and the whole history only if the revision is not among them.
 */
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import type { RepositoryUrl } from '../parse-repository-url.ts';
import { isObjectId } from '../parse-revision.ts';
import { classifyGitFailure } from './classify-git-failure.ts';
import type { Credential } from './credential.ts';
import {
  mirrorDamaged,
  rejectRevision,
  revisionUnavailable,
  type RevisionFailure,
} from './mirror-failure.ts';
import { hashRefName, type FetchRequest, type MirrorRepository } from './mirror-repository.ts';
import { parseObjectOutput } from './parse-object-output.ts';
import { parseRefList, type RemoteTip } from './parse-ref-list.ts';
import { parseTrackedFallback, parseTrackedRef, type TrackedRef } from './parse-tracked-ref.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { GitOutcome } from './run-git.ts';
import type { MirrorSettings } from './settings.ts';

export interface RevisionRequest {
  readonly repository: RepositoryUrl;
  readonly credential: Credential;
  /** 40 or 64 hexadecimal digits. */
  readonly objectId: string;
  /** What the application follows, then the other refs that may contain the revision. */
  readonly tracked: readonly string[];
}

export interface FoundRevision {
  readonly status: 'found';
  readonly objectId: string;
  readonly kind: 'commit' | 'tag';
  /** The object without git's header: their hash is `objectId`. */
  readonly bytes: Uint8Array;
  /** A ref that contains the revision, and its tip. */
  readonly containedIn: RemoteTip;
}

export type RevisionReading = FoundRevision | RevisionFailure;

export interface ReadContext {
  readonly mirror: MirrorRepository;
  readonly settings: MirrorSettings;
  readonly clock: Clock;
  readonly deadlineAtMs: MonotonicMs;
  readonly onFetch: (outcome: GitOutcome['status']) => void;
}

const SHA256_DIGITS = 64;

/** Reads from the mirror alone, with tips that were seen a moment ago; `undefined` if that does not suffice. */
export async function readKnownRevision(
  request: RevisionRequest,
  tips: readonly RemoteTip[],
  context: ReadContext,
): Promise<FoundRevision | undefined> {
  const concluded = await conclude(request, tips, context);
  return concluded.status === 'found' ? concluded : undefined;
}

export interface RemoteReading {
  readonly reading: RevisionReading;
  /** What the server showed; absent if it did not answer. */
  readonly tips?: readonly RemoteTip[] | undefined;
}

/** Asks the server. */
export async function readRemoteRevision(
  request: RevisionRequest,
  access: RemoteAccess,
  context: ReadContext,
): Promise<RemoteReading> {
  const failed = await createMissing(request, access, context);
  if (failed !== undefined) return { reading: failed };
  const listed = await listTips(request, access, context);
  if (listed.status !== 'listed') return { reading: listed };
  const { tips } = listed;
  if (tips.some(({ objectId }) => objectId.length !== request.objectId.length)) {
    const reason = 'The repository uses another hash algorithm than the revision';
    return { reading: rejectRevision('revision_absent', reason) };
  }
  const failure =
    (await fetchMissing({ request, tips }, access, context)) ??
    (await acceptTips(tips, access, context));
  return { reading: failure ?? (await conclude(request, tips, context)), tips };
}

/** Asks the server at which commits the tracked refs are now; what the mirror knows stays as it is. */
export async function readRemoteTips(
  request: RevisionRequest,
  access: RemoteAccess,
  context: ReadContext,
): Promise<TipListing> {
  const failed = await createMissing(request, access, context);
  return failed ?? (await listTips(request, access, context));
}

async function createMissing(
  { objectId }: RevisionRequest,
  access: RemoteAccess,
  { mirror }: ReadContext,
): Promise<RevisionFailure | undefined> {
  if (await mirror.exists()) return undefined;
  const created = await mirror.create(objectId.length === SHA256_DIGITS ? 'sha256' : 'sha1');
  return created.status === 'done' ? undefined : explainOutcome(created, access);
}

/** Checks what was asked for before anything is done; `undefined` if nothing is wrong with it. */
export function refuseRequest({ objectId, tracked }: RevisionRequest): RevisionFailure | undefined {
  if (!isObjectId(objectId)) {
    return rejectRevision(
      'repository_refused',
      'The revision is no object id: 40 or 64 hexadecimal digits in lower case were wanted',
    );
  }
  for (const each of tracked) {
    const parsed = parseTrackedRef(each);
    if (!parsed.ok) return rejectRevision('repository_refused', parsed.reason);
  }
  return undefined;
}

interface Target {
  readonly request: RevisionRequest;
  readonly tips: readonly RemoteTip[];
}

/** The tips of what is tracked. */
export type TipListing =
  { readonly status: 'listed'; readonly tips: readonly RemoteTip[] } | RevisionFailure;

async function listTips(
  { tracked: texts }: RevisionRequest,
  access: RemoteAccess,
  context: ReadContext,
): Promise<TipListing> {
  const tracked = texts.flatMap((text) => {
    const parsed = parseTrackedRef(text);
    return parsed.ok ? [parsed.tracked] : [];
  });
  const first = await askTips(tracked, access, context);
  if (first.status !== 'listed' || first.tips.length > 0) return first;
  const fallbacks = texts.flatMap((text) => parseTrackedFallback(text) ?? []);
  const second = fallbacks.length === 0 ? first : await askTips(fallbacks, access, context);
  if (second.status !== 'listed' || second.tips.length > 0) return second;
  return await explainAbsentRef(access, context);
}

/** A page of a proxy or an empty answer shows no ref at all: that says nothing about the repository. */
async function explainAbsentRef(
  access: RemoteAccess,
  context: ReadContext,
): Promise<RevisionFailure> {
  const outcome = await context.mirror.listRefs(access, [], remainingMs(context));
  if (outcome.status !== 'done') return explainOutcome(outcome, access);
  const text = Buffer.from(outcome.output).toString('utf8');
  return parseRefList(text, { kind: 'any' }).length === 0
    ? revisionUnavailable('The server shows neither branches nor tags')
    : rejectRevision(
        'ref_absent',
        'The repository has no branch or tag of the name that the application follows',
      );
}

async function askTips(
  tracked: readonly TrackedRef[],
  access: RemoteAccess,
  context: ReadContext,
): Promise<TipListing> {
  const patterns = new Set(tracked.flatMap(patternsOf));
  const outcome = await context.mirror.listRefs(access, [...patterns], remainingMs(context));
  if (outcome.status !== 'done') return explainOutcome(outcome, access);
  const text = Buffer.from(outcome.output).toString('utf8');
  const byName = new Map(
    tracked.flatMap((each) => parseRefList(text, each)).map((tip) => [tip.name, tip]),
  );
  const { refsMax } = context.settings;
  return byName.size > refsMax
    ? revisionUnavailable(
        `The application follows any of ${byName.size} branches and tags, more than mirrors.refsMax (${refsMax})`,
      )
    : { status: 'listed', tips: [...byName.values()] };
}

function patternsOf(tracked: TrackedRef): readonly string[] {
  switch (tracked.kind) {
    case 'names':
      return tracked.names;
    case 'tags':
      return ['refs/tags/*'];
    case 'any':
      return ['refs/heads/*', 'refs/tags/*'];
  }
}

/** Fetches what the mirror lacks to answer; `undefined` if it has everything now. */
async function fetchMissing(
  { request, tips }: Target,
  access: RemoteAccess,
  context: ReadContext,
): Promise<RevisionFailure | undefined> {
  const { mirror, settings } = context;
  const known = await mirror.listTips();
  if (known === undefined) return mirrorDamaged('The mirror cannot be read');
  const isTip = tips.some(({ objectId }) => objectId === request.objectId);
  const hasObject = await mirror.hasObject(request.objectId);
  const isCurrent = tips.every(({ name, objectId }) => known.get(hashRefName(name)) === objectId);
  if (isCurrent && hasObject) return undefined;
  const isNew = tips.some(({ name }) => !known.has(hashRefName(name)));
  const depth = isNew ? settings.firstDepth : undefined;
  const objectId = isTip || hasObject ? undefined : request.objectId;
  const failed = await fetch({ tips, objectId, depth }, access, context);
  if (
    failed?.status === 'rejected' &&
    failed.code === 'revision_absent' &&
    objectId !== undefined
  ) {
    // Old servers give no object by its id, only what the tips contain.
    return await fetch({ tips, depth: 'all' }, access, context);
  }
  if (failed !== undefined) return failed;
  const containing = await mirror.findContaining(request.objectId, 'new');
  const isFound = tips.some(({ name }) => containing?.has(hashRefName(name)) === true);
  if (isFound || !(await mirror.isShallow())) return undefined;
  return await fetch({ tips, depth: 'all' }, access, context);
}

async function fetch(
  request: Omit<FetchRequest, 'timeoutMs'>,
  access: RemoteAccess,
  context: ReadContext,
): Promise<RevisionFailure | undefined> {
  const outcome = await context.mirror.fetch(access, {
    ...request,
    timeoutMs: remainingMs(context),
  });
  context.onFetch(outcome.status);
  return outcome.status === 'done' ? undefined : explainOutcome(outcome, access);
}

/** Makes the shown tips the known ones. */
async function acceptTips(
  tips: readonly RemoteTip[],
  access: RemoteAccess,
  { mirror }: ReadContext,
): Promise<RevisionFailure | undefined> {
  const known = await mirror.listTips();
  if (known === undefined) return mirrorDamaged('The mirror cannot be read');
  const commands = tips
    .map(({ name, objectId }) => ({ hash: hashRefName(name), objectId }))
    .filter(({ hash, objectId }) => known.get(hash) !== objectId)
    .map(({ hash, objectId }) => `update refs/holdfast/tip/${hash} ${objectId}`);
  if (commands.length === 0) return undefined;
  const updated = await mirror.updateRefs(commands);
  return updated.status === 'done' ? undefined : explainOutcome(updated, access);
}

/** The answer from what the mirror has. */
async function conclude(
  request: RevisionRequest,
  tips: readonly RemoteTip[],
  context: ReadContext,
): Promise<RevisionReading> {
  const { mirror } = context;
  const { objectId } = request;
  if (!(await mirror.hasObject(objectId))) {
    return rejectRevision('revision_absent', `The repository has no object ${objectId}`);
  }
  const containing = await mirror.findContaining(objectId, 'tip');
  // git refuses to look for something that is neither a commit nor a tag of one.
  const containedIn = tips.find(({ name }) => containing?.has(hashRefName(name)) === true);
  if (containedIn === undefined) return explainUnreachable(objectId, tips);
  const read = await readBytes(objectId, context);
  return read.status === 'found' ? { ...read, containedIn } : read;
}

function explainUnreachable(objectId: string, tips: readonly RemoteTip[]): RevisionFailure {
  const names = tips.map(({ name }) => name).slice(0, 3);
  const shown = tips.length > names.length ? `any of ${tips.length} refs` : names.join(' and ');
  return rejectRevision(
    'revision_unreachable',
    `The repository has ${objectId}, and ${shown} does not contain it`,
  );
}

async function readBytes(
  objectId: string,
  { mirror, settings }: ReadContext,
): Promise<Pick<FoundRevision, 'status' | 'objectId' | 'kind' | 'bytes'> | RevisionFailure> {
  const outcome = await mirror.readObject(objectId);
  if (outcome.status === 'output-exceeded') {
    return rejectRevision(
      'object_too_large',
      `The object is larger than mirrors.objectBytesMax (${settings.objectBytesMax} bytes)`,
    );
  }
  if (outcome.status !== 'done') return explainLocal(outcome);
  const parsed = parseObjectOutput(outcome.output, objectId);
  switch (parsed.status) {
    case 'missing':
    case 'malformed':
      return mirrorDamaged('The mirror cannot be read');
    case 'mismatch':
      return rejectRevision(
        'object_mismatch',
        `The object under the id ${objectId} has the id ${parsed.objectId}`,
      );
    case 'found':
      return parsed.kind === 'commit' || parsed.kind === 'tag'
        ? { status: 'found', objectId, kind: parsed.kind, bytes: parsed.bytes }
        : rejectRevision(
            'revision_absent',
            `The object ${objectId} is a ${parsed.kind}, no commit`,
          );
  }
}

type Failed = Exclude<GitOutcome, { readonly status: 'done' }>;

function explainLocal(outcome: Failed): RevisionFailure {
  const reason = `The mirror cannot be read: ${classifyGitFailure(outcome, []).reason}`;
  return outcome.status === 'failed' ? mirrorDamaged(reason) : revisionUnavailable(reason);
}

/** A failed run as an answer. */
export function explainOutcome(outcome: Failed, { secrets }: RemoteAccess): RevisionFailure {
  const { kind, reason } = classifyGitFailure(outcome, secrets);
  switch (kind) {
    case 'object-absent':
    case 'format-mismatch':
      return rejectRevision('revision_absent', reason);
    case 'object-malformed':
      return rejectRevision('object_malformed', reason);
    case 'mirror-damaged':
      return mirrorDamaged(reason);
    case 'redirected':
      return { ...revisionUnavailable(reason), isRedirected: true };
    case 'unavailable':
      return revisionUnavailable(reason);
  }
}

/** What is left of the whole time; at least 1. */
export function remainingMs({ clock, deadlineAtMs }: ReadContext): number {
  // A time-out of zero would mean none at all.
  return Math.max(1, Math.floor(deadlineAtMs - clock.monotonicMs()));
}
