/** What the main thread and the commit thread tell each other. Each kind of question has an answer of the same kind. */
import type { Configuration } from '../config/schema.ts';
import type { KeptConclusion } from '../source/commits/verdict-file.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { ChangesReading } from '../source/mirror/read-changes.ts';
import type { Lineage } from '../source/promotion/promotion-judge.ts';
import type { RevisionHint } from '../source/revision-hint.ts';
import type { CommitQuestion, JudgedCommit } from './commit-judge.ts';
import type { JudgingOrder, JudgingResult } from './judging-supervisor.ts';
import type { ManifestAnswer, ManifestQuestion } from './commit-manifests.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** As plain data that a message can carry. */
export type CommitThreadConfiguration = Pick<
  Configuration,
  'commits' | 'mirrors' | 'kubernetes' | 'ownership'
>;

export interface CommitThreadStart {
  readonly configuration: CommitThreadConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A branch or tag of a repository. */
export interface TrackedRepository {
  /** The URL as the application has it. */
  readonly repository: string;
  readonly tracked: string;
  readonly access: RepositoryAccess;
}

/** A commit that was found in it before. */
export interface TrackedCommit extends TrackedRepository {
  readonly objectId: string;
}

export type CommitThreadQuestion =
  | {
      readonly kind: 'commit';
      /** Under which the verdict is kept; it begins with the hash of the trust that is asked for. */
      readonly key: string;
      readonly question: CommitQuestion;
    }
  /** What it changed. */
  | { readonly kind: 'changes'; readonly question: TrackedCommit }
  /** Whether it is in the history of one of others. */
  | {
      readonly kind: 'lineage';
      readonly question: TrackedCommit & { readonly descendants: readonly string[] };
    }
  /** What a verified commit declares. */
  | { readonly kind: 'manifests'; readonly question: ManifestQuestion }
  /** At which commit a branch is now. */
  | { readonly kind: 'tip'; readonly question: TrackedRepository }
  /** Which commit a hydrated one was rendered from. */
  | { readonly kind: 'dry'; readonly question: TrackedCommit };

export type CommitThreadAnswer =
  | { readonly kind: 'commit'; readonly answer: JudgedCommit | NoVerdict }
  | { readonly kind: 'manifests'; readonly answer: ManifestAnswer }
  | {
      readonly kind: 'tip';
      /** `several`: a range of versions, for example, has no one tip. */
      readonly answer:
        | { readonly status: 'found'; readonly objectId: string }
        | { readonly status: 'several' | 'absent' }
        | NoVerdict;
    }
  | { readonly kind: 'dry'; readonly answer: RevisionHint | undefined }
  | { readonly kind: 'changes'; readonly answer: ChangesReading | NoVerdict }
  | { readonly kind: 'lineage'; readonly answer: Lineage | NoVerdict }
  /** The thread ended, or does not run: asked again later, it answers. */
  | { readonly kind: 'unanswered'; readonly answer: NoVerdict };

export type CommitThreadOrder = JudgingOrder<CommitThreadQuestion>;

/** Kept verdicts are sent once. */
export type CommitThreadResult = JudgingResult<CommitThreadAnswer, readonly KeptConclusion[]>;
