{{- define "dbaccess.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "dbaccess.selector" -}}
app.kubernetes.io/name: dbaccess
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "dbaccess.labels" -}}
{{ include "dbaccess.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "dbaccess.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $image.repository $image.digest | quote }}
{{- else -}}
{{ printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) | quote }}
{{- end -}}
{{- end -}}

{{/* What every pod has: no token of the cluster, no root, nothing to write on. */}}
{{- define "dbaccess.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "dbaccess.container" -}}
image: {{ include "dbaccess.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* One connection that is allowed: a CIDR, minus others, and a port. */}}
{{- define "dbaccess.egress" -}}
- to:
    - ipBlock:
        cidr: {{ .place.cidr }}
        {{- with .except }}
        except:
          {{- range . }}
          - {{ . }}
          {{- end }}
        {{- end }}
  ports:
    {{- range .protocols | default (list "TCP") }}
    - { protocol: {{ . }}, port: {{ $.place.port }} }
    {{- end }}
{{- end -}}
