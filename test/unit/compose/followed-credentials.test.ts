import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { FollowedCredentials } from '../../../src/compose/followed-credentials.ts';
import { credentialsSchema } from '../../../src/identity/credentials/settings.ts';
import { MemorySecrets } from '../../support/memory-secrets.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const scheduler = 'system:kube-scheduler';
const shown = { id: `X509SHA256=${'a'.repeat(64)}`, kind: 'certificate' } as const;

function follow(client: MemorySecrets): FollowedCredentials {
  const { metrics, logger } = recordTelemetry();
  return new FollowedCredentials({ client, clock: systemClock, metrics, logger });
}

test('FollowedCredentials has read the Secret before it answers, and writes what it learned at its end', async () => {
  const client = new MemorySecrets();
  const followed = follow(client);
  await followed.apply(credentialsSchema.parse({ syncMs: 300_000 }));

  followed.store.see(scheduler, shown);
  await followed.close();

  const next = follow(client);
  await next.apply(credentialsSchema.parse({ syncMs: 300_000 }));
  assert.equal(next.store.standingOf(scheduler, shown.id), 'known');
  await next.close();
});

test('FollowedCredentials goes on without its Secret, and asks for none where it is off', async () => {
  const client = new MemorySecrets();
  client.isAway = true;
  const followed = follow(client);

  await followed.apply(credentialsSchema.parse({ syncMs: 300_000 }));
  assert.equal(followed.store.standingOf(scheduler, shown.id), 'unavailable');
  await followed.apply(credentialsSchema.parse({ mode: 'off', syncMs: 300_000 }));
  client.isAway = false;
  await followed.close();

  assert.equal(client.stored.size, 0);
});
