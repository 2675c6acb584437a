/** Runs the commit thread from the main thread, and asks it. */
import { extname } from 'node:path';
import type { KeptConclusion } from '../source/commits/verdict-file.ts';
import type {
  CommitThreadAnswer,
  CommitThreadConfiguration,
  CommitThreadQuestion,
  CommitThreadStart,
} from './commit-messages.ts';
import { JudgingSupervisor } from './judging-supervisor.ts';
import type { SupervisionDependencies } from './supervised-thread.ts';

export interface CommitSupervisorOptions {
  readonly configuration: CommitThreadConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Other keys count from now on. */
  readonly onTrust?: (() => void) | undefined;
  /** Called with verdicts of an earlier process. */
  readonly onKept: (verdicts: readonly KeptConclusion[]) => void;
  /** The script of the thread. @default commit-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./commit-thread${EXTENSION}`, import.meta.url);
/** Keyrings and ten thousand verdicts take 50 MB; a source of 8 MiB of YAML takes 250 while it is parsed. */
const HEAP_MB_MAX = 768;

export type CommitSupervisor = JudgingSupervisor<
  CommitThreadStart,
  CommitThreadQuestion,
  CommitThreadAnswer,
  readonly KeptConclusion[]
>;

/** The caller starts it. */
export function createCommitSupervisor(
  { configuration, environment, onKept, onTrust, entry = ENTRY }: CommitSupervisorOptions,
  dependencies: SupervisionDependencies,
): CommitSupervisor {
  const { commits, mirrors, kubernetes, ownership } = configuration;
  return new JudgingSupervisor<
    CommitThreadStart,
    CommitThreadQuestion,
    CommitThreadAnswer,
    readonly KeptConclusion[]
  >(
    {
      description: {
        name: 'commit',
        entry,
        heapMbMax: HEAP_MB_MAX,
        endedCode: 'commit_thread_ended',
        meanwhile: 'commits without a verdict are unavailable',
        runningMetric: 'holdfast_commit_thread_running',
        restartsMetric: 'holdfast_commit_thread_restarts_total',
      },
      start: {
        configuration: { commits, mirrors, kubernetes, ownership },
        environment: { ...environment },
      },
      environment,
      onTrust,
      onKept,
      unanswered: (answer) => ({ kind: 'unanswered', answer }),
    },
    dependencies,
  );
}
