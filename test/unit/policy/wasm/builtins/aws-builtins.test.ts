import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';

const sign = 'providers.aws.sign_req';
const REQUEST = '{"method": "get", "url": "http://example.com"}';
const SETTINGS =
  '{"aws_access_key": "A", "aws_secret_access_key": "B", "aws_service": "ec2", "aws_region": "r"}';
const TIME = '1451311705000000000';

for (const [name, run] of await builtinCases({
  results: [
    [
      sign,
      `[${REQUEST}, ${SETTINGS}, ${TIME}]`,
      '{"headers":{"Authorization":"AWS4-HMAC-SHA256 Credential=A/20151228/r/ec2/aws4_request,SignedHeaders=host;x-amz-date,Signature=d287690fc2668895e8195d68bcaadb175640affccf1e35641276050ccdec4142","host":"example.com","x-amz-date":"20151228T140825Z"},"method":"get","url":"http://example.com"}',
    ],
  ],
  failures: [
    [sign, `[1, ${SETTINGS}, ${TIME}]`, 'operand 1 must be object but got number'],
    [sign, `[${REQUEST}, 1, ${TIME}]`, 'operand 2 must be object but got number'],
    [
      sign,
      `[${REQUEST}, {}, ${TIME}]`,
      'operand 2 missing required AWS config parameters(s): {"aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"}',
    ],
    [
      sign,
      `[${REQUEST}, ${SETTINGS.replace('"A"', '1')}, ${TIME}]`,
      'operand 2 invalid values for required AWS config parameters(s): {"aws_access_key"}',
    ],
    [
      sign,
      `[${REQUEST}, ${SETTINGS.replace('}', ', "disable_payload_signing": 1}')}, ${TIME}]`,
      "operand 2 invalid value for 'disable_payload_signing' in AWS config",
    ],
    [sign, `[${REQUEST}, ${SETTINGS}, "1"]`, 'operand 3 must be number but got string'],
    [
      sign,
      `[${REQUEST}, ${SETTINGS}, ${'9'.repeat(30)}]`,
      'operand 3 could not convert time_ns value into a unix timestamp',
    ],
    [
      sign,
      `[{"other": 1}, ${SETTINGS}, ${TIME}]`,
      'operand 1 invalid request parameters(s): {"other"}',
    ],
    [
      sign,
      `[{}, ${SETTINGS}, ${TIME}]`,
      'operand 1 missing required request parameters(s): {"method", "url"}',
    ],
    [
      sign,
      `[{"method": 1, "url": "a"}, ${SETTINGS}, ${TIME}]`,
      'operand 1 invalid values for required request parameters(s): {"method"}',
    ],
    [
      sign,
      `[{"method": "get", "url": "a", "headers": 1}, ${SETTINGS}, ${TIME}]`,
      'operand 1 must be object but got number',
    ],
    [
      sign,
      `[{"method": "get", "url": "http://a b/"}, ${SETTINGS}, ${TIME}]`,
      'parse "http://a b/": invalid character " " in host name',
    ],
  ],
})) {
  it(name, run);
}
