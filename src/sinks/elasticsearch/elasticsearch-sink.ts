/** Writes records to Elasticsearch or OpenSearch with bulk requests. The record's hash is the document's id. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { classifyBulkAnswer } from './classify-bulk-answer.ts';
import { formatEcs } from './format-ecs.ts';
import { appendPath, createHttpTarget, type HttpTarget } from '../http/http-target.ts';
import type { ElasticsearchSinkSettings } from './settings.ts';

/** Nothing is sent before the first batch. */
export class ElasticsearchSink implements Sink {
  readonly name: string;
  readonly #index: string;
  readonly #target: HttpTarget;
  readonly #url: URL;

  constructor(
    settings: ElasticsearchSinkSettings,
    context: Pick<SinkContext, 'clock' | 'environment'>,
  ) {
    this.name = settings.name;
    this.#index = settings.index;
    this.#target = createHttpTarget(settings, context);
    this.#url = appendPath(settings.url, '/_bulk');
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const request = {
      url: this.#url,
      headers: { 'content-type': 'application/x-ndjson', accept: 'application/json' },
      body: formatBulk(entries, this.#index),
    };
    const heard = classifyAnswer(await this.#target.post(request, signal), entries);
    return heard.status === 'accepted' ? classifyBulkAnswer(heard.text, entries) : heard;
  }

  async close(): Promise<void> {
    this.#target.close();
  }
}

// `create` instead of `index`: a data stream accepts nothing else, and existing documents are never
// overwritten.
function formatBulk(entries: readonly JournalEntry[], index: string): string {
  return entries
    .map((entry) => {
      const action = JSON.stringify({ create: { _index: index, _id: entry.hash } });
      return `${action}\n${JSON.stringify(formatEcs(entry))}\n`;
    })
    .join('');
}
