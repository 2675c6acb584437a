import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['uuid.parse', '["00000000-0000-4000-8000-000000000000"]', '{"variant":"RFC4122","version":4}'],
    [
      'uuid.parse',
      '["{00000000-0000-4000-c000-000000000000}"]',
      '{"variant":"Microsoft","version":4}',
    ],
    [
      'uuid.parse',
      '["urn:uuid:00000000-0000-4000-e000-000000000000"]',
      '{"variant":"Future","version":4}',
    ],
    ['uuid.parse', '["00000000000040000000000000000000"]', '{"variant":"Reserved","version":4}'],
    [
      'uuid.parse',
      '["4bb0df76-8d6c-11eb-8dcd-0242ac130003"]',
      '{"clocksequence":3533,"macvariables":"local:unicast","nodeid":"02-42-ac-13-00-03","time":1616678183079922200,"variant":"RFC4122","version":1}',
    ],
    [
      'uuid.parse',
      '["000003e8-8d6c-21eb-8d00-0142ac130003"]',
      '{"clocksequence":3328,"domain":"Person","id":1000,"macvariables":"global:multicast","nodeid":"01-42-ac-13-00-03","time":1616678056091748000,"variant":"RFC4122","version":2}',
    ],
    [
      'uuid.parse',
      '["000003e8-8d6c-21eb-8d07-0042ac130003"]',
      '{"clocksequence":3335,"domain":"Domain7","id":1000,"macvariables":"global:unicast","nodeid":"00-42-ac-13-00-03","time":1616678056091748000,"variant":"RFC4122","version":2}',
    ],
    ['uuid.parse', '["no"]', 'undefined'],
  ],
  failures: [['uuid.parse', '[1]', 'operand 1 must be string but got number']],
})) {
  it(`UUID_BUILTINS: ${name}`, run);
}
