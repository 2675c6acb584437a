{{- define "holdfast.labels" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/part-of: holdfast
{{- end }}

{{- define "holdfast.selector" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/component: webhook
{{- end }}

{{- define "holdfast.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: holdfast
    namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "holdfast.image" -}}
{{- $image := .Values.image }}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ default .Chart.AppVersion $image.tag }}{{ end }}
{{- end }}

{{- define "holdfast.gatekeeperImage" -}}
{{- $image := .Values.gatekeeper.image }}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ default .Chart.AppVersion $image.tag }}{{ end }}
{{- end }}

{{/* The configuration, with the annotation that cert-manager looks for, or the files that Holdfast writes. */}}
{{- define "holdfast.configuration" -}}
{{- $configuration := deepCopy .Values.configuration }}
{{- with .Values.certificate.injectCaFrom }}
{{- $annotations := dict "cert-manager.io/inject-ca-from" . }}
{{- $configuration = mergeOverwrite $configuration (dict "registration" (dict "annotations" $annotations)) }}
{{- end }}
{{- if dig "certificates" "manage" false $configuration }}
{{- if .Values.certificate.injectCaFrom }}
{{- fail "certificate.injectCaFrom and configuration.certificates.manage are two that register an authority: choose one" }}
{{- end }}
{{- $files := dict "certificateFile" "/var/run/holdfast/tls.crt" "keyFile" "/var/run/holdfast/tls.key" }}
{{- $configuration = mergeOverwrite $configuration (dict "server" (dict "tls" $files)) }}
{{- end }}
{{- toYaml $configuration }}
{{- end }}

{{- define "holdfast.writesEvents" -}}
{{- $events := .Values.rbac.events | toString }}
{{- if eq $events "auto" }}
{{- range dig "audit" "sinks" (list) .Values.configuration }}{{ if eq .type "kubernetesEvents" }}true{{ end }}{{ end }}
{{- else if eq $events "true" }}true{{ end }}
{{- end }}

{{/* Whether Holdfast writes its own registration, or the trust in its own certificates. */}}
{{- define "holdfast.registers" -}}
{{- if or (dig "registration" "manage" false .Values.configuration) (dig "certificates" "manage" false .Values.configuration) }}true{{ end }}
{{- end }}

{{/* The port of the dashboard, where it listens for more than kubectl port-forward; else empty. */}}
{{- define "holdfast.dashboardPort" -}}
{{- $dashboard := default (dict) (dig "dashboard" (dict) .Values.configuration) }}
{{- if not (has (dig "host" "127.0.0.1" $dashboard) (list "127.0.0.1" "localhost" "::1")) }}{{ dig "port" 8082 $dashboard }}{{ end }}
{{- end }}
