/** Posts one message for a batch to an incoming webhook of Slack, Mattermost or Rocket.Chat. */
import type { JournalEntry } from '../../audit/journal.ts';
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { readSecret } from '../../settings/secret.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { formatSlack } from './format-slack.ts';
import { createHttpTarget, type HttpTarget } from '../http/http-target.ts';
import { Pace } from '../pace.ts';
import type { SlackSinkSettings } from './settings.ts';

/** Nothing is sent before the first batch. */
export class SlackSink implements Sink {
  readonly name: string;
  readonly #settings: SlackSinkSettings;
  readonly #context: Pick<SinkContext, 'environment' | 'cluster' | 'dashboardUrl'>;
  readonly #target: HttpTarget;
  readonly #pace: Pace;

  constructor(
    settings: SlackSinkSettings,
    context: Pick<SinkContext, 'clock' | 'environment' | 'cluster' | 'dashboardUrl'>,
  ) {
    this.name = settings.name;
    this.#settings = settings;
    this.#context = context;
    this.#target = createHttpTarget(settings, context);
    this.#pace = new Pace(settings.intervalMs, context.clock);
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const { url: reference, linesMax } = this.#settings;
    const { environment, cluster, dashboardUrl } = this.#context;
    const read = await readSecret(reference, environment);
    if (!read.ok) return retry(read.reason);
    const address = httpTargetSchema.safeParse(read.secret);
    if (!address.success) return retry('The secret of "url" is no https URL');
    const url = new URL(address.data);
    if (!(await this.#pace.wait(signal))) {
      return retry('The pace of messages did not allow it in time');
    }
    const request = {
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: formatSlack(entries, { cluster, linesMax, dashboardUrl }) }),
      secrets: listSecrets(url),
    };
    const heard = classifyAnswer(await this.#target.post(request, signal), entries);
    if (heard.status !== 'accepted') return heard;
    // The error page of a proxy is not a delivered message.
    return heard.text.trim() === 'ok'
      ? { status: 'delivered' }
      : retry('The target answered with something other than "ok"');
  }

  async close(): Promise<void> {
    this.#target.close();
  }
}

// A target may repeat any part of our URL, which is secret.
function listSecrets({ href, pathname, search }: URL): readonly string[] {
  const parts = `${pathname}/${search}`.split(/[/?&=]/u).filter((part) => part.length > 3);
  return [href, `${pathname}${search}`, ...parts];
}

function retry(reason: string): SinkOutcome {
  return { status: 'retry', reason };
}
