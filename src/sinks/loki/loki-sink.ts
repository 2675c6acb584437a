/** Pushes records to Grafana Loki, as JSON lines. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { formatLokiPush } from './format-loki-push.ts';
import { appendPath, createHttpTarget, type HttpTarget } from '../http/http-target.ts';
import type { LokiSinkSettings } from './settings.ts';

/** Nothing is sent before the first batch. */
export class LokiSink implements Sink {
  readonly name: string;
  readonly #labels: LokiSinkSettings['labels'];
  readonly #target: HttpTarget;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(settings: LokiSinkSettings, context: Pick<SinkContext, 'clock' | 'environment'>) {
    const { name, url, tenant, labels } = settings;
    this.name = name;
    this.#labels = labels;
    this.#target = createHttpTarget(settings, context);
    this.#url = appendPath(url, '/loki/api/v1/push');
    this.#headers = {
      'content-type': 'application/json',
      ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
    };
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const body = formatLokiPush(entries, this.#labels);
    const request = { url: this.#url, headers: this.#headers, body };
    const heard = classifyAnswer(await this.#target.post(request, signal), entries);
    // Loki answers 204 without a body. It accepts the valid lines of a push that it answers with 400, and drops
    // duplicates: sending halves again duplicates nothing.
    return heard.status === 'accepted' ? { status: 'delivered' } : heard;
  }

  async close(): Promise<void> {
    this.#target.close();
  }
}
