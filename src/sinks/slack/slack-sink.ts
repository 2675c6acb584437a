/** Posts one message for a batch to an incoming webhook of Slack, Mattermost or Rocket.Chat. */
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { readSecret } from '../../settings/secret.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { classifyAnswer } from '../http/classify-answer.ts';
import { formatSlack } from './format-slack.ts';
import { createHttpTarget } from '../http/http-target.ts';
import { Pace } from '../pace.ts';
import type { SlackSinkSettings } from './settings.ts';

/** Nothing is sent yet. */
export function createSlackSink(
  settings: SlackSinkSettings,
  context: Pick<SinkContext, 'clock' | 'environment' | 'cluster'>,
): Sink {
  const target = createHttpTarget(settings, context);
  const pace = new Pace(settings.intervalMs, context.clock);
  return {
    name: settings.name,
    send: async (entries, signal) => {
      const read = await readSecret(settings.url, context.environment);
      if (!read.ok) return retry(read.reason);
      const address = httpTargetSchema.safeParse(read.secret);
      if (!address.success) return retry('The secret of "url" is no https URL');
      const url = new URL(address.data);
      if (!(await pace.wait(signal))) return retry('The pace of messages did not allow it in time');
      const text = formatSlack(entries, { cluster: context.cluster, linesMax: settings.linesMax });
      const request = {
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
        secrets: listSecrets(url),
      };
      const heard = classifyAnswer(await target.post(request, signal), entries);
      if (heard.status !== 'accepted') return heard;
      // The error page of a proxy is not a delivered message.
      return heard.text.trim() === 'ok'
        ? { status: 'delivered' }
        : retry('The target answered with something other than "ok"');
    },
    close: async () => {
      target.close();
    },
  };
}

// A target may repeat any part of our URL, which is secret.
function listSecrets({ href, pathname, search }: URL): readonly string[] {
  const parts = `${pathname}/${search}`.split(/[/?&=]/u).filter((part) => part.length > 3);
  return [href, `${pathname}${search}`, ...parts];
}

function retry(reason: string): SinkOutcome {
  return { status: 'retry', reason };
}
