/** Whether the API server asks Holdfast at all, what happens when it is away, and whether there is time to answer. */
import type { RegisteredWebhook } from './registered-webhook.ts';
import type { Finding } from './finding.ts';

export interface RegistrationFacts {
  readonly webhooks: readonly RegisteredWebhook[];
  /** By the name of each webhook that a registration has. */
  readonly expected: readonly string[];
  /** Those that must refuse while Holdfast is away, in this profile. */
  readonly closed: readonly string[];
  /** Whether all is let through while Holdfast is away: a trial. */
  readonly isTrial: boolean;
  readonly requestDeadlineMs: number;
}

/** What helps where the registration has less than it should. */
export const REGISTER_AGAIN =
  'Register again: holdfast manifests --config FILE --ca-file FILE --diff shows what would change';
const MS_PER_SECOND = 1000;

/** Findings about each webhook that is missing, open or too slow; `ok` where there is none. */
export function classifyRegistration(facts: RegistrationFacts): readonly Finding[] {
  const { webhooks, expected } = facts;
  if (webhooks.length === 0) {
    return [
      {
        code: 'registration_absent',
        status: 'failed',
        message: 'No webhook of Holdfast is registered: the API server asks it about nothing',
        remedy:
          'holdfast manifests --config FILE --ca-file FILE | kubectl apply --server-side -f -',
      },
    ];
  }
  const names = new Set(webhooks.map(({ name }) => name));
  const findings = [
    ...expected.filter((name) => !names.has(name)).map(missing),
    ...webhooks.flatMap((webhook) => [...classifyWebhook(webhook, facts)]),
  ];
  if (findings.length > 0) return findings;
  return [
    {
      code: 'registration_present',
      status: 'ok',
      message: `${String(webhooks.length)} webhooks are registered, with time to answer`,
    },
  ];
}

function missing(name: string): Finding {
  return {
    code: 'webhook_absent',
    status: 'failed',
    message: `The webhook ${name} is not registered: what it guards is open`,
    remedy: REGISTER_AGAIN,
  };
}

function* classifyWebhook(
  { name, failurePolicy, timeoutSeconds }: RegisteredWebhook,
  { closed, isTrial, requestDeadlineMs }: RegistrationFacts,
): Iterable<Finding> {
  if (failurePolicy === 'Ignore' && closed.includes(name)) {
    yield {
      code: 'webhook_open',
      status: 'warning',
      message: `The webhook ${name} has failure policy Ignore: while Holdfast is away, everything passes there`,
      remedy: 'Register with the profile production where Holdfast is to protect',
    };
  }
  if (failurePolicy === 'Fail' && isTrial) {
    yield {
      code: 'webhook_closed',
      status: 'warning',
      message: `The webhook ${name} has failure policy Fail in a trial: while Holdfast is away, writes are refused there`,
      remedy: 'Register with the profile trial, or set registration.profile to production',
    };
  }
  // What is let through while Holdfast is away is let through after a short wait, too: that is its purpose.
  if (failurePolicy === 'Ignore' || timeoutSeconds * MS_PER_SECOND > requestDeadlineMs) return;
  yield {
    code: 'webhook_timeout_short',
    status: 'failed',
    message: `The API server waits ${String(timeoutSeconds)} s for ${name}, and a request may take ${String(requestDeadlineMs)} ms (limits.requestDeadlineMs)`,
    remedy: 'Lower limits.requestDeadlineMs below the time-out of the webhook',
  };
}
