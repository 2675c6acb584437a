import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../../../support/simulated-time.ts';
import type { PostJson } from '../../../../../src/alerting/alert-target.ts';
import { createAlertmanagerTarget } from '../../../../../src/alerting/targets/alertmanager/alertmanager-target.ts';
import { alertsSchema } from '../../../../../src/alerting/settings.ts';
import { sampleMessage } from '../../../../support/alerts/incident-samples.ts';

test('Alertmanager hears of what fires and ends, and of nothing else', async () => {
  const url = 'https://am.example.com/base/';
  const [settings] = alertsSchema.parse({
    targets: [{ type: 'alertmanager', name: 'am', url }],
  }).targets;
  assert.ok(settings?.type === 'alertmanager');
  const posted: string[] = [];
  const post: PostJson = (request) => {
    posted.push(request.url.href);
    return Promise.resolve({
      status: 'answered',
      httpStatus: 200,
      retryAfterMs: undefined,
      text: '',
      excerpt: '',
    });
  };
  const target = createAlertmanagerTarget(settings, {
    post,
    clock: clockOf(() => 0),
    close: () => undefined,
  });
  const { signal } = new AbortController();
  for (const kind of ['trigger', 'acknowledge', 'change', 'resolve'] as const) {
    assert.deepEqual(await target.send(sampleMessage(1, { kind }), signal), { status: 'accepted' });
  }
  const to = 'https://am.example.com/base/api/v2/alerts';
  assert.deepEqual(posted, [to, to]);
  assert.deepEqual([target.takesChanges, target.repeatMs], [false, 60_000]);
});
