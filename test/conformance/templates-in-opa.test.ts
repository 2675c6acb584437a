/** Templates of policies against those of the real OPA. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

import { askBoth, type OracleCall } from '../support/opa-oracle/ask-opa.ts';

const text = (value: string): string => JSON.stringify(value);

async function assertSame(
  t: Parameters<typeof askBoth>[0],
  calls: readonly OracleCall[],
): Promise<void> {
  const answers = await askBoth(t, calls);
  const different = answers.filter(({ host, opa }) => host !== opa);
  assert.deepEqual(different, []);
}

it('templates are written as OPA writes them', async (t) => {
  const values =
    '{"s": "a<b>\\"c\\"", "n": 5, "f": 1.50, "t": true, "z": null, "e": "", "l": ["x", 2, null, ["y"]], "m": {"b": 1, "a": {"c": "d"}}, "o": {}}';
  const templates = [
    'plain {{/* nothing */}} {{- " trimmed " -}}  text',
    'a {{- /* gone */ -}} b',
    '{{.}}|{{.s}}|{{.n}}|{{.f}}|{{.t}}|{{.z}}|{{.x}}|{{.x.y}}|{{.l}}|{{.m}}|{{.m.a.c}}|{{$.n}}',
    '{{.z.a}}',
    '{{.s.a}}',
    '{{.l.a}}',
    '{{if .t}}1{{end}}{{if .e}}2{{else if .n}}3{{else}}4{{end}}{{if .z}}5{{else}}6{{end}}{{if .o}}7{{end}}{{if .l}}8{{end}}{{if 0}}9{{end}}{{if 0.0}}0{{end}}',
    '{{with .m}}{{.b}}{{$.n}}{{else}}no{{end}}{{with .x}}{{else with .n}}{{.}}{{end}}',
    '{{range .l}}<{{.}}>{{end}}{{range $i, $v := .l}}{{if $i}},{{end}}{{$i}}={{$v}}{{end}}{{range $v := .m}}{{$v}}{{end}}{{range $k, $v := .m}}{{$k}}{{end}}',
    '{{range .o}}{{else}}none{{end}}{{range .x}}{{else}}none{{end}}{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}',
    '{{range .l}}{{if eq (print .) "2"}}{{break}}{{end}}{{.}}{{end}}{{range .l}}{{if not .}}{{continue}}{{end}}{{.}};{{end}}',
    '{{range .n}}{{end}}',
    '{{range .t}}{{end}}',
    '{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{end}}{{$x}}{{$y := .m}}{{$y.a.c}}{{(index .m "a").c}}',
    '{{$x}}',
    '{{$x = 1}}',
    '{{define "T"}}[{{.}}]{{end}}{{template "T" .n}}{{template "T"}}{{block "B" .s}}({{.}}){{end}}',
    '{{template "none"}}',
    '{{and 1 0}}{{or 0 "" .n}}{{and .t .n}}{{or .e}}{{not .e}}{{and}}',
    '{{eq 1 1}}{{eq "a" "b" "a"}}{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt "b" "a"}}{{ge 1.5 2.5}}{{eq .n "5"}}{{eq .z nil}}{{eq .t true}}',
    '{{eq .n 5}}',
    '{{eq .l .l}}',
    '{{lt .t true}}',
    '{{len .s}}{{len .l}}{{len .m}}{{len .n}}',
    '{{len .t}}',
    '{{index .l 0}}{{index .l 3 0}}{{index .m "a" "c"}}{{index .m "x"}}{{slice .s 1 3}}{{slice .l 1 2}}{{slice .s 2}}',
    '{{index .l 9}}',
    '{{index .l .n}}',
    '{{index .l "a"}}',
    '{{index .m 1}}',
    '{{index .n 1}}',
    '{{slice .s 9 1}}',
    '{{slice .m 1}}',
    '{{print 1 2 "a" 3 .n true false}}{{println "a" 1}}{{printf "%d %s %5.2f %q %v" 42 "a" 1.5 "b" .t}}{{printf 1}}',
    '{{printf "%v" .n}}{{printf "%v" .l}}{{printf "%s" .s}}',
    '{{html .s}}{{js .s}}{{urlquery "a b&c"}}{{"<" | html}}{{.s | printf "%s:%s" "x"}}{{.s | len | print}}',
    "{{\"a\\tb\\u00e9\\x41\\101\"}}{{`raw\\n`}}{{'a'}}{{'\\n'}}{{0x1F}}{{-3}}{{1.5e3}}{{+2}}",
    '{{1 2}}',
    '{{.s 1}}',
    '{{unknown}}',
    '{{call .n}}',
    '{{',
    '{{if}}{{end}}',
    '{{if .t}}',
    '{{end}}',
    '{{else}}',
    '{{break}}',
    '{{(1}}',
    '{{"a}}',
    '{{.a.}}',
    '{{ ? }}',
    '{{range .l}}{{else}}{{else}}{{end}}',
    '{{define 1}}{{end}}',
    '{{if .t}}{{else range .l}}{{end}}',
    '{{nil}}',
    '{{not}}',
    '{{len}}',
    'line\n{{.n}}\n{{- .n}}',
  ];
  await assertSame(
    t,
    templates.map((one): OracleCall => ['strings.render_template', `[${text(one)}, ${values}]`]),
  );
});
