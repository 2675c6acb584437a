/** Posts records to an HTTP service as CloudEvents 1.0: one event per request, or a batch. */
import { createHmac } from 'node:crypto';
import type { WallMs } from '../../base/clock.ts';
import { readSecret } from '../../settings/secret.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import type { Accepted } from '../http/classify-answer.ts';
import { classifyWebhookAnswer } from './classify-webhook-answer.ts';
import { formatCloudEvent } from './format-cloud-event.ts';
import { createHttpTarget, type HttpTarget } from '../http/http-target.ts';
import { WebhookHandshake } from './webhook-handshake.ts';
import type { WebhookSinkSettings } from './settings.ts';

type WebhookContext = Pick<SinkContext, 'clock' | 'environment'>;

const CONTENT_TYPES = {
  structured: 'application/cloudevents+json; charset=utf-8',
  batch: 'application/cloudevents-batch+json; charset=utf-8',
} as const;

/** Nothing is sent before the first batch. */
export class WebhookSink implements Sink {
  readonly name: string;
  readonly #settings: WebhookSinkSettings;
  readonly #context: WebhookContext;
  readonly #target: HttpTarget;
  readonly #url: URL;
  readonly #handshake: WebhookHandshake;
  /** Of the batch that is sent one by one: the entries that need not be sent again. */
  readonly #accepted = new Set<string>();

  constructor(settings: WebhookSinkSettings, context: WebhookContext) {
    this.name = settings.name;
    this.#settings = settings;
    this.#context = context;
    this.#target = createHttpTarget(settings, context);
    this.#url = new URL(settings.url);
    this.#handshake = new WebhookHandshake({
      url: this.#url,
      origin: settings.handshakeOrigin,
      target: this.#target,
      clock: context.clock,
    });
  }

  send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    return this.#settings.mode === 'batch'
      ? this.#sendBatch(entries, signal)
      : this.#sendEach(entries, signal);
  }

  async close(): Promise<void> {
    this.#target.close();
  }

  async #sendBatch(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const body = `[${entries.map(formatCloudEvent).join(',')}]`;
    const heard = await this.#post(entries, body, signal);
    return heard.status === 'accepted' ? { status: 'delivered' } : heard;
  }

  /** In order: the first failure ends the batch; a rejected entry is set aside, and the next one is sent. */
  async #sendEach(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const refused: number[] = [];
    let reason = '';
    for (const entry of entries) {
      if (this.#accepted.has(entry.hash)) continue;
      const heard = await this.#post([entry], formatCloudEvent(entry), signal);
      if (heard.status === 'retry' || heard.status === 'stopped') return heard;
      if (heard.status === 'accepted') this.#accepted.add(entry.hash);
      else {
        refused.push(entry.sequence);
        if ('reason' in heard) ({ reason } = heard);
      }
    }
    this.#accepted.clear();
    if (refused.length === 0) return { status: 'delivered' };
    return { status: 'refused', sequences: refused, reason };
  }

  async #post(
    entries: readonly JournalEntry[],
    body: string,
    signal: AbortSignal,
  ): Promise<Accepted | SinkOutcome> {
    const { mode } = this.#settings;
    const refusal = await this.#handshake.enter(signal);
    if (refusal !== undefined) return refusal;
    const signature = await this.#sign(body);
    if (!signature.ok) return { status: 'retry', reason: signature.reason };
    const answer = await this.#target.post(
      {
        url: this.#url,
        headers: { 'content-type': CONTENT_TYPES[mode], ...signature.headers },
        body,
        leavesExcess: true,
      },
      signal,
    );
    return classifyWebhookAnswer(answer, entries, mode);
  }

  async #sign(body: string): Promise<Signature> {
    const { signingKey } = this.#settings;
    if (signingKey === undefined) return { ok: true, headers: {} };
    const { environment, clock } = this.#context;
    const read = await readSecret(signingKey, environment);
    if (!read.ok) return read;
    const signature = formatSignature(body, read.secret, clock.wallMs());
    return { ok: true, headers: { 'holdfast-signature': signature } };
  }
}

type Signature =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string };

const MS_PER_SECOND = 1000;

/**
 * The value of the header Holdfast-Signature: `t=<seconds since the epoch>,v1=<HMAC-SHA256 in hexadecimal>` over
 * `<seconds>.<body>`. The time is signed too, which prevents replay of an intercepted request.
 */
export function formatSignature(body: string, key: string, nowMs: WallMs): string {
  const seconds = Math.floor(nowMs / MS_PER_SECOND);
  const hash = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hash}`;
}
