/** The metrics of `holdfast gatekeeper`, a process of its own. */
import type { MetricRow } from './metric-row.ts';

/** Rows of the table of metrics. */
export const GATEKEEPER_METRICS = {
  holdfast_gatekeeper_leader: {
    type: 'gauge',
    help: 'Whether this replica publishes the policies of templates and constraints: 1, else 0',
    labels: [],
  },
  holdfast_gatekeeper_in_step: {
    type: 'gauge',
    help: 'Whether the published bundle is what the templates and constraints of the cluster say, as far as they can be judged by: 1, else 0; of the replica that leads',
    labels: [],
  },
  holdfast_gatekeeper_checked_timestamp_seconds: {
    type: 'gauge',
    help: 'When the published bundle was last seen to be in step',
    labels: [],
  },
  holdfast_gatekeeper_objects: {
    type: 'gauge',
    help: 'Templates, constraints and their settings by standing (written: judged by as they are; last_good: by an earlier form; refused: not judged by)',
    labels: ['standing'],
  },
  holdfast_gatekeeper_bundles_total: {
    type: 'counter',
    help: 'Bundles by outcome (published; held: a policy would be dropped that Git declares; failed)',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
