import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addMs } from '../../../src/base/clock.ts';
import { formatVerdictKey, type VerdictKey } from '../../../src/source/commits/verdict-key.ts';
import { VerdictCache, type NoVerdict } from '../../../src/verdict/verdict-cache.ts';
import { VerdictMap } from '../../../src/verdict/verdict-map.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

interface Verdict {
  readonly status: 'verified' | 'rejected';
  readonly retryAfterMs?: number;
}

const KEY: VerdictKey = {
  repository: 'https://git.example.com/platform/shop',
  rule: 'platform',
  tracked: 'main',
  objectId: 'a'.repeat(40),
  scope: 'argocd default',
  trustHash: 't1',
};
const VERIFIED: Verdict = { status: 'verified' };
const NO_ANSWER: NoVerdict = { status: 'unavailable', reason: 'No answer', retryAfterMs: 5000 };

/** Judgements are answered by hand, in the order in which they began. */
class Judge {
  readonly time = new SimulatedTime();
  readonly begun: VerdictKey[] = [];
  readonly signals: AbortSignal[] = [];
  readonly counted: string[] = [];
  readonly store = new VerdictMap<Verdict>(10);
  readonly #answers: PromiseWithResolvers<Verdict | NoVerdict>[] = [];
  readonly verdicts = new VerdictCache<VerdictKey, Verdict>({
    formatKey: formatVerdictKey,
    noun: 'commit',
    judge: (key, signal) => {
      this.begun.push(key);
      this.signals.push(signal);
      const answer = Promise.withResolvers<Verdict | NoVerdict>();
      this.#answers.push(answer);
      return answer.promise;
    },
    store: this.store,
    pendingMax: 2,
    ageMsMax: 60_000,
    clock: this.time.clock,
    wait: this.time.wait,
    onJudged: (status) => this.counted.push(status),
  });

  read(key: VerdictKey, withinMs = 1000): Promise<Verdict | NoVerdict> {
    return this.verdicts.read(key, addMs(this.time.clock.monotonicMs(), withinMs));
  }

  answer(index: number, answer: Verdict | NoVerdict): void {
    this.#answers[index]?.resolve(answer);
  }

  /** The answers have been dealt with. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#answers.map(({ promise }) => promise));
    await new Promise((resolve) => setImmediate(resolve));
  }

  fail(index: number, error: Error): void {
    this.#answers[index]?.reject(error);
  }
}

describe('verdicts about commits', () => {
  it('a commit is judged once for all that wait, and the verdict is kept', async () => {
    const judge = new Judge();
    const readings = Array.from({ length: 100 }, () => judge.read(KEY));
    judge.verdicts.prepare(KEY);
    judge.answer(0, VERIFIED);
    assert.deepEqual(new Set(await Promise.all(readings)), new Set([VERIFIED]));
    assert.deepEqual(await judge.read(KEY, 0), VERIFIED);
    assert.deepEqual(judge.verdicts.peek(KEY), VERIFIED);
    assert.equal(judge.begun.length, 1);
    assert.deepEqual(judge.counted, ['judged']);
  });

  it('a request waits until its deadline, and the judgement goes on for the next', async () => {
    const judge = new Judge();
    const reading = judge.read(KEY, 1000);
    let answer: Verdict | NoVerdict | undefined;
    void reading.then((value) => {
      answer = value;
    });
    await judge.time.passUntil(() => answer !== undefined);
    assert.equal(answer?.status, 'unavailable');
    judge.answer(0, VERIFIED);
    assert.deepEqual(await judge.read(KEY), VERIFIED);
    assert.equal(judge.begun.length, 1);
  });

  it('another rule, ref, commit, repository or trust is another verdict', async () => {
    for (const other of [
      { rule: 'shop' },
      { tracked: 'release' },
      { objectId: 'b'.repeat(40) },
      { repository: 'https://git.example.com/platform/other' },
      { scope: 'argocd other' },
      { trustHash: 't2' },
    ]) {
      const judge = new Judge();
      const reading = judge.read(KEY);
      judge.answer(0, VERIFIED);
      await reading;
      assert.equal(judge.verdicts.peek({ ...KEY, ...other }), undefined);
    }
  });

  it('that nobody could tell is never kept as a verdict, and is asked again only after a while', async () => {
    const judge = new Judge();
    const first = judge.read(KEY);
    judge.answer(0, NO_ANSWER);
    assert.deepEqual(await first, NO_ANSWER);
    assert.equal(judge.store.size, 0);
    assert.deepEqual(await judge.read(KEY), NO_ANSWER);
    assert.equal(judge.begun.length, 1);
    const later = judge.time.clock.monotonicMs() + NO_ANSWER.retryAfterMs;
    void judge.time.wait(NO_ANSWER.retryAfterMs, new AbortController().signal);
    await judge.time.passUntil(() => judge.time.clock.monotonicMs() >= later);
    const second = judge.read(KEY);
    judge.answer(1, VERIFIED);
    assert.deepEqual(await second, VERIFIED);
    assert.deepEqual(judge.counted, ['unavailable', 'judged']);
  });

  it('a verdict that may change is kept for its time alone', async () => {
    const judge = new Judge();
    const unreachable: Verdict = { status: 'rejected', retryAfterMs: 2000 };
    const first = judge.read(KEY);
    judge.answer(0, unreachable);
    assert.deepEqual(await first, unreachable);
    assert.deepEqual(await judge.read(KEY), unreachable);
    assert.equal(judge.store.size, 0);
    void judge.time.wait(2000, new AbortController().signal);
    await judge.time.passUntil(() => judge.time.clock.monotonicMs() >= 2000);
    const second = judge.read(KEY);
    judge.answer(1, VERIFIED);
    assert.deepEqual(await second, VERIFIED);
  });

  it('a fault of the judge is no verdict', async () => {
    const judge = new Judge();
    const reading = judge.read(KEY);
    judge.fail(0, new Error('The thread ended'));
    assert.deepEqual(await reading, {
      status: 'unavailable',
      reason: 'The thread ended',
      retryAfterMs: 5000,
    });
  });

  it('more commits than may be judged at once are unavailable, and disturb no other', async () => {
    const judge = new Judge();
    const readings = ['1', '2', '3'].map((digit) =>
      judge.read({ ...KEY, objectId: digit.repeat(40) }),
    );
    judge.answer(0, VERIFIED);
    judge.answer(1, VERIFIED);
    const statuses = (await Promise.all(readings)).map(({ status }) => status);
    assert.deepEqual(statuses, ['verified', 'verified', 'unavailable']);
    assert.deepEqual(judge.counted, ['overflow', 'judged', 'judged']);
    const again = judge.read({ ...KEY, objectId: '3'.repeat(40) });
    judge.answer(2, VERIFIED);
    assert.deepEqual(await again, VERIFIED);
  });

  it('closing aborts what is under way', () => {
    const judge = new Judge();
    judge.verdicts.prepare(KEY);
    judge.verdicts.close();
    assert.deepEqual(
      judge.signals.map(({ aborted }) => aborted),
      [true],
    );
  });

  it('an old verdict counts while it is judged again, and stays where nobody can tell', async () => {
    const judge = new Judge();
    judge.store.set(formatVerdictKey(KEY), { verdict: VERIFIED, judgedAtMs: -Infinity });

    assert.deepEqual(await judge.read(KEY), VERIFIED);
    judge.answer(0, NO_ANSWER);
    await judge.settled();
    assert.deepEqual(await judge.read(KEY), VERIFIED);

    assert.equal(judge.begun.length, 1, 'it is not asked again before the server may answer');
    assert.deepEqual(judge.counted, ['unavailable']);
  });

  it('an old verdict goes where the repository says otherwise now', async () => {
    const judge = new Judge();
    judge.store.set(formatVerdictKey(KEY), { verdict: VERIFIED, judgedAtMs: -Infinity });
    const rewritten: Verdict = { status: 'rejected', retryAfterMs: 5000 };

    assert.deepEqual(await judge.read(KEY), VERIFIED);
    judge.answer(0, rewritten);
    await judge.settled();

    assert.deepEqual(await judge.read(KEY), rewritten);
    assert.equal(judge.verdicts.peek(KEY), undefined);
  });

  it('a verdict of this process is judged again only when it is old', async () => {
    const judge = new Judge();
    const reading = judge.read(KEY);
    judge.answer(0, VERIFIED);
    await reading;

    await judge.time.pass(60_000);
    await judge.read(KEY);
    assert.equal(judge.begun.length, 1);
    await judge.time.pass(1);
    await judge.read(KEY);
    assert.equal(judge.begun.length, 2);
  });

  describe('with attempts', () => {
    interface Attempt {
      readonly name: string;
      readonly credential: string;
    }

    function open(answerOf: (key: Attempt) => Verdict | NoVerdict) {
      const time = new SimulatedTime();
      const asked: string[] = [];
      const verdicts = new VerdictCache<Attempt, Verdict>({
        formatKey: ({ name }) => name,
        formatAttempt: ({ name, credential }) => `${name} ${credential}`,
        refutes: ({ credential }) => credential === 'known',
        noun: 'image',
        judge: (key) => {
          asked.push(key.credential);
          return Promise.resolve(answerOf(key));
        },
        store: new VerdictMap<Verdict>(10),
        pendingMax: 10,
        ageMsMax: 60_000,
        clock: time.clock,
        wait: time.wait,
        onJudged: () => undefined,
      });
      const read = (credential: string) =>
        verdicts.read({ name: 'shop', credential }, addMs(time.clock.monotonicMs(), 1000));
      return { time, asked, read, verdicts };
    }

    it('a refusal is kept for who was refused, and a verdict counts for all', async () => {
      const rejected: Verdict = { status: 'rejected', retryAfterMs: 15_000 };
      const { asked, read } = open(({ credential }) =>
        credential === 'known' ? VERIFIED : rejected,
      );
      assert.deepEqual(await read('none'), rejected);
      assert.deepEqual(await read('none'), rejected);
      assert.deepEqual(await read('known'), VERIFIED);
      assert.deepEqual(await read('none'), VERIFIED);
      assert.deepEqual(asked, ['none', 'known']);
    });

    it('only what refutes takes a verdict back', async () => {
      let known = VERIFIED;
      const rejected: Verdict = { status: 'rejected', retryAfterMs: 15_000 };
      const { time, read } = open(({ credential }) => (credential === 'known' ? known : rejected));
      await read('known');
      known = rejected;
      await time.pass(61_000);
      assert.deepEqual(await read('none'), VERIFIED);
      assert.deepEqual(await read('none'), VERIFIED);
      assert.deepEqual(await read('known'), VERIFIED);
      await time.pass(1);
      assert.deepEqual(await read('known'), rejected);
      assert.deepEqual(await read('none'), rejected);
    });
  });
});
