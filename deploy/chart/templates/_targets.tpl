{{/* Where sinks, alert targets, the collector of traces, Prometheus and the server or registry of bundles of the configuration listen, one address a line: scheme://host:port. */}}
{{- define "holdfast.targets" -}}
{{- range dig "audit" "sinks" (list) .Values.configuration }}
{{- if kindIs "string" .url }}
{{ .url }}
{{- end }}
{{- range .servers }}
{{ . }}
{{- end }}
{{- if .host }}
syslog://{{ .host }}:{{ default 6514 .port | int }}
{{- end }}
{{- end }}
{{- range dig "alerts" "targets" (list) .Values.configuration }}
{{- if kindIs "string" .url }}
{{ .url }}
{{- end }}
{{- end }}
{{- with dig "traces" "url" "" .Values.configuration }}
{{ . }}
{{- end }}
{{- with dig "policies" "server" "url" "" .Values.configuration }}
{{ . }}
{{- end }}
{{- with dig "freeze" "prometheus" "url" "" .Values.configuration }}
{{ . }}
{{- end }}
{{- with dig "policies" "registry" "reference" "" .Values.configuration }}
https://{{ splitList "/" . | first }}
{{- end }}
{{- end }}

{{/* One egress rule for each place: an address, a namespace of this cluster (the pods behind a Service may listen on any port), or a port. */}}
{{- define "holdfast.targetRules" -}}
{{- $seen := dict }}
{{- range splitList "\n" (include "holdfast.targets" . | trim) }}
{{- $url := urlParse (trim .) }}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) }}
{{- if not $port }}{{ $port = get (dict "https" "443" "http" "80" "tls" "4222" "nats" "4222") $url.scheme }}{{ end }}
{{- $host := regexReplaceAll ":[0-9]+$" $url.host "" }}
{{- $rule := "" }}
{{- if and $host (not (regexMatch "^(localhost|127\\..*|\\[::1\\])$" $host)) }}
{{- if regexMatch "^[0-9]+(\\.[0-9]+){3}$" $host }}
{{- $rule = printf "- to: [{ ipBlock: { cidr: %s/32 } }]\n  ports: [{ protocol: TCP, port: %s }]" $host $port }}
{{- else if regexMatch "^[^.]+\\.[^.]+\\.svc(\\.|$)" $host }}
{{- $rule = printf "- to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: %s } } }]" (index (splitList "." $host) 1) }}
{{- else }}
{{- $rule = printf "- ports: [{ protocol: TCP, port: %s }]" $port }}
{{- end }}
{{- end }}
{{- if and $rule (not (hasKey $seen $rule)) }}
{{- $_ := set $seen $rule true }}
{{ $rule }}
{{- end }}
{{- end }}
{{- end }}
