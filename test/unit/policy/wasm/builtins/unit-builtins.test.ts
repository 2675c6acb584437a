import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['units.parse', '["10"]', '10'],
    ['units.parse', '["1.5Ki"]', '1536'],
    ['units.parse', '["100m"]', '0.1000000000'],
    ['units.parse', '["-0.5m"]', '-0.0005000000'],
    ['units.parse', '["2M"]', '2000000'],
    ['units.parse', '["1eI"]', '1152921504606846976'],
    ['units.parse', '["1e3"]', '1000'],
    ['units.parse', '["1E"]', '1000000000000000000'],
    ['units.parse', '["123456789012345678901234567890k"]', '123456789012345678901234567890000'],
    ['units.parse', '["\\"1G\\""]', '1000000000'],
    ['units.parse_bytes', '["100MiB"]', '104857600'],
    ['units.parse_bytes', '["1.5kb"]', '1500'],
    ['units.parse_bytes', '["0.1k"]', '100'],
    ['units.parse_bytes', '[".0"]', '0'],
    ['units.parse_bytes', '["1e+2m"]', '100000000'],
    ['units.parse_bytes', '["-3ki"]', '-3072'],
    ['units.parse_bytes', '["18446744073709551617"]', '18446744073709551616'],
  ],
  failures: [
    ['units.parse', '["1 Ki"]', 'units.parse: spaces not allowed in resource strings'],
    ['units.parse', '["Ki"]', 'units.parse: no amount provided'],
    ['units.parse', '["1Kb"]', 'units.parse: unit Kb not recognized'],
    ['units.parse', '["1x"]', 'units.parse: unit x not recognized'],
    ['units.parse', '["1.2.3"]', 'units.parse: could not parse amount to a number'],
    ['units.parse', '["1e1234567"]', 'units.parse: exponent too large'],
    ['units.parse', '[1]', 'operand 1 must be string but got number'],
    ['units.parse_bytes', '["mb"]', 'units.parse_bytes: no byte amount provided'],
    ['units.parse_bytes', '["1zb"]', 'units.parse_bytes: byte unit zb not recognized'],
    ['units.parse_bytes', '["1-2k"]', 'units.parse_bytes: could not parse byte amount to a number'],
  ],
  limits: [['units.parse', '["1e999999"]', 'a number with an exponent of 999999 is too large']],
})) {
  it(`UNIT_BUILTINS: ${name}`, run);
}
