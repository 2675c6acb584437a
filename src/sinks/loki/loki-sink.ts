/** Pushes records to Grafana Loki, as JSON lines. */
import type { Sink, SinkContext } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { formatLokiPush } from './format-loki-push.ts';
import { appendPath, createHttpTarget } from '../http/http-target.ts';
import type { LokiSinkSettings } from './settings.ts';

/** Nothing is sent yet. */
export function createLokiSink(
  settings: LokiSinkSettings,
  context: Pick<SinkContext, 'clock' | 'environment'>,
): Sink {
  const target = createHttpTarget(settings, context);
  const url = appendPath(settings.url, '/loki/api/v1/push');
  const headers = {
    'content-type': 'application/json',
    ...(settings.tenant === undefined ? {} : { 'x-scope-orgid': settings.tenant }),
  };
  return {
    name: settings.name,
    send: async (entries, signal) => {
      const body = formatLokiPush(entries, settings.labels);
      const heard = classifyAnswer(await target.post({ url, headers, body }, signal), entries);
      // Loki answers 204 without a body. It accepts the valid lines of a push that it answers with 400, and drops
      // duplicates: sending halves again duplicates nothing.
      return heard.status === 'accepted' ? { status: 'delivered' } : heard;
    },
    close: async () => {
      target.close();
    },
  };
}
