import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveAlertPaths } from '../../../src/config/resolve-alert-paths.ts';
import { alertsSchema } from '../../../src/alerting/settings.ts';

test('resolveAlertPaths() resolves the files of targets, and nothing else', () => {
  const alerts = alertsSchema.parse({
    rules: [{ name: 'file', match: { apps: ['file'] } }],
    targets: [
      { type: 'pagerduty', name: 'file', routingKey: { file: 'keys/pd' }, tls: { caFile: 'ca' } },
      { type: 'pagerduty', name: 'plain', routingKey: { env: 'KEY' } },
    ],
  });

  const resolved = resolveAlertPaths(alerts, (path) => `/etc/holdfast/${path}`);

  const [first] = alerts.targets;
  assert.ok(first !== undefined);
  assert.deepEqual(resolved, {
    ...alerts,
    targets: [
      {
        ...first,
        routingKey: { file: '/etc/holdfast/keys/pd' },
        tls: { caFile: '/etc/holdfast/ca' },
      },
      alerts.targets[1],
    ],
  });
});
