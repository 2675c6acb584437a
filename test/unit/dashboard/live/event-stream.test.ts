import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRecord } from '../../../../src/audit/journal/parse-record.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { NamespaceAccess } from '../../../../src/dashboard/access/namespace-access.ts';
import type { Session } from '../../../../src/dashboard/access/sessions.ts';
import { RequestRate } from '../../../../src/dashboard/http/request-rate.ts';
import { EventStream } from '../../../../src/dashboard/live/event-stream.ts';
import type { NewEntry } from '../../../../src/dashboard/records/record-reader.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const SESSION: Session = {
  viewer: { username: 'alice', groups: [], extra: {} },
  rate: new RequestRate(1),
};

/** Namespaces go round: billing (1), platform (2), shop (3). */
function entry(sequence: number): NewEntry {
  return { sequence, record: parseRecord(JSON.stringify(sampleRecord(sequence))) };
}

function stage(options: { readonly after?: number; readonly lost?: number } = {}) {
  const written: string[] = [];
  const state = {
    isEnded: false,
    session: SESSION as Session | undefined,
    waiting: 0,
    isFaulty: false,
  };
  const stream = new EventStream({
    output: {
      write: (text) => written.push(text),
      end: () => {
        state.isEnded = true;
      },
      get writableLength() {
        return state.waiting;
      },
    },
    filter: {},
    after: options.after ?? 0,
    session: () => Promise.resolve(state.session),
    access: new NamespaceAccess(
      (_viewer, namespace) => Promise.resolve(namespace === 'shop' ? 'allowed' : 'denied'),
      clockOf(() => monotonicMs(0)),
    ),
    read: (after, through, entriesMax) => {
      if (state.isFaulty) throw new Error('a broken disk');
      const first = Math.max(after, options.lost ?? 0) + 1;
      const count = Math.min(through - first + 1, entriesMax);
      return Array.from({ length: Math.max(0, count) }, (_, index) => entry(first + index));
    },
  });
  const events = (): readonly string[] =>
    written.splice(0).map((text) => text.replaceAll('\n', ' ').slice(0, 24).trim());
  return { stream, state, written, events };
}

describe('EventStream', () => {
  it('sends what its viewer may see, and how far it looked', async () => {
    const { stream, events } = stage();
    await stream.advance(7);

    assert.deepEqual(events(), [
      'retry: 2000',
      'id: 3 event: attempt dat',
      'id: 6 event: attempt dat',
      'id: 7 event: tick data:',
    ]);
  });

  it('resumes behind the entry that the page has', async () => {
    const { stream, events } = stage({ after: 3 });
    await stream.advance(6);

    assert.deepEqual(events().slice(1), ['id: 6 event: attempt dat', 'id: 6 event: tick data:']);
  });

  it('goes on to the newest entry of which it is told meanwhile', async () => {
    const { stream, events } = stage();
    await Promise.all([stream.advance(2), stream.advance(4), stream.advance(250)]);

    assert.equal(events().at(-1), 'id: 250 event: tick data');
  });

  it('has the page loaded again where it is of another journal, or too far behind', async () => {
    for (const [after, through] of [
      [9, 3],
      [1, 502],
    ] as const) {
      const { stream, state, events } = stage({ after });
      await stream.advance(through);
      assert.deepEqual(events(), ['retry: 2000', 'event: reload data: -']);
      assert.equal(state.isEnded, true);
      assert.equal(stream.isEnded, true);
    }
  });

  it('ends with the session, and sends nothing more', async () => {
    const { stream, state, events } = stage();
    state.session = undefined;
    await stream.advance(3);
    assert.deepEqual(events(), ['retry: 2000', 'event: reload data: -']);
    await stream.advance(6);

    assert.deepEqual(events(), []);
  });

  it('passes over entries that retention has removed', async () => {
    const { stream, events } = stage({ lost: 9 });
    await stream.advance(8);

    assert.deepEqual(events(), ['retry: 2000', 'id: 8 event: tick data:']);
  });

  it('ends where nobody reads it, and where the journal cannot be read', async () => {
    const slow = stage();
    slow.state.waiting = 300 * 1024;
    await slow.stream.advance(3);
    assert.equal(slow.state.isEnded, true);
    const broken = stage();
    broken.state.isFaulty = true;
    await broken.stream.advance(3);

    assert.equal(broken.state.isEnded, true);
    assert.deepEqual(broken.events(), ['retry: 2000']);
  });

  it('lets no text of a record begin a field or an event', async () => {
    const { stream, written } = stage();
    await stream.advance(3);
    const event = written.find((text) => text.includes('attempt')) ?? '';

    assert.match(event, /^id: 3\nevent: attempt\ndata: [^\n\r]+\n\n$/u);
  });
});
