import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLive } from '../../../../src/dashboard/pages/format-live.ts';
import type { AttemptLine } from '../../../../src/dashboard/records/format-attempt.ts';

const LINE: AttemptLine = {
  sequence: 7,
  decisionId: '01JD0000000000000000000003',
  time: '2026-11-20T08:00:03.000Z',
  decision: 'denied',
  count: '×2',
  code: 'c',
  user: 'u',
  operation: 'UPDATE deployments.apps',
  object: 'shop/app',
  policies: 'p',
};
const PAGE = {
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  viewer: { username: 'alice', groups: [], extra: {} },
  newest: 9,
  nowMs: Date.UTC(2026, 10, 30, 8),
};

test('formatLive() follows what happens on the newest page, behind its newest entry', () => {
  const page = String(
    formatLive({
      ...PAGE,
      query: { filters: { decision: 'denied', namespace: 'shop' } },
      page: { lines: [LINE], olderBefore: 7, isCutOff: false },
    }),
  );

  for (const text of [
    'data-events="/live/events?decision=denied&amp;namespace=shop" data-newest="9"',
    '<script src="/assets/live.js" defer></script>',
    '<option selected>denied</option>',
    'name="namespace" value="shop"',
    '<a href="/decisions/01JD0000000000000000000003">',
    '<span class="verdict denied">denied ×2</span>',
    '<p id="nothing" hidden>',
    '<a rel="next" href="/?decision=denied&amp;namespace=shop&amp;before=7">Older records</a>',
    'As of 2026-11-30 08:00:00 UTC.',
    '<a href="/?decision=denied&amp;namespace=shop">Load again</a>',
    '<a href="/" aria-current="page">Live</a>',
  ]) {
    assert.ok(page.includes(text), `${text}\n---\n${page}`);
  }
});

test('formatLive() does not follow on a page of older records, and says what was not looked at', () => {
  const page = String(
    formatLive({
      ...PAGE,
      query: { filters: {}, before: 7 },
      page: { lines: [], isCutOff: true },
    }),
  );

  assert.ok(!/live\.js|data-events|rel="next"/u.test(page), page);
  assert.ok(page.includes('<p id="nothing">No record that you may see matches.</p>'), page);
  assert.ok(page.includes('older records were not looked at'), page);
  assert.ok(page.includes('<a href="/">Newest</a>'), page);
});
