import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSessionCookie, parseSessionCookie } from '../../../../src/dashboard/http/cookie.ts';

const ID = 'a'.repeat(43);
const PLAIN = { isSecure: false };
const SECURE = { isSecure: true };

test('formatSessionCookie() lets no script and no other site have it', () => {
  assert.equal(
    formatSessionCookie(ID, { ...PLAIN, lifeMs: 60_000 }),
    `holdfast-session=${ID}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`,
  );
  assert.equal(
    formatSessionCookie(ID, { ...SECURE, lifeMs: 60_000 }),
    `__Host-holdfast-session=${ID}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure`,
  );
});

const HEADERS: readonly [name: string, header: string | undefined, found: string | undefined][] = [
  ['none', undefined, undefined],
  ['ours', `holdfast-session=${ID}`, ID],
  ['ours among others', `a=b; holdfast-session=${ID}; c=d`, ID],
  ['two of ours', `holdfast-session=${ID}; holdfast-session=${ID}`, undefined],
  ['a short one', 'holdfast-session=abc', undefined],
  ['one with other characters', `holdfast-session=${'a'.repeat(42)}%`, undefined],
  ['that of TLS without TLS', `__Host-holdfast-session=${ID}`, undefined],
];

for (const [name, header, found] of HEADERS) {
  test(`parseSessionCookie() reads ${name}`, () => {
    assert.equal(parseSessionCookie(header, PLAIN), found);
  });
}

test('parseSessionCookie() takes over TLS only what a browser took over TLS', () => {
  assert.equal(parseSessionCookie(`holdfast-session=${ID}`, SECURE), undefined);
  assert.equal(parseSessionCookie(`__Host-holdfast-session=${ID}`, SECURE), ID);
});
