/** Sends events to PagerDuty's Events API v2. */
import type { PagerdutySettings } from './settings.ts';
import type { SecretRead } from '../../../settings/secret.ts';
import type { AlertTarget, PostJson, SendOutcome } from '../../alert-target.ts';
import { classifyPostAnswer } from '../../alert-target.ts';
import { formatEvent } from './format-event.ts';

export interface PagerdutyDependencies {
  readonly post: PostJson;
  /** Read for each message: keys rotate. */
  readonly readRoutingKey: () => Promise<SecretRead>;
  readonly close: () => void;
}

const HOSTS = {
  us: 'https://events.pagerduty.com',
  eu: 'https://events.eu.pagerduty.com',
} as const;

const ROUTING_KEY = /^[A-Za-z0-9]{32}$/u;
const ACCEPTED = 202;

/** A target for one routing key. */
export function createPagerdutyTarget(
  settings: PagerdutySettings,
  { post, readRoutingKey, close }: PagerdutyDependencies,
): AlertTarget {
  const base = (settings.endpoint ?? HOSTS[settings.region]).replace(/\/$/u, '');
  return {
    ...settings,
    takesChanges: settings.changeEvents,
    send: async (message, signal) => {
      const read = await readRoutingKey();
      if (!read.ok) return unusable(read.reason);
      const routingKey = read.secret.trim();
      if (!ROUTING_KEY.test(routingKey)) {
        return unusable('The routing key is not made of 32 letters and digits');
      }
      // Keys of event rulesets accept no change events: they have no service timeline.
      if (message.kind === 'change' && routingKey.startsWith('R')) return { status: 'accepted' };
      const path = message.kind === 'change' ? '/v2/change/enqueue' : '/v2/enqueue';
      const request = {
        url: new URL(`${base}${path}`),
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: formatEvent(message, { ...settings, routingKey }),
        secrets: [routingKey],
      };
      return classifyPostAnswer(await post(request, signal), ACCEPTED);
    },
    close,
  };
}

/** Not a response, but a retry within seconds would not help: somebody must provide the key. */
function unusable(reason: string): SendOutcome {
  return { status: 'retry', reason, answered: true };
}
