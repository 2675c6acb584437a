/** The metrics of images. */
import type { MetricRow } from './metric-row.ts';

/** 10 ms to a minute: a registry is asked three to twenty times for an image. */
const VERIFY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** A part of the table. */
export const IMAGE_METRICS = {
  holdfast_image_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that reads and verifies images runs: 1, else 0',
    labels: [],
  },
  holdfast_image_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the image thread after a fault',
    labels: [],
  },
  holdfast_images_judged_total: {
    type: 'counter',
    help: 'Images that were judged, by outcome (judged, unavailable, overflow)',
    labels: ['outcome'],
  },
  holdfast_image_judgement_duration_seconds: {
    type: 'histogram',
    help: 'Time to read one image and what lies beside it, and to verify that',
    labels: [],
    buckets: VERIFY_BUCKETS,
  },
  holdfast_image_verdicts: {
    type: 'gauge',
    help: 'Verdicts about images that are kept',
    labels: [],
  },
  holdfast_image_trust_reloads_total: {
    type: 'counter',
    help: 'Changed files of whom to trust for images, by outcome (loaded, failed)',
    labels: ['outcome'],
  },
  holdfast_image_trusted_root_refreshes_total: {
    type: 'counter',
    help: 'Refreshes of trusted roots from TUF repositories, by outcome (updated, unchanged, failed)',
    labels: ['root', 'outcome'],
  },
  holdfast_image_trusted_root_refreshed_timestamp_seconds: {
    type: 'gauge',
    help: 'When a trusted root from a TUF repository was last known to be the current one, in seconds since the epoch; none while it is not there yet',
    labels: ['root'],
  },
  holdfast_image_cloud_credentials_total: {
    type: 'counter',
    help: 'Credentials for registries that a cloud was asked for, by provider and outcome (given, failed)',
    labels: ['provider', 'outcome'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
