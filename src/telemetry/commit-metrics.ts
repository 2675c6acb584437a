/** The metrics of commits, and of the mirrors of their repositories. */
import type { MetricRow } from './metric-row.ts';

/** 10 ms to a minute: a fetch takes a round trip or two, a large history seconds. */
const FETCH_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** A part of the table. */
export const COMMIT_METRICS = {
  // Commits and the commit thread
  holdfast_commit_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that fetches and verifies commits runs: 1, else 0',
    labels: [],
  },
  holdfast_commit_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the commit thread after a fault',
    labels: [],
  },
  holdfast_commits_judged_total: {
    type: 'counter',
    help: 'Commits that were judged, by outcome (judged, unavailable, overflow)',
    labels: ['outcome'],
  },
  holdfast_commit_judgement_duration_seconds: {
    type: 'histogram',
    help: 'Time to fetch and verify one commit, and those since the last verified one',
    labels: [],
    buckets: FETCH_BUCKETS,
  },
  holdfast_commit_changes_total: {
    type: 'counter',
    help: 'Commits whose changed files and lines were counted, by outcome (judged, unavailable, overflow)',
    labels: ['outcome'],
  },
  holdfast_deployed_applications: {
    type: 'gauge',
    help: 'Applications whose verified commits are remembered',
    labels: [],
  },
  holdfast_deployed_commits_verified_total: {
    type: 'counter',
    help: 'Deployed commits that were verified again after the trust changed, by outcome (holds, lost, unavailable)',
    labels: ['outcome'],
  },
  holdfast_commit_verdicts: {
    type: 'gauge',
    help: 'Verdicts about commits that are kept',
    labels: [],
  },
  holdfast_commit_trust_reloads_total: {
    type: 'counter',
    help: 'Changed key files by outcome (loaded, failed)',
    labels: ['outcome'],
  },

  // Manifests of commits
  holdfast_manifests_compared_total: {
    type: 'counter',
    help: 'Objects that were compared with their commit, by status (equal, differs, absent, not-comparable, unavailable)',
    labels: ['status'],
  },
  holdfast_manifest_renderings_total: {
    type: 'counter',
    help: 'Sources of applications that were rendered, by outcome (judged, unavailable, overflow)',
    labels: ['outcome'],
  },
  holdfast_manifest_rendering_duration_seconds: {
    type: 'histogram',
    help: 'Time to fetch the files of a commit and to render a source from them',
    labels: [],
    buckets: FETCH_BUCKETS,
  },
  holdfast_manifest_cache_chars: {
    type: 'gauge',
    help: 'Characters of the manifests that are kept',
    labels: [],
  },

  // Mirrors of Git repositories
  holdfast_mirror_reads_total: {
    type: 'counter',
    help: 'Revisions that were read from Git repositories, by outcome (found, rejected, unavailable)',
    labels: ['outcome'],
  },
  holdfast_mirror_read_duration_seconds: {
    type: 'histogram',
    help: 'Time of one read of a revision, including the wait for its turn',
    labels: [],
    buckets: FETCH_BUCKETS,
  },
  holdfast_mirror_reads_running: {
    type: 'gauge',
    help: 'Reads of revisions that run now',
    labels: [],
  },
  holdfast_mirror_fetches_total: {
    type: 'counter',
    help: 'Runs of git fetch, by outcome (done, failed, timed-out, stopped, output-exceeded, not-started)',
    labels: ['outcome'],
  },
  holdfast_mirrors: {
    type: 'gauge',
    help: 'Mirrors of Git repositories on disk',
    labels: [],
  },
  holdfast_mirror_bytes: {
    type: 'gauge',
    help: 'Bytes of all mirrors on disk',
    labels: [],
  },
  holdfast_mirror_evictions_total: {
    type: 'counter',
    help: 'Mirrors that were removed to make room',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
