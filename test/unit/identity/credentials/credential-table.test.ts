import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeTable,
  findCredential,
  hasKnown,
} from '../../../../src/identity/credentials/credential-table.ts';
import { formatTable, parseTable } from '../../../../src/identity/credentials/stored-table.ts';
import type {
  CredentialChange,
  CredentialTable,
  LearnedBy,
} from '../../../../src/identity/credentials/credential-table.ts';

const DAY_MS = 24 * 60 * 60_000;
const username = 'system:node:a';
const empty: CredentialTable = { createdMs: 0, identities: new Map() };

function print(number: number): string {
  return String(number).padStart(32, '0');
}

type Seen = Extract<CredentialChange, { what: 'seen' }>;

function seen(number: number, changes: Partial<Seen> = {}): Seen {
  const fingerprint = print(number);
  return {
    what: 'seen',
    username,
    fingerprint,
    kind: 'token',
    atMs: 1000,
    mayBeFirst: false,
    ...changes,
  };
}

function learned(number: number, learnedBy: LearnedBy): CredentialChange {
  const { kind, atMs, fingerprint } = seen(number);
  return { what: 'learned', username, fingerprint, kind, atMs, learnedBy };
}

function apply(changes: readonly CredentialChange[], nowMs = 1000): CredentialTable {
  return changes.reduce(
    (table, change) => changeTable(table, change, { identitiesMax: 100, nowMs }),
    empty,
  );
}

function standing(table: CredentialTable, number: number): string | undefined {
  const entry = findCredential(table, username, print(number));
  return entry === undefined ? undefined : (entry.learnedBy ?? 'unknown');
}

test('changeTable() learns the first credential of an identity and no second one', () => {
  const table = apply([seen(1, { mayBeFirst: true }), seen(2, { mayBeFirst: true })]);

  assert.equal(standing(table, 1), 'first');
  assert.equal(standing(table, 2), 'unknown');
  assert.equal(hasKnown(table, username), true);
});

test('changeTable() learns nothing where learning is closed', () => {
  const table = apply([seen(1)]);

  assert.equal(standing(table, 1), 'unknown');
  assert.equal(hasKnown(table, username), false);
});

test('changeTable() makes an unknown credential known, and keeps it so', () => {
  const table = apply([seen(1), learned(1, 'accepted'), seen(1)]);

  assert.equal(standing(table, 1), 'accepted');
});

test('changeTable() changes nothing for a credential that was just seen', () => {
  const table = apply([seen(1)]);

  assert.equal(
    changeTable(table, seen(1, { atMs: 2000 }), { identitiesMax: 1, nowMs: 2000 }),
    table,
  );
});

test('changeTable() keeps few unknown credentials, and all that are known', () => {
  const forged = Array.from({ length: 100 }, (_, index) => seen(index + 10));
  const table = apply([seen(1, { mayBeFirst: true }), ...forged]);

  assert.equal(table.identities.get(username)?.length, 5);
  assert.equal(standing(table, 1), 'first');
  assert.equal(standing(table, 109), 'unknown');
});

test('changeTable() forgets tokens after two days and certificates after more than a year', () => {
  const certificate = seen(2, { kind: 'certificate', mayBeFirst: true });
  const table = apply([certificate, learned(1, 'requested')]);
  const later = (days: number) =>
    changeTable(table, seen(3, { atMs: days * DAY_MS }), {
      identitiesMax: 9,
      nowMs: days * DAY_MS,
    });

  assert.equal(standing(later(3), 1), undefined);
  assert.equal(standing(later(399), 2), 'first');
  assert.equal(standing(later(402), 2), undefined);
});

test('changeTable() makes room by forgetting invented names first', () => {
  const bounds = { identitiesMax: 2, nowMs: 9000 };
  let table = apply([seen(1, { mayBeFirst: true })]);
  for (const name of ['b', 'c', 'd']) {
    const change = seen(1, { username: `system:node:${name}`, atMs: 9000 });
    table = changeTable(table, change, bounds);
  }

  assert.deepEqual([...table.identities.keys()], [username, 'system:node:d']);
});

test('changeTable() takes no name that the stored table could not hold', () => {
  const table = apply([seen(1, { username: `system:node:${'x'.repeat(1024)}` })]);

  assert.equal(table.identities.size, 0);
});

test('changeTable() stays within what a Secret holds, whatever names are invented', () => {
  const bounds = { identitiesMax: 5000, nowMs: 1000 };
  let table = apply([seen(1, { mayBeFirst: true })]);
  for (let count = 0; count < 3000; count += 1) {
    const name = `system:node:${String(count)}${(count % 2 === 0 ? 'x' : '\u0001').repeat(900)}`;
    table = changeTable(table, seen(2, { username: name }), bounds);
  }

  const text = formatTable(table);
  assert.ok(text.length < 1_000_000, String(text.length));
  assert.equal(standing(table, 1), 'first');
  assert.deepEqual(parseTable(text), table);
});

test('changeTable() doubts a token that was asked for, and nothing that was accepted', () => {
  const doubt: CredentialChange = { what: 'doubted', username, fingerprint: print(1) };

  assert.equal(standing(apply([learned(1, 'requested'), doubt]), 1), 'unknown');
  assert.equal(standing(apply([learned(1, 'accepted'), doubt]), 1), 'accepted');
  assert.equal(apply([doubt]), empty);
});

test('changeTable() learns none as the first where several were shown', () => {
  const table = apply([seen(1), seen(2), seen(2, { atMs: 9_000_000, mayBeFirst: true })]);

  assert.equal(standing(table, 2), 'unknown');
});

test('changeTable() forgets one credential, or all of an identity', () => {
  const table = apply([seen(1, { mayBeFirst: true }), seen(2)]);
  const bounds = { identitiesMax: 9, nowMs: 1000 };

  const one = changeTable(table, { what: 'forgotten', username, fingerprint: print(2) }, bounds);
  const all = changeTable(table, { what: 'forgotten', username }, bounds);

  assert.deepEqual(one.identities.get(username)?.length, 1);
  assert.equal(all.identities.size, 0);
});
