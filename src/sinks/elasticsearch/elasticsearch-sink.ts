/** Writes records to Elasticsearch or OpenSearch with bulk requests. The record's hash is the document's id. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { classifyBulkAnswer } from './classify-bulk-answer.ts';
import { formatEcs } from './format-ecs.ts';
import { appendPath, createHttpTarget } from '../http/http-target.ts';
import type { ElasticsearchSinkSettings } from './settings.ts';

/** Nothing is sent yet. */
export function createElasticsearchSink(
  settings: ElasticsearchSinkSettings,
  context: Pick<SinkContext, 'clock' | 'environment'>,
): Sink {
  const target = createHttpTarget(settings, context);
  const url = appendPath(settings.url, '/_bulk');
  return {
    name: settings.name,
    send: async (entries, signal) => {
      const request = {
        url,
        headers: { 'content-type': 'application/x-ndjson', accept: 'application/json' },
        body: formatBulk(entries, settings.index),
      };
      const heard = classifyAnswer(await target.post(request, signal), entries);
      return heard.status === 'accepted' ? classifyBulkAnswer(heard.text, entries) : heard;
    },
    close: async () => {
      target.close();
    },
  };
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
