import assert from 'node:assert/strict';
import { it, beforeEach, describe } from 'node:test';
import fc from 'fast-check';
import {
  EntryQuota,
  ObjectTable,
  isNewerVersion,
  storeInBoth,
} from '../../../../src/kubernetes/watch/object-table.ts';

it('EntryQuota gives room until there is none, and again after some came back', () => {
  const quota = new EntryQuota(3);
  assert.equal(quota.reserve(2), true);
  assert.equal(quota.reserve(2), false);
  assert.equal(quota.used, 2);
  quota.release(1);
  assert.equal(quota.reserve(2), true);
  assert.equal(quota.used, 3);
});

const named = (name: string, version: string, namespace = 'shop') => ({
  metadata: { name, namespace, resourceVersion: version },
});

describe('ObjectTable', () => {
  let quota = new EntryQuota(3);
  let log: string[] = [];
  let table: ObjectTable<string>;
  beforeEach(() => {
    quota = new EntryQuota(3);
    log = [];
    table = new ObjectTable<string>({
      quota,
      reduce: ({ metadata }) =>
        metadata?.name === 'unwanted'
          ? undefined
          : `${metadata?.name ?? ''}@${metadata?.resourceVersion ?? ''}`,
      onAdded: (value) => log.push(`+${value}`),
      onRemoved: (value) => log.push(`-${value}`),
    });
  });

  it('keeps what it is told by namespace and name', () => {
    table.put(named('a', '1'));
    table.put(named('a', '2', 'other'));
    table.put({ metadata: { name: 'node', resourceVersion: '3' } });
    assert.equal(table.get('shop', 'a'), 'a@1');
    assert.equal(table.get('other', 'a'), 'a@2');
    assert.equal(table.get('', 'node'), 'node@3');
    assert.equal(table.get('shop', 'b'), undefined);
    assert.deepEqual([...table.inNamespace('shop')], ['a@1']);
    assert.deepEqual([...table.inNamespace('none')], []);
    assert.deepEqual([...table.all()], ['a@1', 'a@2', 'node@3']);
    assert.equal(table.size, 3);
  });

  it('does not go back to an older version, and takes the same one twice', () => {
    table.put(named('a', '10'));
    table.put(named('a', '9'));
    assert.equal(table.get('shop', 'a'), 'a@10');
    table.put(named('a', '10'));
    table.put(named('a', '11'));
    assert.equal(table.get('shop', 'a'), 'a@11');
    assert.equal(quota.used, 1);
  });

  it('does not lose a later object to the deletion of an earlier one', () => {
    table.put(named('a', '10'));
    table.remove(named('a', '9'));
    assert.equal(table.get('shop', 'a'), 'a@10');
    table.remove(named('a', '11'));
    table.remove(named('a', '11'));
    assert.equal(table.get('shop', 'a'), undefined);
    assert.equal(table.size, 0);
  });

  it('forgets at the end of a list what the list did not bring', () => {
    table.put(named('stays', '1'));
    table.put(named('newer', '9'));
    table.put(named('gone', '1', 'other'));
    table.beginList();
    table.put(named('stays', '1'));
    table.put(named('newer', '2'));
    assert.equal(table.size, 3);
    table.endList();
    assert.deepEqual([...table.all()], ['newer@9', 'stays@1']);
    assert.equal(quota.used, 2);
  });

  it('refuses what there is no room for, and gives all room back', () => {
    for (const name of ['a', 'b', 'c']) assert.equal(table.put(named(name, '1')), true);
    assert.equal(table.put(named('d', '1')), false);
    assert.equal(table.put(named('c', '2')), true);
    table.clear();
    assert.equal(table.size, 0);
    assert.equal(quota.used, 0);
  });

  it('forgets an object of which nothing is needed any more', () => {
    const picky = new ObjectTable<string>({
      quota,
      reduce: ({ metadata }) => metadata?.labels?.['keep'],
    });
    const labelled = (labels: Record<string, string>) => ({
      metadata: { name: 'a', resourceVersion: '1', labels },
    });
    assert.equal(picky.put(labelled({ keep: 'yes' })), true);
    assert.equal(picky.put(labelled({})), true);
    assert.equal(picky.size, 0);
    assert.equal(table.put(named('unwanted', '1')), true);
    assert.equal(table.size, 0);
  });

  it('weighs what it keeps', () => {
    const heavy = new ObjectTable<number>({ quota, reduce: () => 2, weigh: (value) => value });
    assert.equal(heavy.put(named('a', '1')), true);
    assert.equal(heavy.put(named('b', '1')), false);
    heavy.clear();
    assert.equal(quota.used, 0);
  });

  it('tells indexes of each change, a change being a removal and an addition', () => {
    table.put(named('a', '1'));
    table.put(named('a', '2'));
    table.remove(named('a', '3'));
    assert.deepEqual(log, ['+a@1', '-a@1', '+a@2', '-a@2']);
  });

  it('takes an object without metadata for one without a name', () => {
    table.put({});
    assert.equal(table.get('', ''), '@');
  });

  it('comes to the truth from any order of lists, repeated events and missed ones', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const change = fc.record({
      name,
      kind: fc.constantFrom('put', 'delete'),
      isMissed: fc.boolean(),
      isRepeated: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const truth = new Map<string, string>();
        const plain = new ObjectTable<string>({
          quota: new EntryQuota(3),
          reduce: ({ metadata }) => metadata?.resourceVersion,
        });
        let earlier: (() => void) | undefined;
        for (const [index, { name: changed, kind, isMissed, isRepeated }] of changes.entries()) {
          const version = String(index + 1);
          if (kind === 'put') truth.set(changed, version);
          else truth.delete(changed);
          const tell = (): void => {
            if (kind === 'put') plain.put(named(changed, version));
            else plain.remove(named(changed, version));
          };
          if (!isMissed) tell();
          // Around a reconnection, what was told last is told again.
          if (isRepeated) earlier?.();
          earlier = kind === 'put' ? tell : undefined;
        }
        plain.beginList();
        for (const [listed, version] of truth) plain.put(named(listed, version));
        plain.endList();
        assert.deepEqual([...plain.all()].toSorted(), [...truth.values()].toSorted());
      }),
    );
  });
});

it('isNewerVersion compares numbers of any length, and nothing else', () => {
  assert.equal(isNewerVersion('10', '9'), true);
  assert.equal(isNewerVersion('9', '10'), false);
  assert.equal(isNewerVersion('12', '11'), true);
  assert.equal(isNewerVersion('11', '11'), false);
  assert.equal(isNewerVersion('90071992547409931', '90071992547409930'), true);
  for (const odd of ['', 'b', '0', '-1', '1.5']) {
    assert.equal(isNewerVersion(odd, '1'), false);
    assert.equal(isNewerVersion('9', odd), false);
  }
});

it('storeInBoth() fills two stores, and has room where the second has', () => {
  const tables = [1, 2].map(
    () =>
      new ObjectTable<string>({
        quota: new EntryQuota(1),
        reduce: ({ metadata }) => metadata?.name ?? '',
      }),
  );
  const [first, second] = tables;
  assert.ok(first && second);
  const both = storeInBoth(first, second);
  const shown = () => tables.map((table) => [...table.all()].join());

  both.beginList();
  assert.equal(both.put(named('a', '1')), true);
  both.endList();
  assert.deepEqual(shown(), ['a', 'a']);
  assert.equal(both.put(named('b', '1')), false);
  both.remove(named('a', '2'));
  assert.deepEqual(shown(), ['', '']);
  both.put(named('c', '3'));
  both.beginList();
  both.endList();
  assert.deepEqual(shown(), ['', '']);
  both.put(named('d', '4'));
  both.clear();
  assert.deepEqual(shown(), ['', '']);
});
