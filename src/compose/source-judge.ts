/**
 * From the sources of an application to what policies read of their commits. Which revision is applied is a claim of the
 * application's status, that is of whoever may write it: the repository and the signature have to bear it out.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { SECOND } from '../settings/limit.ts';
import { matchRule } from '../signature/trust/match-rule.ts';
import type { CommitRule } from '../signature/trust/settings.ts';
import type { CommitFact } from '../source/commits/commit-fact.ts';
import type { VerdictKey } from '../source/commits/verdict-key.ts';
import type { VerdictCache, NoVerdict } from '../verdict/verdict-cache.ts';
import { parseRepositoryUrl } from '../source/parse-repository-url.ts';
import type { NoCommitReason } from '../source/revision-hint.ts';
import { planWait } from '../verdict/plan-wait.ts';
import type { CommitQuestion, JudgedCommit } from './commit-judge.ts';
import type { CommitSupervisor } from './commit-supervisor.ts';
import type { OwnedSource } from './describe-application.ts';
import { formatAccessScope } from './repository-access.ts';
import type {
  ChosenRevision,
  CommitSource,
  NamedApplication,
  RevisionChooser,
} from './revision-chooser.ts';

/** A question with everything that its answer depends on. */
export type CommitKey = VerdictKey & { readonly question: CommitQuestion };

export interface SourceJudgeOptions {
  readonly rules: readonly CommitRule[];
  /** How long a request waits for commits without a verdict. */
  readonly waitMs: number;
  readonly chooser: RevisionChooser;
  readonly verdicts: VerdictCache<CommitKey, JudgedCommit>;
  readonly supervisor: Pick<CommitSupervisor, 'trustHash'>;
  readonly clock: Clock;
}

/** Keys that change again and again are somebody's fault, and nobody's verdict. */
const TRUST_ATTEMPTS_MAX = 3;

const NO_COMMIT: Readonly<Record<NoCommitReason, string>> = {
  'helm-repository': 'Its source is a chart of a Helm repository, which has no commit',
  oci: 'Its source is an OCI artifact, which has no commit',
  bucket: 'Its source is a bucket, which has no commit',
  composed: 'Its source is composed of several (ExternalArtifact), so that no one commit has it',
};

/** One for each configuration. */
export class SourceJudge {
  readonly #options: SourceJudgeOptions;
  /** By the repository as applications write it: parsed once. Bounded by the applications that are there. */
  readonly #places = new Map<string, Place>();

  constructor(options: SourceJudgeOptions) {
    this.#options = options;
  }

  /** One fact for each source, in their order. Never rejects. */
  async judge(
    application: NamedApplication,
    deadlineAtMs: MonotonicMs,
  ): Promise<readonly CommitFact[]> {
    const { clock, waitMs, chooser } = this.#options;
    const endAtMs = planWait(deadlineAtMs, { nowMs: clock.monotonicMs(), waitMs });
    const sources = await chooser.pairHydrated(application, endAtMs);
    return await Promise.all(
      sources.map((owned) =>
        this.#judgeSource(owned, endAtMs, () => this.#choose(owned, application, endAtMs)),
      ),
    );
  }

  /** Begins to judge what the application applies now, or will apply next; nobody waits for it. */
  prepare({ sources }: Pick<NamedApplication, 'sources'>): void {
    const trustHash = this.#options.supervisor.trustHash();
    if (trustHash === undefined) return;
    for (const owned of sources) {
      if (!isCommitSource(owned)) continue;
      const { repository, rule } = this.#placeOf(owned);
      if (rule === undefined) continue;
      for (const { claimedObjectId: objectId } of owned.source.hints) {
        const key = keyOf(owned, { repository, rule, objectId, trustHash });
        this.#options.verdicts.prepare(key);
      }
    }
  }

  async #choose(
    owned: OwnedSource,
    application: NamedApplication,
    endAtMs: MonotonicMs,
  ): Promise<ChosenRevision> {
    if (!isCommitSource(owned)) return undefined;
    return await this.#options.chooser.choose(owned, application, endAtMs);
  }

  /** One commit of a source, whatever the application applies now. Never rejects. */
  async judgeCommit(
    owned: OwnedSource,
    objectId: string,
    endAtMs: MonotonicMs,
  ): Promise<CommitFact> {
    return await this.#judgeSource(owned, endAtMs, () => Promise.resolve(objectId));
  }

  async #judgeSource(
    owned: OwnedSource,
    endAtMs: MonotonicMs,
    chooseCommit: () => Promise<ChosenRevision>,
  ): Promise<CommitFact> {
    if (!isCommitSource(owned)) {
      const { repository, kind } = owned.source;
      const reason = kind === 'no-commit' ? NO_COMMIT[owned.source.reason] : '';
      return { status: 'unjudged', repository, path: '', reason };
    }
    const { path } = owned.source;
    const { repository, rule, refused } = this.#placeOf(owned);
    if (refused !== undefined) {
      const code = 'repository_refused';
      return { status: 'rejected', repository, path, code, reason: refused, objectId: '' };
    }
    if (rule === undefined) {
      const reason = `No rule of commits.rules names ${repository} with the path "${path}"`;
      return { status: 'unjudged', repository, path, reason };
    }
    const objectId = await chooseCommit();
    const answer =
      typeof objectId === 'string'
        ? await this.#read(owned, { repository, rule, objectId }, endAtMs)
        : unknownRevision(objectId);
    if (answer.status === 'unavailable') {
      const { name, unavailable: mode } = rule;
      return { status: 'unavailable', repository, path, rule: name, reason: answer.reason, mode };
    }
    const { retryAfterMs: _retryAfterMs, ...conclusion } = answer;
    return { ...conclusion, path };
  }

  async #read(
    owned: CommitSource,
    asked: Omit<Asked, 'trustHash'>,
    endAtMs: MonotonicMs,
  ): Promise<JudgedCommit | NoVerdict> {
    const { supervisor, verdicts } = this.#options;
    let answer: JudgedCommit | NoVerdict = NO_TRUST;
    for (let attempt = 0; attempt < TRUST_ATTEMPTS_MAX; attempt += 1) {
      const trustHash = supervisor.trustHash();
      if (trustHash === undefined) return NO_TRUST;
      answer = await verdicts.read(keyOf(owned, { ...asked, trustHash }), endAtMs);
      // Else a key file was changed meanwhile, and the answer is by the keys before.
      if (supervisor.trustHash() === trustHash) return answer;
    }
    return answer;
  }

  /** A strange spelling of a repository evades no rule: it is refused. */
  #placeOf({ source: { repository: text, path } }: CommitSource): Place {
    const name = JSON.stringify([text, path]);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const parsed = parseRepositoryUrl(text);
    const repository = parsed.ok ? parsed.repository.normal : '';
    const place: Place = parsed.ok
      ? { repository, rule: matchRule({ repository, path }, this.#options.rules) }
      : { repository, refused: parsed.reason };
    if (this.#places.size >= PLACES_MAX) this.#places.clear();
    this.#places.set(name, place);
    return place;
  }
}

/** Repositories and paths of a large cluster; more are parsed again. */
const PLACES_MAX = 10_000;

interface Place {
  /** In normal form. */
  readonly repository: string;
  readonly rule?: CommitRule | undefined;
  /** Why it is no repository. */
  readonly refused?: string | undefined;
}

interface Asked {
  readonly repository: string;
  readonly rule: CommitRule;
  readonly objectId: string;
  readonly trustHash: string;
}

function isCommitSource(owned: OwnedSource): owned is CommitSource {
  return owned.source.kind === 'commit';
}

function keyOf(
  { source, access }: CommitSource,
  { repository, rule, objectId, trustHash }: Asked,
): CommitKey {
  const { tracked } = source;
  return {
    repository,
    rule: rule.name,
    tracked,
    objectId,
    scope: formatAccessScope(access),
    trustHash,
    question: { repository: source.repository, tracked, objectId, access, rule },
  };
}

function unknownRevision(chosen: Exclude<ChosenRevision, string>): NoVerdict {
  return chosen ?? NO_CLAIM;
}

const NO_CLAIM: NoVerdict = {
  status: 'unavailable',
  reason: 'The status of its application names no commit',
  retryAfterMs: 0,
};

const NO_TRUST: NoVerdict = {
  status: 'unavailable',
  reason: 'The commit thread has not started yet, or cannot start: see the log',
  retryAfterMs: SECOND,
};
