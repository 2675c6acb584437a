import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    [
      'uri.parse',
      '["HTTPS://u:p@host.example:8080/a%20b?q=1#f%21"]',
      '{"fragment":"f!","hostname":"host.example","path":"/a b","port":"8080","raw_path":"/a b","raw_query":"q=1","scheme":"https"}',
    ],
    ['uri.parse', '["/a%2Fb"]', '{"path":"/a/b","raw_path":"/a%2Fb"}'],
    ['uri.parse', '["urn:a:b"]', '{"scheme":"urn"}'],
    ['uri.parse', '["//[::1]:80/"]', '{"hostname":"::1","path":"/","port":"80","raw_path":"/"}'],
    ['uri.parse', '["a/b:c"]', '{"path":"a/b:c","raw_path":"a/b:c"}'],
    ['uri.parse', '["?x"]', '{"raw_query":"x"}'],
    ['uri.parse', '["///x"]', '{"path":"///x","raw_path":"///x"}'],
    ['uri.is_valid', '["http://a"]', 'true'],
    ...(
      [
        '',
        ':a',
        'http://a b/',
        'http://a:b/',
        'http://[::1/',
        'a%zz',
        '#%zz',
        'http://%41/',
        'http://a%/',
        '1:b',
        'http://[u@h/',
        'http://u%@h/',
      ] as const
    ).map((text) => ['uri.is_valid', `["${text}"]`, 'false'] as const),
    ['uri.is_valid', '["a\\u0001"]', 'false'],
    ['uri.is_valid', '[1]', 'false'],
    ['uri.is_valid', '["http://a<b/"]', 'false'],
    [
      'uri.parse',
      '["http://[fe80::1%25eth0]/a(b)?"]',
      '{"hostname":"fe80::1%eth0","path":"/a(b)","raw_path":"/a(b)","scheme":"http"}',
    ],
  ],
  failures: [['uri.parse', '[":a"]', 'parse ":a": missing protocol scheme']],
})) {
  it(`URI_BUILTINS: ${name}`, run);
}
