/** Judges the commit of one source: fetches it, verifies its signature, and decides by the rule. */
import type { Clock } from '../base/clock.ts';
import { parseObject, type GitCommit } from '../signature/git/parse-object.ts';
import {
  decideCommits,
  type CommitRange,
  type CommitVerdict,
  type ExaminedCommit,
} from '../signature/trust/decide-commit.ts';
import { identityOf } from '../signature/trust/match-signer.ts';
import type { CommitRule } from '../signature/trust/settings.ts';
import { verifyObject } from '../signature/verify-object.ts';
import type { CommitConclusion } from '../source/commits/commit-fact.ts';
import type { HistoryName, VerifiedHistory } from '../source/commits/verified-history.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { CredentialReading } from '../source/mirror/credential.ts';
import type { RemoteTip } from '../source/mirror/parse-ref-list.ts';
import { parseTrackedRef } from '../source/mirror/parse-tracked-ref.ts';
import type { RevisionReading, RevisionRequest } from '../source/mirror/read-revision.ts';
import { parseRepositoryUrl, type RepositoryUrl } from '../source/parse-repository-url.ts';
import type { CommitTrust } from './commit-trust.ts';
import { describeCommit } from './describe-commit.ts';
import {
  acceptHistory,
  checkHistory,
  rememberVerified,
  type GuardedRef,
  type HistoryGuardOptions,
} from './guard-history.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** A commit, and the rule that judges it. */
export interface CommitQuestion {
  /** The URL as the application has it. */
  readonly repository: string;
  /** What the application follows: a branch, a tag or `HEAD`. */
  readonly tracked: string;
  readonly objectId: string;
  readonly access: RepositoryAccess;
  readonly rule: CommitRule;
}

/** With `retryAfterMs`, the repository may say otherwise later. */
export type JudgedCommit = CommitConclusion & { readonly retryAfterMs?: number | undefined };

/** What a judgement needs of the process. */
export interface CommitJudgeOptions {
  readonly trust: CommitTrust;
  readonly readRevision: (request: RevisionRequest) => Promise<RevisionReading>;
  readonly findCredential: (
    repository: RepositoryUrl,
    access: RepositoryAccess,
  ) => Promise<CredentialReading>;
  /** Commits that were verified before: they end a range, and a branch must not lose them. */
  readonly history: VerifiedHistory;
  readonly readLineage: HistoryGuardOptions['readLineage'];
  readonly commitsMax: number;
  readonly clock: Clock;
}

/**
 * What a repository refuses may be different in a moment: a commit is pushed, or pushed back, a replica of the server catches up, a
 * folder is allowed. Only what the bytes of a commit say stays.
 */
const CHANGEABLE_RETRY_MS = 5000;
/** The API server did not answer, or somebody corrects a Secret. */
const CREDENTIAL_RETRY_MS = 10_000;
/** A clock that is wrong is put right, and time passes. */
const TIMED_CODES: ReadonlySet<string> = new Set(['future_signature', 'key_not_valid']);

interface Failed {
  readonly status: 'failed';
  readonly answer: JudgedCommit | NoVerdict;
}

interface ExaminedHead {
  readonly status: 'examined';
  readonly commit: GitCommit;
  readonly examined: ExaminedCommit;
  readonly containedIn: RemoteTip;
}

/** The deployed commit first. */
type Commits = CommitRange['commits'];

type Range = { readonly status: 'read'; readonly commits: Commits } | Failed;

/** Stateless but for the history that it is given. */
export class CommitJudge {
  readonly #options: CommitJudgeOptions;

  constructor(options: CommitJudgeOptions) {
    this.#options = options;
  }

  /** Never rejects for what a repository does; `unavailable` where nobody can tell. */
  async judge(question: CommitQuestion): Promise<JudgedCommit | NoVerdict> {
    const parsed = parseRepositoryUrl(question.repository);
    if (!parsed.ok) {
      const place = { repository: question.repository };
      return reject(question, place, { code: 'repository_refused', reason: parsed.reason });
    }
    const { repository } = parsed;
    const found = await this.#options.findCredential(repository, question.access);
    if (!found.ok) {
      return { status: 'unavailable', reason: found.reason, retryAfterMs: CREDENTIAL_RETRY_MS };
    }
    const { credential } = found;
    const judgement = new Judgement(this.#options, question, { repository, credential });
    return await judgement.run();
  }
}

interface Refusal {
  readonly code: string;
  readonly reason: string;
}

interface Place {
  /** In normal form. */
  readonly repository: string;
}

type Remote = Pick<RevisionRequest, 'repository' | 'credential'>;

/** One question, from the first fetch to the verdict. */
class Judgement {
  readonly #options: CommitJudgeOptions;
  readonly #question: CommitQuestion;
  readonly #remote: Remote;
  readonly #place: Place;

  constructor(options: CommitJudgeOptions, question: CommitQuestion, remote: Remote) {
    this.#options = options;
    this.#question = question;
    this.#remote = remote;
    this.#place = { repository: remote.repository.normal };
  }

  async run(): Promise<JudgedCommit | NoVerdict> {
    const { objectId } = this.#question;
    const head = await this.#examine(objectId);
    if (head.status === 'failed') return this.#explainLost(head.answer);
    const ref = this.#guardedRef(head.containedIn);
    const failed = await this.#guardHistory(ref);
    if (failed !== undefined) return failed.answer;
    const range = await this.#readRange(head);
    if (range.status === 'failed') return range.answer;
    const verdict = this.#decide(range.commits);
    if (verdict.status === 'verified') {
      this.#options.history.add(this.#rangeName(head.containedIn.name), objectId);
      await rememberVerified(objectId, ref, this.#options);
    }
    return this.#conclude(verdict, head.commit);
  }

  /** By the rule; `undefined` where the ref may be deployed. */
  async #guardHistory(ref: GuardedRef): Promise<Failed | undefined> {
    const { rule, objectId } = this.#question;
    if (rule.rewrittenHistory === 'accept') {
      await acceptHistory(ref, this.#options);
      return undefined;
    }
    const reading = await checkHistory(ref, this.#options);
    switch (reading.status) {
      case 'kept':
        return undefined;
      case 'unavailable':
        return { status: 'failed', answer: reading };
      case 'lost': {
        const { name, objectId: tip } = ref.tip;
        const reason = `The history of ${name} was rewritten: ${reading.objectId} was verified there, and the tip ${tip} does not contain it`;
        return this.#refusedForNow(objectId, { code: 'history_rewritten', reason });
      }
    }
  }

  /** A commit that was verified there and is gone tells more than one that never was there. */
  #explainLost(answer: JudgedCommit | NoVerdict): JudgedCommit | NoVerdict {
    const { objectId, tracked } = this.#question;
    if (answer.status !== 'rejected' || answer.code !== 'revision_unreachable') return answer;
    const parsed = parseTrackedRef(tracked);
    const names = parsed.ok && parsed.tracked.kind === 'names' ? parsed.tracked.names : [];
    const lostBy = names.find((name) => this.#options.history.has(this.#rangeName(name), objectId));
    if (lostBy === undefined) return answer;
    const reason = `The history of ${lostBy} was rewritten: ${objectId} was verified there, and is not part of it any more`;
    return { ...answer, code: 'history_rewritten', reason };
  }

  #decide(commits: Commits): CommitVerdict {
    const { trust, clock } = this.#options;
    const { rule } = this.#question;
    return decideCommits({ commits, rule, keyrings: trust.keyrings, nowMs: clock.wallMs() });
  }

  async #examine(objectId: string): Promise<ExaminedHead | Failed> {
    const { rule, tracked } = this.#question;
    const { readRevision, trust, clock } = this.#options;
    const reading = await readRevision({ ...this.#remote, objectId, tracked: [tracked] });
    if (reading.status === 'unavailable') return { status: 'failed', answer: reading };
    if (reading.status === 'rejected') return this.#refusedForNow(objectId, reading);
    if (reading.kind === 'tag') {
      const reason = 'The revision is an annotated tag: deploy the commit that it names';
      return this.#refused(objectId, { code: 'revision_absent', reason });
    }
    const algorithm = objectId.length === SHA256_DIGITS ? 'sha256' : 'sha1';
    const parsed = parseObject(reading.bytes, { kind: 'commit', algorithm });
    if (parsed.status === 'rejected') return this.#refused(objectId, parsed);
    const commit = parsed.value;
    if (commit.kind !== 'commit') {
      return this.#refused(objectId, { code: 'malformed_object', reason: 'It is no commit' });
    }
    const nowMs = clock.wallMs();
    const isMerge = commit.parents.length > 1;
    const asksForge = isMerge && rule.mergeCommits === 'forge';
    return {
      status: 'examined',
      commit,
      containedIn: reading.containedIn,
      examined: {
        oid: commit.id,
        isMerge,
        authorEmail: commit.author.email,
        committerEmail: commit.committer.email,
        committedAtMs: commit.committer.atMs,
        verification: await verifyObject(commit, trust.verifiersFor(rule), nowMs),
        ...(asksForge && {
          forgeVerification: await verifyObject(commit, trust.forgeVerifiersFor(rule), nowMs),
        }),
      },
    };
  }

  /**
   * Every commit between the deployed one and those that were verified before, through all parents of merges. Where nothing was
   * verified before there is no end to go back to: the newest commits speak for the history, until enough have signed.
   */
  async #readRange({ commit: head, examined, containedIn }: ExaminedHead): Promise<Range> {
    const { history, commitsMax } = this.#options;
    const name = this.#rangeName(containedIn.name);
    const commits: [ExaminedCommit, ...ExaminedCommit[]] = [examined];
    if (this.#question.rule.range === 'head') return { status: 'read', commits };
    const isFirst = history.isEmpty(name);
    const waiting = [...head.parents];
    const seen = new Set([head.id]);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (isFirst && !this.#lacksSigners(commits)) break;
      if (seen.has(next) || history.has(name, next)) continue;
      seen.add(next);
      if (commits.length > commitsMax) {
        const reason = `More than ${commitsMax} commits follow the last verified one`;
        const refusal = { code: 'limit_exceeded', reason };
        return { status: 'failed', answer: reject(this.#question, this.#place, refusal) };
      }
      const older = await this.#examine(next);
      if (older.status === 'failed') return older;
      commits.push(older.examined);
      waiting.push(...older.commit.parents);
    }
    return { status: 'read', commits };
  }

  #lacksSigners(commits: Commits): boolean {
    const verdict = this.#decide(commits);
    return verdict.status === 'rejected' && verdict.code === 'too_few_signers';
  }

  #conclude(verdict: CommitVerdict, commit: GitCommit): JudgedCommit | NoVerdict {
    const { rule } = this.#question;
    switch (verdict.status) {
      case 'unavailable':
        return verdict;
      case 'rejected': {
        const { code, reason, oid } = verdict;
        return {
          ...this.#place,
          status: 'rejected',
          rule: rule.name,
          range: rule.range,
          code,
          reason,
          objectId: oid,
          // Content of the deployed commit only: an older one of the range is named by its id.
          ...(oid === commit.id && { content: describeCommit(commit) }),
          ...(TIMED_CODES.has(code) && { retryAfterMs: CHANGEABLE_RETRY_MS }),
        };
      }
      case 'verified':
        return {
          ...this.#place,
          status: 'verified',
          rule: rule.name,
          content: describeCommit(commit),
          // No rule for commits accepts a signer of images.
          signers: verdict.signers.flatMap((signer) =>
            signer.scheme === 'cosign'
              ? []
              : [{ scheme: signer.scheme, identity: identityOf(signer) }],
          ),
        };
    }
  }

  #refused(objectId: string, refusal: Refusal): Failed {
    const answer = reject({ ...this.#question, objectId }, this.#place, refusal);
    return { status: 'failed', answer };
  }

  /** As the repository is now. */
  #refusedForNow(objectId: string, refusal: Refusal): Failed {
    const answer = reject({ ...this.#question, objectId }, this.#place, refusal);
    return { status: 'failed', answer: { ...answer, retryAfterMs: CHANGEABLE_RETRY_MS } };
  }

  #guardedRef(tip: RemoteTip): GuardedRef {
    return { name: this.#historyName(tip.name), tip, remote: this.#remote };
  }

  /** The commits of a range of versions or of any ref are one history, whichever ref they were found in. */
  #rangeName(ref: string): HistoryName {
    const { tracked } = this.#question;
    const parsed = parseTrackedRef(tracked);
    // `main` and `refs/heads/main` are one: another spelling must not begin the history anew.
    const isOneRef = parsed.ok && parsed.tracked.kind === 'names';
    return this.#historyName(isOneRef ? ref : tracked);
  }

  // Without the trust: a new key must not begin the history anew, as everything before the first commit is unseen.
  #historyName(ref: string): HistoryName {
    return { rule: this.#question.rule.name, repository: this.#place.repository, ref };
  }
}

const SHA256_DIGITS = 64;

function reject(
  { rule, objectId }: Pick<CommitQuestion, 'rule' | 'objectId'>,
  { repository }: Place,
  { code, reason }: Refusal,
): JudgedCommit {
  const { name, range } = rule;
  return { repository, status: 'rejected', rule: name, range, code, reason, objectId };
}
