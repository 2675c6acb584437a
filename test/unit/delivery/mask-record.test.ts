import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { DROPPED, maskEntry, maskRecord } from '../../../src/delivery/mask-record.ts';
import { MASKABLE_FIELDS, type MaskedField } from '../../../src/delivery/settings.ts';
import { sampleEntry, sampleRecord } from '../../support/journal-entries.ts';

const record = sampleRecord(1, {
  grant: {
    id: 'g-1',
    subject: 'alice',
    reason: 'Checkout is down',
    ticket: 'INC-1',
    expires: '2026-01-05T09:00:00Z',
    approvers: ['bob'],
    use: 1,
    usesLeft: 1,
  },
});

function hashed(text: string): string {
  return `hmac-sha256:${createHmac('sha256', 'k').update(text).digest('hex')}`;
}

function drop(field: MaskedField): typeof record {
  return maskRecord(record, { drop: [field], hash: [], key: '' });
}

function hash(field: MaskedField): typeof record {
  return maskRecord(record, { drop: [], hash: [field], key: 'k' });
}

test('maskRecord() leaves a record alone where nothing is hidden', () => {
  assert.equal(maskRecord(record, { drop: [], hash: [], key: '' }), record);
});

test('maskRecord() drops each field and nothing else', () => {
  const { user, change, grant } = record;
  assert.ok(grant !== undefined && change !== undefined);

  assert.deepEqual(drop('user.username'), {
    ...record,
    user: { ...user, username: DROPPED },
    grant: { ...grant, subject: DROPPED },
  });
  assert.deepEqual(drop('user.uid'), { ...record, user: { ...user, uid: undefined } });
  assert.deepEqual(drop('user.groups'), { ...record, user: { ...user, groups: [] } });
  assert.deepEqual(drop('user.extra'), {
    ...record,
    user: { ...user, extra: { 'example.com/team': [] } },
  });
  assert.deepEqual(drop('message'), { ...record, message: DROPPED });
  assert.deepEqual(drop('change.values').change?.paths, [
    {
      path: 'spec.replicas',
      segments: ['spec', 'replicas'],
      kind: 'changed',
      from: undefined,
      to: undefined,
    },
  ]);
  assert.deepEqual(drop('grant').grant, {
    ...grant,
    subject: DROPPED,
    reason: DROPPED,
    ticket: DROPPED,
    approvers: [],
  });
});

test('maskRecord() replaces each field by its keyed hash', () => {
  assert.equal(hash('user.username').user.username, hashed('alice'));
  assert.equal(hash('user.uid').user.uid, hashed('u-1'));
  assert.deepEqual(hash('user.groups').user.groups, [hashed('developers')]);
  assert.deepEqual(hash('user.extra').user.extra, { 'example.com/team': [hashed('shop')] });
  assert.equal(hash('message').message, hashed(record.message));
  assert.equal(hash('change.values').change?.paths[0]?.to, hashed('5'));
  assert.equal(hash('grant').grant?.reason, hashed('Checkout is down'));
});

test('maskRecord() hides a name wherever a record repeats it, and nothing that only looks like it', () => {
  const named = sampleRecord(1, {
    user: { username: 'a.b', groups: [], extra: {} },
    message: 'a.b may not (a.b, "a.b"); a.b.c, xa.b, a-b and @a.b may. Ask a.b.',
    actor: {
      class: 'other',
      proof: { grade: 'none', sufficient: true, reason: 'The token of "a.b" is old' },
    },
  });

  const masked = maskRecord(named, { drop: ['user.username'], hash: [], key: '' });

  assert.equal(
    masked.message,
    '[masked] may not ([masked], "[masked]"); [masked].c, xa.b, a-b and @a.b may. Ask [masked].',
  );
  assert.equal(masked.actor?.proof.reason, 'The token of "[masked]" is old');
  const nameless = { ...named, user: { ...named.user, username: '' } };
  assert.equal(
    maskRecord(nameless, { drop: ['user.username'], hash: [], key: '' }).message,
    named.message,
  );
});

test('maskRecord() hides the message of a denial that was only warned of as it hides that of a denial', () => {
  const code = 'managed_object_changed';
  const unenforced = sampleRecord(1, {
    allowed: true,
    code: 'allowed',
    message: '',
    wouldDeny: { code, message: 'alice may not: 2 → 5' },
  });
  const wouldDeny = (masks: Parameters<typeof maskRecord>[1]) =>
    maskRecord(unenforced, masks).wouldDeny;

  assert.deepEqual(wouldDeny({ drop: ['message'], hash: [], key: '' }), {
    code,
    message: DROPPED,
  });
  assert.deepEqual(wouldDeny({ drop: [], hash: ['message'], key: 'k' }), {
    code,
    message: hashed('alice may not: 2 → 5'),
  });
  assert.deepEqual(wouldDeny({ drop: ['user.username'], hash: [], key: '' }), {
    code,
    message: `${DROPPED} may not: 2 → 5`,
  });
});

test('maskRecord() hides the names that a record of counted refusals lists', () => {
  const refusal = { operation: 'UPDATE', object: '/pods/shop/a', kind: 'Pod', count: 1 } as const;
  const counts = { part: 1, count: 1, first: record.time, last: record.time, requestUids: [] };
  const counted = sampleRecord(1, {
    folded: { by: 'code', ...counts, refusals: [{ ...refusal, username: 'carol' }], unlisted: 0 },
  });
  const masked = maskRecord(counted, { drop: [], hash: ['user.username'], key: 'k' });

  assert.deepEqual(masked.folded?.refusals, [{ ...refusal, username: hashed('carol') }]);
});

test('maskRecord() invents nothing where there is nothing to hide', () => {
  const bare = sampleRecord(1, {
    user: { username: 'alice', groups: [], extra: {} },
    change: undefined,
    grant: undefined,
  });

  const masked = maskRecord(bare, {
    drop: ['user.uid', 'change.values', 'grant'],
    hash: [],
    key: '',
  });

  assert.deepEqual(masked, { ...bare, user: { ...bare.user, uid: undefined } });
});

test('maskRecord() leaves out a side of a change that was not there', () => {
  const added = sampleRecord(1, {
    change: {
      semantic: true,
      paths: [{ path: 'a', segments: ['a'], kind: 'added', to: '1' }],
      protectedKeys: [],
      truncated: false,
    },
  });
  const removed = sampleRecord(1, {
    change: {
      semantic: true,
      paths: [{ path: 'a', segments: ['a'], kind: 'removed', from: '1' }],
      protectedKeys: [],
      truncated: false,
    },
  });
  const mask = { drop: [], hash: ['change.values'], key: 'k' } as const;

  assert.deepEqual(Object.keys(maskRecord(added, mask).change?.paths[0] ?? {}), [
    'path',
    'segments',
    'kind',
    'to',
  ]);
  assert.deepEqual(Object.keys(maskRecord(removed, mask).change?.paths[0] ?? {}), [
    'path',
    'segments',
    'kind',
    'from',
  ]);
});

for (const field of MASKABLE_FIELDS) {
  test(`maskRecord() knows the field ${field} of the configuration`, () => {
    assert.notDeepEqual(drop(field), record);
    assert.notDeepEqual(hash(field), drop(field));
  });
}

test('maskEntry() keeps the entry and its stored JSON where the mask changes nothing', () => {
  const entry = sampleEntry(1);

  assert.equal(
    maskEntry(entry, (same) => same),
    entry,
  );
});

test('maskEntry() formats anew what the mask has changed', () => {
  const entry = sampleEntry(1);
  const masked = { ...entry.record, message: DROPPED };

  assert.deepEqual(
    maskEntry(entry, () => masked),
    { sequence: 1, hash: entry.hash, record: masked, recordJson: JSON.stringify(masked) },
  );
});
