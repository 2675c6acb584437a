import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';

const render = 'strings.render_template';
const text = (value: string): string => JSON.stringify(value);
const nested = '{{range $.l}}'.repeat(6) + 'x' + '{{end}}'.repeat(6);
const list = `{"l": [${'1,'.repeat(19)}1]}`;

for (const [name, run] of await builtinCases({
  results: [
    [
      render,
      '["{{range $i, $x := .l}}{{if $i}}, {{end}}{{$x}}{{end}}", {"l": ["a", {1}]}]',
      '"a, [1]"',
    ],
    [render, '["{{.a}}", {}]', '"<undefined>"'],
  ],
  failures: [
    [render, '["{{.a", {}]', 'template: template:1: unclosed action'],
    [render, '["\\n{{unknown}}", {}]', 'template: template:2: function "unknown" not defined'],
    [render, '[1, {}]', 'operand 1 must be string but got number'],
    [render, '["", 1]', 'operand 2 must be object but got number'],
  ],
  limits: [
    [render, `[${text(nested)}, ${list}]`, 'the template takes more than 100000 steps'],
    [render, '["{{range 9999999999}}{{end}}", {}]', 'the template takes more than 100000 steps'],
    [
      render,
      `[${text(`{{define "T"}}{{template "T"}}{{end}}{{template "T"}}`)}, {}]`,
      'the template calls more than 100 levels',
    ],
    [
      render,
      `[${text(`${'{{if 1}}'.repeat(101)}${'{{end}}'.repeat(101)}`)}, {}]`,
      'the template nests more than 100 levels',
    ],
    [
      render,
      `[${text(`{{${'('.repeat(101)}1${')'.repeat(101)}}}`)}, {}]`,
      'the template nests more than 100 levels',
    ],
    [
      render,
      `["{{range 2000}}{{$.a}}{{end}}", {"a": "${'a'.repeat(1000)}"}]`,
      'the text has more than 1048576 characters',
    ],
  ],
})) {
  it(name, run);
}
