/** What the API server itself counts of a webhook: the other side's view of Holdfast. */
import type { Cluster } from './cluster-handle.ts';

export interface WebhookCounts {
  /** Requests that the webhook was asked about. */
  readonly asked: number;
  /** Requests that were not carried out because of it: refused, or not answered in time. */
  readonly rejected: number;
  /** Requests that were carried out although the webhook did not answer in time, as its failure policy is Ignore. */
  readonly failedOpen: number;
}

/** The sums over all operations of the named webhook, since the API server's start. */
export async function countWebhook(cluster: Cluster, name: string): Promise<WebhookCounts> {
  const { body } = await cluster.request('root', '/metrics');
  return parseWebhookCounts(body.message ?? '', name);
}

/** Sums up Prometheus' text. */
export function parseWebhookCounts(text: string, name: string): WebhookCounts {
  const lines = text.split('\n').filter((line) => line.includes(`name="${name}"`));
  const sum = (metric: string): number =>
    lines
      .filter((line) => line.startsWith(`${metric}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    asked: sum('apiserver_admission_webhook_request_total'),
    rejected: sum('apiserver_admission_webhook_rejection_count'),
    failedOpen: sum('apiserver_admission_webhook_fail_open_count'),
  };
}
