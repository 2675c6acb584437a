/** Sends alerts to Alertmanager, which routes, silences and groups by its own rules. */
import type { Clock } from '../../../base/clock.ts';
import type { AlertmanagerSettings } from './settings.ts';
import type { AlertTarget, PostJson } from '../../alert-target.ts';
import { classifyPostAnswer } from '../../alert-target.ts';
import { formatAlerts } from './format-alerts.ts';

export interface AlertmanagerDependencies {
  readonly post: PostJson;
  readonly clock: Clock;
  readonly close: () => void;
}

const ACCEPTED = 200;

/** A target for one Alertmanager. It has no acknowledgements and no change events. */
export function createAlertmanagerTarget(
  settings: AlertmanagerSettings,
  { post, clock, close }: AlertmanagerDependencies,
): AlertTarget {
  const url = new URL(`${settings.url.replace(/\/$/u, '')}/api/v2/alerts`);
  return {
    ...settings,
    takesChanges: false,
    send: async (message, signal) => {
      const { kind } = message;
      if (kind === 'acknowledge' || kind === 'change') return { status: 'accepted' };
      const body = formatAlerts(message, { ...settings, nowMs: clock.wallMs() });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      return classifyPostAnswer(await post({ url, headers, body }, signal), ACCEPTED);
    },
    close,
  };
}
