/** The metrics of lineages: the versions of applications. */
import type { MetricRow } from './metric-row.ts';

/** A part of the table. */
export const LINEAGE_METRICS = {
  holdfast_lineage_applications: {
    type: 'gauge',
    help: 'Applications whose versions are known',
    labels: [],
  },
  holdfast_lineage_versions_total: {
    type: 'counter',
    help: 'Entries of lineages by what they say (deployed, rolled-back, verified)',
    labels: ['what'],
  },
  holdfast_lineage_freezes_total: {
    type: 'counter',
    help: 'Applications that were rolled back too often, and keep their version for a while',
    labels: [],
  },
  holdfast_lineage_statements_total: {
    type: 'counter',
    help: 'Statements of pipelines that were read, by outcome (verified, refused)',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
