/** Judges the commit of one source: fetches it, verifies its signature, and decides by the rule. */
import type { Clock } from '../base/clock.ts';
import { parseObject, type GitCommit } from '../signature/git/parse-object.ts';
import {
  decideCommits,
  type CommitVerdict,
  type ExaminedCommit,
} from '../signature/trust/decide-commit.ts';
import { identityOf } from '../signature/trust/match-signer.ts';
import type { CommitRule } from '../signature/trust/settings.ts';
import { verifyObject } from '../signature/verify-object.ts';
import type { CommitContent, CommitFact } from '../source/commits/commit-fact.ts';
import type { NoVerdict } from '../source/commits/commit-verdicts.ts';
import type { CredentialReading } from '../source/mirror/credential.ts';
import type { RevisionReading, RevisionRequest } from '../source/mirror/read-revision.ts';
import { parseRepositoryUrl, type RepositoryUrl } from '../source/parse-repository-url.ts';
import type { CommitTrust } from './commit-trust.ts';

/** Whose credentials may be used to fetch. */
export type RepositoryAccess =
  | { readonly tool: 'argocd'; readonly project: string }
  | { readonly tool: 'flux'; readonly namespace: string; readonly secretName?: string | undefined };

export interface CommitQuestion {
  /** The URL as the application has it. */
  readonly repository: string;
  readonly path: string;
  /** What the application follows: a branch, a tag or `HEAD`. */
  readonly tracked: string;
  readonly objectId: string;
  readonly access: RepositoryAccess;
  readonly rule: CommitRule;
}

/** With `retryAfterMs`, the repository may say otherwise later. */
export type JudgedCommit = CommitFact & { readonly retryAfterMs?: number | undefined };

export interface CommitJudgeOptions {
  readonly trust: CommitTrust;
  readonly readRevision: (request: RevisionRequest) => Promise<RevisionReading>;
  readonly findCredential: (
    repository: RepositoryUrl,
    access: RepositoryAccess,
  ) => Promise<CredentialReading>;
  /** Commits that were verified before, newest last, by `historyKey`; they end a range. */
  readonly history: VerifiedHistory;
  readonly commitsMax: number;
  readonly clock: Clock;
}

export interface VerifiedHistory {
  readonly has: (history: string, objectId: string) => boolean;
  /** Whether any commit of this history was verified before: the first one is judged alone. */
  readonly isEmpty: (history: string) => boolean;
  readonly add: (history: string, objectId: string) => void;
}

/** A commit may be pushed, or pushed back, at any moment: the answer is asked again after this. */
const CHANGEABLE_RETRY_MS = 30_000;
const CHANGEABLE: ReadonlySet<string> = new Set([
  'ref_absent',
  'revision_absent',
  'revision_unreachable',
  'history_rewritten',
]);
const CREDENTIAL_RETRY_MS = 10_000;

type Examined =
  | { readonly status: 'examined'; readonly commit: GitCommit; readonly examined: ExaminedCommit }
  | { readonly status: 'failed'; readonly answer: JudgedCommit | NoVerdict };

export class CommitJudge {
  readonly #options: CommitJudgeOptions;

  constructor(options: CommitJudgeOptions) {
    this.#options = options;
  }

  /** Never rejects for what a repository does; `unavailable` where nobody can tell. */
  async judge(question: CommitQuestion): Promise<JudgedCommit | NoVerdict> {
    const parsed = parseRepositoryUrl(question.repository);
    const place = { repository: question.repository, path: question.path };
    if (!parsed.ok) return reject(question, place, 'repository_refused', parsed.reason);
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

type Remote = Pick<RevisionRequest, 'repository' | 'credential'>;

/** One question, from the first fetch to the verdict. */
class Judgement {
  readonly #options: CommitJudgeOptions;
  readonly #question: CommitQuestion;
  readonly #remote: Remote;
  readonly #place: { readonly repository: string; readonly path: string };

  constructor(options: CommitJudgeOptions, question: CommitQuestion, remote: Remote) {
    this.#options = options;
    this.#question = question;
    this.#remote = remote;
    this.#place = { repository: remote.repository.normal, path: question.path };
  }

  async run(): Promise<JudgedCommit | NoVerdict> {
    const { rule, objectId } = this.#question;
    const { trust, clock, history } = this.#options;
    const head = await this.#examine(objectId);
    if (head.status === 'failed') return head.answer;
    const older = await this.#readRange(head.commit);
    if (!Array.isArray(older)) return older;
    const verdict = decideCommits({
      commits: [head.examined, ...older],
      rule,
      keyrings: trust.keyrings,
      nowMs: clock.wallMs(),
    });
    if (verdict.status === 'verified') history.add(this.#historyKey(), objectId);
    return this.#factOf(verdict, head.commit);
  }

  async #examine(objectId: string): Promise<Examined> {
    const { rule, tracked } = this.#question;
    const { readRevision, trust, clock } = this.#options;
    const reading = await readRevision({ ...this.#remote, objectId, tracked: [tracked] });
    if (reading.status === 'unavailable') return { status: 'failed', answer: reading };
    if (reading.status === 'rejected') return this.#refused(objectId, reading);
    if (reading.rewritten !== undefined && rule.rewrittenHistory === 'refuse') {
      const { ref, before, tip } = reading.rewritten;
      const reason = `The history of ${ref} was rewritten: it was at ${before} and is at ${tip}, which does not contain it`;
      return this.#refused(objectId, { code: 'history_rewritten', reason });
    }
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

  /** Every commit between the deployed one and those that were verified before, through all parents of merges. */
  async #readRange(head: GitCommit): Promise<ExaminedCommit[] | JudgedCommit | NoVerdict> {
    const { history, commitsMax } = this.#options;
    const key = this.#historyKey();
    // Nothing was verified before: there is no end to go back to, and the first commit speaks for its history.
    if (this.#question.rule.range === 'head' || history.isEmpty(key)) return [];
    const commits: ExaminedCommit[] = [];
    const waiting = [...head.parents];
    const seen = new Set([head.id]);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (seen.has(next) || history.has(key, next)) continue;
      seen.add(next);
      if (commits.length >= commitsMax) {
        const reason = `More than ${commitsMax} commits follow the last verified one`;
        return reject(this.#question, this.#place, 'limit_exceeded', reason);
      }
      const examined = await this.#examine(next);
      if (examined.status === 'failed') return examined.answer;
      commits.push(examined.examined);
      waiting.push(...examined.commit.parents);
    }
    return commits;
  }

  #factOf(verdict: CommitVerdict, commit: GitCommit): JudgedCommit | NoVerdict {
    const { rule } = this.#question;
    switch (verdict.status) {
      case 'unavailable':
        return verdict;
      case 'rejected': {
        const { code, reason, oid } = verdict;
        // Content of the deployed commit only: an older one of the range is named by its id.
        const content = oid === commit.id ? { content: contentOf(commit) } : {};
        return {
          ...this.#place,
          status: 'rejected',
          rule: rule.name,
          code,
          reason,
          objectId: oid,
          ...content,
        };
      }
      case 'verified':
        return {
          ...this.#place,
          status: 'verified',
          rule: rule.name,
          content: contentOf(commit),
          signers: verdict.signers.map((signer) => ({
            scheme: signer.scheme,
            identity: identityOf(signer),
          })),
        };
    }
  }

  #refused(
    objectId: string,
    { code, reason }: { readonly code: string; readonly reason: string },
  ): Examined {
    const answer = reject({ ...this.#question, objectId }, this.#place, code, reason);
    return {
      status: 'failed',
      answer: CHANGEABLE.has(code) ? { ...answer, retryAfterMs: CHANGEABLE_RETRY_MS } : answer,
    };
  }

  #historyKey(): string {
    const { trust } = this.#options;
    const { rule, tracked } = this.#question;
    return [trust.hash, rule.name, this.#place.repository, tracked].join('\u0000');
  }
}

const SHA256_DIGITS = 64;

function reject(
  { rule, objectId }: Pick<CommitQuestion, 'rule' | 'objectId'>,
  place: { readonly repository: string; readonly path: string },
  code: string,
  reason: string,
): JudgedCommit {
  return { ...place, status: 'rejected', rule: rule.name, code, reason, objectId };
}

function contentOf({ id, author, committer, parents, trailers }: GitCommit): CommitContent {
  return {
    objectId: id,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
    committedAt: new Date(committer.atMs).toISOString(),
    parents,
    signOffs: trailers
      .filter(({ key }) => key.toLowerCase() === 'signed-off-by')
      .map(({ value }) => value),
  };
}
