import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWayOn } from '../../../../src/dashboard/http/parse-way-on.ts';

const WAYS: readonly [text: string | null, way: string][] = [
  ['/decisions/01JD3V9K2M8Q4W6X0Y2Z000001', '/decisions/01JD3V9K2M8Q4W6X0Y2Z000001'],
  ['/?namespace=shop&user=system%3Aadmin', '/?namespace=shop&user=system%3Aadmin'],
  ['/', '/'],
  [null, '/'],
  ['', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['/\\evil.example/', '/'],
  ['/ /evil.example', '/'],
  ['/a\r\nset-cookie: x', '/'],
  ['/sign-in', '/'],
  ['/sign-out', '/'],
  ['/live/events?after=1', '/'],
  [`/${'a'.repeat(300)}`, '/'],
];

for (const [text, way] of WAYS) {
  test(`parseWayOn() leads from ${JSON.stringify(text)} to ${way}`, () => {
    assert.equal(parseWayOn(text), way);
  });
}
