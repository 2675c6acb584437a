import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNextLink } from '../../../../src/image/registry/parse-next-link.ts';

test('parseNextLink() finds the link to the next page', () => {
  for (const header of [
    '</v2/a/referrers/b?last=1>; rel="next"',
    '</v2/a/referrers/b?last=1>;rel=next',
    '</v2/a/referrers/b?last=1>; title="a, b"; REL="prefetch next"',
    '</first>; rel="first", </v2/a/referrers/b?last=1>; rel="next"',
  ]) {
    assert.equal(parseNextLink(header), '/v2/a/referrers/b?last=1', header);
  }
});

test('parseNextLink() takes no other link', () => {
  for (const header of [
    undefined,
    '',
    '</a>',
    '</a>; rel="first"',
    '</a>; rel=nextpage',
    '/a; rel=next',
    '</a?b; rel=next>',
  ]) {
    assert.equal(parseNextLink(header), undefined, header);
  }
});
