import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markup } from '../../../../src/dashboard/http/html.ts';

describe('markup', () => {
  it('escapes every value, in text and in attributes', () => {
    const hostile = `<script>alert("1")</script>' onload='x&y`;

    assert.equal(
      String(markup`<p title="${hostile}">${hostile}</p>`),
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&amp;y">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&amp;y</p>',
    );
  });

  it('leaves what it has made as it is, and numbers, lists and what is absent', () => {
    const items = ['a', '<b>'].map((text) => markup`<li>${text}</li>`);

    assert.equal(
      String(markup`<ul>${items}</ul>${3}${undefined}${false}${['x', ['<y>']]}`),
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>3x&lt;y&gt;',
    );
  });

  it('shows characters that hide or turn text, and keeps line ends', () => {
    assert.equal(
      String(markup`${'a\u202Eb\u0000c\u200Bd\uD800e\nf\u2028g'}`),
      'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\nf\uFFFDg',
    );
  });
});
