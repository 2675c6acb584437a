/** Exports records as OpenTelemetry logs, over OTLP/HTTP with JSON. */
import type { Sink, SinkContext } from '../../delivery/sink.ts';
import { classifyOtlpAnswer } from './classify-otlp-answer.ts';
import { formatOtlp } from './format-otlp.ts';
import { appendPath, createHttpTarget } from '../http/http-target.ts';
import type { OtlpSinkSettings } from './settings.ts';

/** Nothing is sent yet. */
export function createOtlpSink(
  settings: OtlpSinkSettings,
  context: Pick<SinkContext, 'clock' | 'environment'>,
): Sink {
  const target = createHttpTarget(settings, context);
  const url = appendPath(settings.url, '/v1/logs');
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return {
    name: settings.name,
    send: async (entries, signal) => {
      const body = formatOtlp(entries, context.clock.wallMs());
      return classifyOtlpAnswer(await target.post({ url, headers, body }, signal), entries);
    },
    close: async () => {
      target.close();
    },
  };
}
