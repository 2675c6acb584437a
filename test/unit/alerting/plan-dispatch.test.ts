import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDispatch, planOverflow, planQueueing } from '../../../src/alerting/plan-dispatch.ts';
import { sampleMessage } from '../../support/alerts/incident-samples.ts';

const settings = {
  nowMs: 1000,
  leads: true,
  mayResolve: true,
  notifiedElsewhere: new Set<string>(),
  waitMsMax: 10_000,
};
const wait = { what: 'wait' };

test('planDispatch() sends the first, and nothing where nothing waits', () => {
  const [first, second] = [sampleMessage(1), sampleMessage(2)];
  assert.deepEqual(planDispatch([first, second], settings), { what: 'send', message: first });
  assert.deepEqual(planDispatch([], settings), wait);
});

test('planDispatch() lets all wait behind one that is held back, and no longer than is possible', () => {
  const held = sampleMessage(1, { attempts: 1, dueAtMs: 2000 });
  const queue = [held, sampleMessage(2)];
  assert.deepEqual(planDispatch(queue, settings), wait);
  assert.deepEqual(planDispatch(queue, { ...settings, nowMs: 2000 }), {
    what: 'send',
    message: held,
  });
  const skewed = sampleMessage(1, { attempts: 1, dueAtMs: 999_999 });
  assert.deepEqual(planDispatch([skewed], settings), { what: 'send', message: skewed });
});

test('planDispatch() leaves a message to the replica that leads until its time, or drops it when that has told it', () => {
  const message = sampleMessage(1, { handoverAtMs: 5000 });
  const silent = { ...settings, leads: false };
  assert.deepEqual(planDispatch([message], silent), wait);
  assert.deepEqual(planDispatch([message], { ...silent, nowMs: 5000 }), { what: 'send', message });
  const told = new Set([message.key]);
  assert.deepEqual(planDispatch([message], { ...silent, notifiedElsewhere: told }), {
    what: 'drop',
    message,
  });
  assert.deepEqual(planDispatch([message], { ...settings, notifiedElsewhere: told }), {
    what: 'send',
    message,
  });
});

test('planDispatch() keeps the end of an incident while the replica that leads has it open, or others may count attempts', () => {
  const resolve = sampleMessage(1, { kind: 'resolve' });
  const other = sampleMessage(2, { key: 'x' });
  const send = { what: 'send', message: resolve };
  const told = { ...settings, leads: false, notifiedElsewhere: new Set([resolve.key]) };
  assert.deepEqual(planDispatch([resolve], told), wait);
  assert.deepEqual(planDispatch([resolve], { ...told, leads: true }), send);
  const lost = { ...settings, mayResolve: false };
  assert.deepEqual(planDispatch([resolve], lost), wait);
  assert.deepEqual(planDispatch([resolve, other], lost), { what: 'send', message: other });
  // The next attempt is news, and follows it.
  assert.deepEqual(planDispatch([resolve, sampleMessage(3)], lost), send);
});

test('planQueueing() lets a trigger take the place of one that waits, and its measurement', () => {
  const waiting = sampleMessage(1, { attempts: 2, dueAtMs: 7, handoverAtMs: 8, decidedAtMs: 3 });
  const added = sampleMessage(2, { dueAtMs: 50 });
  assert.deepEqual(planQueueing([waiting], added), {
    added: { ...waiting, notice: added.notice },
    removed: [],
  });
  const { decidedAtMs: _, ...update } = waiting;
  assert.deepEqual(planQueueing([update], added).added, { ...update, notice: added.notice });
});

test('planQueueing() appends after a resolve, and beside other incidents', () => {
  const added = sampleMessage(2);
  for (const queue of [
    [],
    [sampleMessage(1, { kind: 'resolve' })],
    [sampleMessage(1, { key: 'x' })],
  ]) {
    assert.deepEqual(planQueueing(queue, added), { added, removed: [] });
  }
  const change = sampleMessage(3, { kind: 'change', key: 'c' });
  assert.deepEqual(planQueueing([added], change), { added: change, removed: [] });
});

test('planQueueing() drops counts before a resolve, but never the first word', () => {
  const first = sampleMessage(1, { decidedAtMs: 1 });
  const again = sampleMessage(2, { kind: 'acknowledge' });
  const resolved = sampleMessage(3, { kind: 'resolve' });
  const added = sampleMessage(4, { kind: 'resolve' });
  assert.deepEqual(planQueueing([first, again, resolved], added), { added, removed: [again] });
});

test('planOverflow() drops changes first, then the oldest', () => {
  const change = sampleMessage(3, { kind: 'change' });
  const queue = [sampleMessage(1), sampleMessage(2), change];
  assert.deepEqual(planOverflow(queue, 3), []);
  assert.deepEqual(planOverflow(queue, 2), [change]);
  assert.deepEqual(planOverflow(queue, 1), [change, sampleMessage(1)]);
});
