/** Exports records as OpenTelemetry logs, over OTLP/HTTP with JSON. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { Clock } from '../../base/clock.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { classifyOtlpAnswer } from './classify-otlp-answer.ts';
import { formatOtlp } from './format-otlp.ts';
import { appendPath, createHttpTarget, type HttpTarget } from '../http/http-target.ts';
import type { OtlpSinkSettings } from './settings.ts';

/** Nothing is sent before the first batch. */
export class OtlpSink implements Sink {
  readonly name: string;
  readonly #clock: Clock;
  readonly #target: HttpTarget;
  readonly #url: URL;

  constructor(settings: OtlpSinkSettings, context: Pick<SinkContext, 'clock' | 'environment'>) {
    this.name = settings.name;
    this.#clock = context.clock;
    this.#target = createHttpTarget(settings, context);
    this.#url = appendPath(settings.url, '/v1/logs');
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const request = {
      url: this.#url,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: formatOtlp(entries, this.#clock.wallMs()),
    };
    return classifyOtlpAnswer(await this.#target.post(request, signal), entries);
  }

  async close(): Promise<void> {
    this.#target.close();
  }
}
