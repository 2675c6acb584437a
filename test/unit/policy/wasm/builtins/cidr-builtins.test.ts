import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['net.cidr_is_valid', '["10.0.0.0/8"]', 'true'],
    ['net.cidr_is_valid', '["::1.2.3.4/128"]', 'true'],
    ...(
      [
        '10.0.0.0',
        '10.0.0.0/33',
        '10.0.0/8',
        '10.0.0.00/8',
        '256.0.0.0/8',
        'a::b::c/8',
        '::/129',
      ] as const
    ).map((text) => ['net.cidr_is_valid', `["${text}"]`, 'false'] as const),
    ['net.cidr_is_valid', '["1:2:3:4:5:6:7:8/64"]', 'true'],
    ['net.cidr_is_valid', '["1:2:3:4:5:6:7/64"]', 'false'],
    ['net.cidr_is_valid', '["1:2:3:4::5:6:7:8/64"]', 'false'],
    ['net.cidr_is_valid', '["1:2:3:4:5:6:7.8/64"]', 'false'],
    ['net.cidr_is_valid', '["g::/64"]', 'false'],
    ['net.cidr_is_valid', '["::1/64/1"]', 'false'],
    ['net.cidr_is_valid', '["::%25eth0/64"]', 'false'],
    ['net.cidr_is_valid', '[8]', 'false'],
    ['net.cidr_expand', '["10.0.0.5/30"]', '{"10.0.0.4","10.0.0.5","10.0.0.6","10.0.0.7"}'],
    ['net.cidr_expand', '["2001:db8::/127"]', '{"2001:db8::","2001:db8::1"}'],
    ['net.cidr_expand', '["1:0:2::/128"]', '{"1:0:2::"}'],
    ['net.cidr_expand', '["1:2:3:4:5:6:7:8/128"]', '{"1:2:3:4:5:6:7:8"}'],
    ['net.cidr_contains_matches', '["10.0.0.0/8", "10.1.1.1"]', '{["10.0.0.0/8","10.1.1.1"]}'],
    [
      'net.cidr_contains_matches',
      '["::ffff:10.0.0.0/104", "10.1.1.1"]',
      '{["::ffff:10.0.0.0/104","10.1.1.1"]}',
    ],
    [
      'net.cidr_contains_matches',
      '[["10.0.0.0/8", ["11.0.0.0/8", "x"]], {"a": "10.1.0.0/16", "b": ["::1"]}]',
      '{[0,"a"]}',
    ],
    ['net.cidr_contains_matches', '[{"10.0.0.0/8"}, ["10.0.0.0/7"]]', 'set()'],
    ['net.cidr_contains_matches', '[null, "10.0.0.0/7"]', 'set()'],
    ['net.cidr_merge', '[["10.0.0.0/25", "10.0.0.128/25"]]', '{"10.0.0.0/24"}'],
    [
      'net.cidr_merge',
      '[{"10.0.0.0/24", "10.0.2.0/24", "10.0.0.7/32"}]',
      '{"10.0.0.0/24","10.0.2.0/24"}',
    ],
    [
      'net.cidr_merge',
      '[["192.168.1.1", "172.16.1.1", "9.9.9.9"]]',
      '{"172.16.1.1/16","192.168.1.1/24","9.9.9.9/8"}',
    ],
    [
      'net.cidr_merge',
      '[["2001:db8::/33", "2001:db8:8000::/33", "10.0.0.0/8"]]',
      '{"10.0.0.0/8","2001:db8::/32"}',
    ],
    ['net.cidr_merge', '[["10.0.0.64/26", "10.0.0.128/25", "0.0.0.0/0"]]', '{"0.0.0.0/0"}'],
    ['net.cidr_merge', '[["10.0.0.64/26", "10.0.0.128/25"]]', '{"10.0.0.128/25","10.0.0.64/26"}'],
    ['net.cidr_merge', '[[]]', 'set()'],
  ],
  failures: [
    ['net.cidr_expand', '["10.0.0.0"]', 'invalid CIDR address: 10.0.0.0'],
    [
      'net.cidr_contains_matches',
      '["10.0.0.0/8", "x"]',
      'not a valid textual representation of an IP address or CIDR: x',
    ],
    [
      'net.cidr_contains_matches',
      '[[1], "x"]',
      'operand 1: element must be string or non-empty array',
    ],
    [
      'net.cidr_contains_matches',
      '["10.0.0.0/8", [[]]]',
      'operand 2: element must be string or non-empty array',
    ],
    ['net.cidr_contains_matches', '[[[1]], "x"]', 'operand 1 must be string but got number'],
    ['net.cidr_merge', '["a"]', 'operand must be an array'],
    ['net.cidr_merge', '[[1]]', 'element must be string'],
    ['net.cidr_merge', '[["::1"]]', 'IPv6 invalid: needs prefix length'],
  ],
  limits: [
    ['net.cidr_expand', '["10.0.0.0/8"]', 'the range has more than 100000 addresses'],
    ['net.cidr_expand', '["::/0"]', 'the range has more than 100000 addresses'],
  ],
})) {
  it(`CIDR_BUILTINS: ${name}`, run);
}
