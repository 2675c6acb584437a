import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { writeCredentialSecret } from '../../../../src/identity/credentials/credential-secret.ts';
import type {
  CredentialEntry,
  CredentialTable,
} from '../../../../src/identity/credentials/credential-table.ts';
import {
  chooseUnknown,
  editCredentials,
  planAcceptance,
  readCredentials,
  type CredentialEditorOptions,
} from '../../../../src/identity/credentials/edit-credentials.ts';
import { MemorySecrets } from '../../../support/memory-secrets.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const NOW_MS = 5000;
const username = 'system:kube-scheduler';
const seen = { kind: 'certificate', firstSeenMs: 1000, lastSeenMs: 2000 } as const;
const known: CredentialEntry = { fingerprint: 'a'.repeat(32), learnedBy: 'first', ...seen };
const renewed: CredentialEntry = { fingerprint: 'b'.repeat(32), ...seen };
const other: CredentialEntry = { fingerprint: 'c'.repeat(32), ...seen };
const acceptance = planAcceptance({ username }, renewed, NOW_MS);
const accepted = { ...renewed, lastSeenMs: NOW_MS, learnedBy: 'accepted' } as const;

function tableOf(...entries: readonly CredentialEntry[]): CredentialTable {
  return { createdMs: 0, identities: new Map([[username, entries]]) };
}

function optionsFor(client: CredentialEditorOptions['client']): CredentialEditorOptions {
  const clock = clockOf(() => NOW_MS);
  return { client, clock, namespace: 'holdfast-system', identitiesMax: 100, callMsMax: 1000 };
}

/** A cluster in which a table lies. */
async function storing(table: CredentialTable): Promise<MemorySecrets> {
  const secrets = new MemorySecrets();
  const written = await writeCredentialSecret(
    { client: secrets, namespace: 'holdfast-system', deadlineAtMs: monotonicMs(NOW_MS) },
    { key: Buffer.alloc(32, 1), table },
  );
  assert.deepEqual(written, { status: 'written' });
  return secrets;
}

/** The same cluster; something happens before each write. */
function interrupting(
  secrets: MemorySecrets,
  interrupt: (write: number) => Promise<void>,
): CredentialEditorOptions['client'] {
  const { server, read, watch, close } = secrets;
  let writes = 0;
  return {
    server,
    read,
    watch,
    close,
    write: async (path, options) => {
      writes += 1;
      await interrupt(writes);
      return await secrets.write(path, options);
    },
  };
}

describe('readCredentials()', () => {
  it('reads the table as it is stored', async () => {
    const table = tableOf(known, renewed);

    assert.deepEqual(await readCredentials(optionsFor(await storing(table))), table);
  });

  it('finds no table where no replica has made one', async () => {
    assert.equal(await readCredentials(optionsFor(new MemorySecrets())), undefined);
  });

  it('rejects where the Secret cannot be read', async () => {
    const secrets = await storing(tableOf(known));
    secrets.isAway = true;

    await assert.rejects(readCredentials(optionsFor(secrets)), { code: 'lookup_failed' });
  });
});

describe('chooseUnknown()', () => {
  it('chooses the only one that is unknown', () => {
    assert.deepEqual(chooseUnknown(tableOf(known, renewed), { username }), {
      ok: true,
      entry: renewed,
    });
  });

  it('chooses among several the one whose fingerprint begins as named', () => {
    assert.deepEqual(chooseUnknown(tableOf(renewed, other), { username, fingerprint: 'cc' }), {
      ok: true,
      entry: other,
    });
  });

  it('chooses none of several by itself, and names them', () => {
    assert.deepEqual(chooseUnknown(tableOf(known, renewed, other), { username }), {
      ok: false,
      reason: `"${username}" has shown several unknown ones: name one of bbbbbbbbbbbb, cccccccccccc`,
    });
  });

  it('chooses none that is known, named or not', () => {
    assert.deepEqual(
      [{ username }, { username, fingerprint: 'aa' }].map((choice) =>
        chooseUnknown(tableOf(known), choice),
      ),
      [
        { ok: false, reason: `"${username}" has shown no unknown credential` },
        { ok: false, reason: `"${username}" has shown no unknown "aa"` },
      ],
    );
  });

  it('chooses none of a stranger, and none where there is no table', () => {
    const nothing = { ok: false, reason: '"stranger" has shown no unknown credential' };

    assert.deepEqual(chooseUnknown(tableOf(renewed), { username: 'stranger' }), nothing);
    assert.deepEqual(chooseUnknown(undefined, { username: 'stranger' }), nothing);
  });
});

describe('editCredentials()', () => {
  it('makes an accepted credential known', async () => {
    const options = optionsFor(await storing(tableOf(known, renewed)));

    await editCredentials(options, acceptance);

    assert.deepEqual(await readCredentials(options), tableOf(known, accepted));
  });

  it('makes no table where no replica has made one', async () => {
    const secrets = new MemorySecrets();

    await editCredentials(optionsFor(secrets), acceptance);

    assert.equal(secrets.writes, 0);
  });

  it('loses neither its change nor that of somebody who writes meanwhile', async () => {
    const secrets = await storing(tableOf(known, renewed));
    const options = optionsFor(secrets);
    const client = interrupting(secrets, async (write) => {
      const { fingerprint } = known;
      if (write > 1) return;
      await editCredentials(options, { what: 'forgotten', username, fingerprint });
    });

    await editCredentials(optionsFor(client), acceptance);

    assert.deepEqual(await readCredentials(options), tableOf(accepted));
  });

  it('gives up after five attempts where somebody writes meanwhile each time', async () => {
    const secrets = await storing(tableOf(known, renewed));
    const options = optionsFor(secrets);
    const writes: number[] = [];
    const client = interrupting(secrets, async (write) => {
      writes.push(write);
      await editCredentials(options, { what: 'forgotten', username: 'stranger' });
    });

    await assert.rejects(editCredentials(optionsFor(client), acceptance), {
      code: 'lookup_failed',
    });

    assert.deepEqual(writes, [1, 2, 3, 4, 5]);
    assert.deepEqual(await readCredentials(options), tableOf(known, renewed));
  });

  it('rejects where the Secret cannot be read, and writes nothing', async () => {
    const secrets = await storing(tableOf(known, renewed));
    const { writes } = secrets;
    secrets.isAway = true;

    await assert.rejects(editCredentials(optionsFor(secrets), acceptance), {
      code: 'lookup_failed',
    });

    assert.equal(secrets.writes, writes);
  });

  it('rejects at once where the Secret cannot be written', async () => {
    const secrets = await storing(tableOf(known, renewed));
    const attempts: number[] = [];
    const client = interrupting(secrets, (write) => {
      attempts.push(write);
      secrets.isAway = true;
      return Promise.resolve();
    });

    await assert.rejects(editCredentials(optionsFor(client), acceptance), {
      code: 'lookup_failed',
    });

    assert.deepEqual(attempts, [1]);
  });
});
