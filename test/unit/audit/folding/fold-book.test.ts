import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { FoldBook, type FoldBookLimits } from '../../../../src/audit/folding/fold-book.ts';
import { isWindowOver, planWindowEnd } from '../../../../src/audit/folding/plan-fold.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

const LIMITS: FoldBookLimits = {
  windowMs: 1000,
  sameWholeMax: 2,
  actorWholeMax: 5,
  listedMax: 3,
  openMax: 4,
  actorsMax: 3,
};

let number = 0;

function refuse(username: string, name: string, code = 'managed_object_changed'): AuditRecord {
  number += 1;
  const { user, object } = sampleRecord();
  return sampleRecord(number, {
    code,
    user: { ...user, username },
    object: { ...object, name },
  });
}

interface Tried {
  readonly whole: number;
  readonly opened: number;
  readonly joined: number;
  readonly overflows: number;
}

/** Enters refusals at one moment. */
function enterAll(book: FoldBook, records: readonly AuditRecord[], atMs = 0): Tried {
  const entered = records.map((record) => book.enter(record, monotonicMs(atMs)));
  const count = (place: string): number => entered.filter((one) => one.place === place).length;
  const overflows = entered.filter((one) => one.place === 'whole' && one.overflow !== undefined);
  return {
    whole: count('whole'),
    opened: count('open'),
    joined: count('join'),
    overflows: overflows.length,
  };
}

function times(count: number, make: (index: number) => AuditRecord): readonly AuditRecord[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('FoldBook', () => {
  it('folds the same request after so many', () => {
    const book = new FoldBook(LIMITS);

    assert.deepEqual(
      enterAll(
        book,
        times(10, () => refuse('alice', 'a')),
      ),
      {
        whole: 2,
        opened: 1,
        joined: 7,
        overflows: 0,
      },
    );
    assert.deepEqual(
      book.folds.map(({ by, count }) => ({ by, count })),
      [{ by: 'request', count: 7 }],
    );
  });

  it('folds different requests of an actor when the budget is used up, and no one else’s', () => {
    const book = new FoldBook(LIMITS);

    assert.deepEqual(
      enterAll(
        book,
        times(10, (index) => refuse('alice', `a-${index}`)),
      ),
      {
        whole: 5,
        opened: 1,
        joined: 4,
        overflows: 0,
      },
    );
    assert.equal(book.enter(refuse('bob', 'a-1'), monotonicMs(0)).place, 'whole');
  });

  it('opens another fold for another code of an actor over the budget', () => {
    const book = new FoldBook(LIMITS);
    enterAll(
      book,
      times(6, (index) => refuse('alice', `a-${index}`)),
    );

    assert.equal(book.enter(refuse('alice', 'a', 'other'), monotonicMs(0)).place, 'open');
    assert.equal(book.folds.length, 2);
  });

  it('records whole what finds no room: folds and actors are limited', () => {
    const book = new FoldBook({ ...LIMITS, openMax: 1 });

    assert.deepEqual(
      enterAll(
        book,
        times(10, (index) => refuse('alice', 'a', `c-${index}`)),
      ),
      {
        whole: 9,
        opened: 1,
        joined: 0,
        overflows: 4,
      },
    );
    const { overflows } = enterAll(
      book,
      times(10, (index) => refuse(`user-${index}`, 'a')),
    );
    assert.equal(overflows, 8);
    assert.equal(book.actorCount, 3);
  });

  it('forgets actors whose window is over', () => {
    const book = new FoldBook(LIMITS);
    enterAll(
      book,
      times(3, (index) => refuse(`user-${index}`, 'a')),
    );

    assert.equal(enterAll(book, [refuse('late', 'a')], 1000).overflows, 0);
    assert.equal(book.actorCount, 3);
  });

  it('records whole again after a fold was removed and the window is over', () => {
    const book = new FoldBook(LIMITS);
    enterAll(
      book,
      times(4, () => refuse('alice', 'a')),
    );
    for (const fold of book.folds) book.remove(fold);

    assert.equal(book.enter(refuse('alice', 'a'), monotonicMs(1000)).place, 'whole');
  });
});

const step = fc.record({
  username: fc.constantFrom('alice', 'bob', 'system:serviceaccount:shop:a', 'eve', 'mallory'),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  code: fc.constantFrom('one', 'two'),
  waitMs: fc.nat({ max: 700 }),
});

describe('whatever is refused in whatever order', () => {
  it('each refusal is a whole record or is counted once, and folds and actors stay within their limits', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const book = new FoldBook(LIMITS);
        let [nowMs, records, counted] = [0, 0, 0];
        for (const { username, name, code, waitMs } of steps) {
          nowMs += waitMs;
          for (const fold of book.folds) {
            if (!isWindowOver(fold.windowStartedAtMs, monotonicMs(nowMs), LIMITS)) continue;
            counted += fold.summarize(nowMs, undefined).folded?.count ?? 0;
            if (planWindowEnd(fold.by, fold.count, LIMITS) === 'end') book.remove(fold);
            fold.beginPart(monotonicMs(nowMs));
          }
          const { place } = book.enter(refuse(username, name, code), monotonicMs(nowMs));
          if (place !== 'join') records += 1;
          assert.ok(book.folds.length <= LIMITS.openMax);
          assert.ok(book.actorCount <= LIMITS.actorsMax);
        }
        for (const fold of book.folds) {
          const { folded } = fold.summarize(nowMs, undefined);
          counted += folded?.count ?? 0;
          const listed = folded?.refusals?.reduce((sum, { count }) => sum + count, 0);
          if (listed !== undefined) assert.equal(listed + (folded?.unlisted ?? 0), folded?.count);
        }
        assert.equal(records + counted, steps.length);
      }),
    );
  });
});
