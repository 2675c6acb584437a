/**
 * The types of the built-in kinds: one line a type, its JSON fields and what they hold.
 *
 * Codes: `s` a scalar behind a pointer, or in a list or map; `z` any other scalar, whose zero is the same as its absence;
 * `q` a quantity; `b` bytes in base64; `t` a time; `x` any value, compared as it is; `core/v1.Probe` a struct, with `?` one
 * behind a pointer, whose empty form differs from its absence; `{}` a map; `[]` a list that is replaced as a whole; `[name]`
 * a list merged by these keys; `[=]` a set. Status is left out.
 *
 * Source: the Go types of k8s.io/api, apimachinery, apiextensions-apiserver and kube-aggregator 0.36.3, read by
 * test/support/kubernetes-types/format-type-table.ts; test/cluster/builtin-types.test.ts holds the table against them.
 */
export const BUILTIN_TYPES = `
admissionregistration/v1.ApplyConfiguration expression:z
admissionregistration/v1.AuditAnnotation key:z valueExpression:z
admissionregistration/v1.JSONPatch expression:z
admissionregistration/v1.MatchCondition name:z expression:z
admissionregistration/v1.MatchResources namespaceSelector:?meta/v1.LabelSelector objectSelector:?meta/v1.LabelSelector resourceRules:[]admissionregistration/v1.NamedRuleWithOperations excludeResourceRules:[]admissionregistration/v1.NamedRuleWithOperations matchPolicy:s
admissionregistration/v1.MutatingAdmissionPolicy metadata:meta/v1.ObjectMeta spec:admissionregistration/v1.MutatingAdmissionPolicySpec
admissionregistration/v1.MutatingAdmissionPolicyBinding metadata:meta/v1.ObjectMeta spec:admissionregistration/v1.MutatingAdmissionPolicyBindingSpec
admissionregistration/v1.MutatingAdmissionPolicyBindingSpec policyName:z paramRef:?admissionregistration/v1.ParamRef matchResources:?admissionregistration/v1.MatchResources
admissionregistration/v1.MutatingAdmissionPolicySpec paramKind:?admissionregistration/v1.ParamKind matchConstraints:?admissionregistration/v1.MatchResources variables:[]admissionregistration/v1.Variable mutations:[]admissionregistration/v1.Mutation failurePolicy:s matchConditions:[name]admissionregistration/v1.MatchCondition reinvocationPolicy:z
admissionregistration/v1.MutatingWebhook name:z clientConfig:admissionregistration/v1.WebhookClientConfig rules:[]admissionregistration/v1.RuleWithOperations failurePolicy:s matchPolicy:s namespaceSelector:?meta/v1.LabelSelector objectSelector:?meta/v1.LabelSelector sideEffects:s timeoutSeconds:s admissionReviewVersions:[]s reinvocationPolicy:s matchConditions:[name]admissionregistration/v1.MatchCondition
admissionregistration/v1.MutatingWebhookConfiguration metadata:meta/v1.ObjectMeta webhooks:[name]admissionregistration/v1.MutatingWebhook
admissionregistration/v1.Mutation patchType:z applyConfiguration:?admissionregistration/v1.ApplyConfiguration jsonPatch:?admissionregistration/v1.JSONPatch
admissionregistration/v1.NamedRuleWithOperations resourceNames:[]s operations:[]s apiGroups:[]s apiVersions:[]s resources:[]s scope:s
admissionregistration/v1.ParamKind apiVersion:z kind:z
admissionregistration/v1.ParamRef name:z namespace:z selector:?meta/v1.LabelSelector parameterNotFoundAction:s
admissionregistration/v1.RuleWithOperations operations:[]s apiGroups:[]s apiVersions:[]s resources:[]s scope:s
admissionregistration/v1.ServiceReference namespace:z name:z path:s port:s
admissionregistration/v1.ValidatingAdmissionPolicy metadata:meta/v1.ObjectMeta spec:admissionregistration/v1.ValidatingAdmissionPolicySpec
admissionregistration/v1.ValidatingAdmissionPolicyBinding metadata:meta/v1.ObjectMeta spec:admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec
admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec policyName:z paramRef:?admissionregistration/v1.ParamRef matchResources:?admissionregistration/v1.MatchResources validationActions:[=]s
admissionregistration/v1.ValidatingAdmissionPolicySpec paramKind:?admissionregistration/v1.ParamKind matchConstraints:?admissionregistration/v1.MatchResources validations:[]admissionregistration/v1.Validation failurePolicy:s auditAnnotations:[]admissionregistration/v1.AuditAnnotation matchConditions:[name]admissionregistration/v1.MatchCondition variables:[name]admissionregistration/v1.Variable
admissionregistration/v1.ValidatingWebhook name:z clientConfig:admissionregistration/v1.WebhookClientConfig rules:[]admissionregistration/v1.RuleWithOperations failurePolicy:s matchPolicy:s namespaceSelector:?meta/v1.LabelSelector objectSelector:?meta/v1.LabelSelector sideEffects:s timeoutSeconds:s admissionReviewVersions:[]s matchConditions:[name]admissionregistration/v1.MatchCondition
admissionregistration/v1.ValidatingWebhookConfiguration metadata:meta/v1.ObjectMeta webhooks:[name]admissionregistration/v1.ValidatingWebhook
admissionregistration/v1.Validation expression:z message:z reason:s messageExpression:z
admissionregistration/v1.Variable name:z expression:z
admissionregistration/v1.WebhookClientConfig url:s service:?admissionregistration/v1.ServiceReference caBundle:b
apiextensions/v1.CustomResourceColumnDefinition name:z type:z format:z description:z priority:z jsonPath:z
apiextensions/v1.CustomResourceConversion strategy:z webhook:?apiextensions/v1.WebhookConversion
apiextensions/v1.CustomResourceDefinition metadata:meta/v1.ObjectMeta spec:apiextensions/v1.CustomResourceDefinitionSpec
apiextensions/v1.CustomResourceDefinitionNames plural:z singular:z shortNames:[]s kind:z listKind:z categories:[]s
apiextensions/v1.CustomResourceDefinitionSpec group:z names:apiextensions/v1.CustomResourceDefinitionNames scope:z versions:[]apiextensions/v1.CustomResourceDefinitionVersion conversion:?apiextensions/v1.CustomResourceConversion preserveUnknownFields:z
apiextensions/v1.CustomResourceDefinitionVersion name:z served:z storage:z deprecated:z deprecationWarning:s schema:?apiextensions/v1.CustomResourceValidation subresources:?apiextensions/v1.CustomResourceSubresources additionalPrinterColumns:[]apiextensions/v1.CustomResourceColumnDefinition selectableFields:[]apiextensions/v1.SelectableField
apiextensions/v1.CustomResourceSubresourceScale specReplicasPath:z statusReplicasPath:z labelSelectorPath:s
apiextensions/v1.CustomResourceSubresources status:x scale:?apiextensions/v1.CustomResourceSubresourceScale
apiextensions/v1.CustomResourceValidation openAPIV3Schema:?apiextensions/v1.JSONSchemaProps
apiextensions/v1.ExternalDocumentation description:z url:z
apiextensions/v1.JSONSchemaProps id:z $schema:z $ref:s description:z type:z format:z title:z default:x maximum:s exclusiveMaximum:z minimum:s exclusiveMinimum:z maxLength:s minLength:s pattern:z maxItems:s minItems:s uniqueItems:z multipleOf:s enum:[]x maxProperties:s minProperties:s required:[]s items:?apiextensions/v1.JSONSchemaProps allOf:[]apiextensions/v1.JSONSchemaProps oneOf:[]apiextensions/v1.JSONSchemaProps anyOf:[]apiextensions/v1.JSONSchemaProps not:?apiextensions/v1.JSONSchemaProps properties:{}apiextensions/v1.JSONSchemaProps additionalProperties:?apiextensions/v1.JSONSchemaProps patternProperties:{}apiextensions/v1.JSONSchemaProps dependencies:{}?apiextensions/v1.JSONSchemaProps additionalItems:?apiextensions/v1.JSONSchemaProps definitions:{}apiextensions/v1.JSONSchemaProps externalDocs:?apiextensions/v1.ExternalDocumentation example:x nullable:z x-kubernetes-preserve-unknown-fields:s x-kubernetes-embedded-resource:z x-kubernetes-int-or-string:z x-kubernetes-list-map-keys:[]s x-kubernetes-list-type:s x-kubernetes-map-type:s x-kubernetes-validations:[rule]apiextensions/v1.ValidationRule
apiextensions/v1.SelectableField jsonPath:z
apiextensions/v1.ServiceReference namespace:z name:z path:s port:s
apiextensions/v1.ValidationRule rule:z message:z messageExpression:z reason:s fieldPath:z optionalOldSelf:s
apiextensions/v1.WebhookClientConfig url:s service:?apiextensions/v1.ServiceReference caBundle:b
apiextensions/v1.WebhookConversion clientConfig:?apiextensions/v1.WebhookClientConfig conversionReviewVersions:[]s
apiregistration/v1.APIService metadata:meta/v1.ObjectMeta spec:apiregistration/v1.APIServiceSpec
apiregistration/v1.APIServiceSpec service:?apiregistration/v1.ServiceReference group:z version:z insecureSkipTLSVerify:z caBundle:b groupPriorityMinimum:z versionPriority:z
apiregistration/v1.ServiceReference namespace:z name:z port:s
apps/v1.ControllerRevision metadata:meta/v1.ObjectMeta data:x revision:z
apps/v1.DaemonSet metadata:meta/v1.ObjectMeta spec:apps/v1.DaemonSetSpec
apps/v1.DaemonSetSpec selector:?meta/v1.LabelSelector template:core/v1.PodTemplateSpec updateStrategy:apps/v1.DaemonSetUpdateStrategy minReadySeconds:z revisionHistoryLimit:s
apps/v1.DaemonSetUpdateStrategy type:z rollingUpdate:?apps/v1.RollingUpdateDaemonSet
apps/v1.Deployment metadata:meta/v1.ObjectMeta spec:apps/v1.DeploymentSpec
apps/v1.DeploymentSpec replicas:s selector:?meta/v1.LabelSelector template:core/v1.PodTemplateSpec strategy:apps/v1.DeploymentStrategy minReadySeconds:z revisionHistoryLimit:s paused:z progressDeadlineSeconds:s
apps/v1.DeploymentStrategy type:z rollingUpdate:?apps/v1.RollingUpdateDeployment
apps/v1.ReplicaSet metadata:meta/v1.ObjectMeta spec:apps/v1.ReplicaSetSpec
apps/v1.ReplicaSetSpec replicas:s minReadySeconds:z selector:?meta/v1.LabelSelector template:core/v1.PodTemplateSpec
apps/v1.RollingUpdateDaemonSet maxUnavailable:s maxSurge:s
apps/v1.RollingUpdateDeployment maxUnavailable:s maxSurge:s
apps/v1.RollingUpdateStatefulSetStrategy partition:s maxUnavailable:s
apps/v1.StatefulSet metadata:meta/v1.ObjectMeta spec:apps/v1.StatefulSetSpec
apps/v1.StatefulSetOrdinals start:z
apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:z whenScaled:z
apps/v1.StatefulSetSpec replicas:s selector:?meta/v1.LabelSelector template:core/v1.PodTemplateSpec volumeClaimTemplates:[]core/v1.PersistentVolumeClaim serviceName:z podManagementPolicy:z updateStrategy:apps/v1.StatefulSetUpdateStrategy revisionHistoryLimit:s minReadySeconds:z persistentVolumeClaimRetentionPolicy:?apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy ordinals:?apps/v1.StatefulSetOrdinals
apps/v1.StatefulSetUpdateStrategy type:z rollingUpdate:?apps/v1.RollingUpdateStatefulSetStrategy
autoscaling/v1.CrossVersionObjectReference kind:z name:z apiVersion:z
autoscaling/v1.HorizontalPodAutoscaler metadata:meta/v1.ObjectMeta spec:autoscaling/v1.HorizontalPodAutoscalerSpec
autoscaling/v1.HorizontalPodAutoscalerSpec scaleTargetRef:autoscaling/v1.CrossVersionObjectReference minReplicas:s maxReplicas:z targetCPUUtilizationPercentage:s
autoscaling/v1.Scale metadata:meta/v1.ObjectMeta spec:autoscaling/v1.ScaleSpec
autoscaling/v1.ScaleSpec replicas:z
autoscaling/v2.ContainerResourceMetricSource name:z target:autoscaling/v2.MetricTarget container:z
autoscaling/v2.CrossVersionObjectReference kind:z name:z apiVersion:z
autoscaling/v2.ExternalMetricSource metric:autoscaling/v2.MetricIdentifier target:autoscaling/v2.MetricTarget
autoscaling/v2.HPAScalingPolicy type:z value:z periodSeconds:z
autoscaling/v2.HPAScalingRules stabilizationWindowSeconds:s selectPolicy:s policies:[]autoscaling/v2.HPAScalingPolicy tolerance:q
autoscaling/v2.HorizontalPodAutoscaler metadata:meta/v1.ObjectMeta spec:autoscaling/v2.HorizontalPodAutoscalerSpec
autoscaling/v2.HorizontalPodAutoscalerBehavior scaleUp:?autoscaling/v2.HPAScalingRules scaleDown:?autoscaling/v2.HPAScalingRules
autoscaling/v2.HorizontalPodAutoscalerSpec scaleTargetRef:autoscaling/v2.CrossVersionObjectReference minReplicas:s maxReplicas:z metrics:[]autoscaling/v2.MetricSpec behavior:?autoscaling/v2.HorizontalPodAutoscalerBehavior
autoscaling/v2.MetricIdentifier name:z selector:?meta/v1.LabelSelector
autoscaling/v2.MetricSpec type:z object:?autoscaling/v2.ObjectMetricSource pods:?autoscaling/v2.PodsMetricSource resource:?autoscaling/v2.ResourceMetricSource containerResource:?autoscaling/v2.ContainerResourceMetricSource external:?autoscaling/v2.ExternalMetricSource
autoscaling/v2.MetricTarget type:z value:q averageValue:q averageUtilization:s
autoscaling/v2.ObjectMetricSource describedObject:autoscaling/v2.CrossVersionObjectReference target:autoscaling/v2.MetricTarget metric:autoscaling/v2.MetricIdentifier
autoscaling/v2.PodsMetricSource metric:autoscaling/v2.MetricIdentifier target:autoscaling/v2.MetricTarget
autoscaling/v2.ResourceMetricSource name:z target:autoscaling/v2.MetricTarget
batch/v1.CronJob metadata:meta/v1.ObjectMeta spec:batch/v1.CronJobSpec
batch/v1.CronJobSpec schedule:z timeZone:s startingDeadlineSeconds:s concurrencyPolicy:z suspend:s jobTemplate:batch/v1.JobTemplateSpec successfulJobsHistoryLimit:s failedJobsHistoryLimit:s
batch/v1.Job metadata:meta/v1.ObjectMeta spec:batch/v1.JobSpec
batch/v1.JobSpec parallelism:s completions:s activeDeadlineSeconds:s podFailurePolicy:?batch/v1.PodFailurePolicy successPolicy:?batch/v1.SuccessPolicy backoffLimit:s backoffLimitPerIndex:s maxFailedIndexes:s selector:?meta/v1.LabelSelector manualSelector:s template:core/v1.PodTemplateSpec ttlSecondsAfterFinished:s completionMode:s suspend:s podReplacementPolicy:s managedBy:s
batch/v1.JobTemplateSpec metadata:meta/v1.ObjectMeta spec:batch/v1.JobSpec
batch/v1.PodFailurePolicy rules:[]batch/v1.PodFailurePolicyRule
batch/v1.PodFailurePolicyOnExitCodesRequirement containerName:s operator:z values:[=]s
batch/v1.PodFailurePolicyOnPodConditionsPattern type:z status:z
batch/v1.PodFailurePolicyRule action:z onExitCodes:?batch/v1.PodFailurePolicyOnExitCodesRequirement onPodConditions:[]batch/v1.PodFailurePolicyOnPodConditionsPattern
batch/v1.SuccessPolicy rules:[]batch/v1.SuccessPolicyRule
batch/v1.SuccessPolicyRule succeededIndexes:s succeededCount:s
certificates/v1.CertificateSigningRequest metadata:meta/v1.ObjectMeta spec:certificates/v1.CertificateSigningRequestSpec
certificates/v1.CertificateSigningRequestSpec request:b signerName:z expirationSeconds:s usages:[]s username:z uid:z groups:[]s extra:{}[]s
coordination/v1.Lease metadata:meta/v1.ObjectMeta spec:coordination/v1.LeaseSpec
coordination/v1.LeaseSpec holderIdentity:s leaseDurationSeconds:s acquireTime:t renewTime:t leaseTransitions:s strategy:s preferredHolder:s
core/v1.AWSElasticBlockStoreVolumeSource volumeID:z fsType:z partition:z readOnly:z
core/v1.Affinity nodeAffinity:?core/v1.NodeAffinity podAffinity:?core/v1.PodAffinity podAntiAffinity:?core/v1.PodAntiAffinity
core/v1.AppArmorProfile type:z localhostProfile:s
core/v1.AzureDiskVolumeSource diskName:z diskURI:z cachingMode:s fsType:s readOnly:s kind:s
core/v1.AzureFilePersistentVolumeSource secretName:z shareName:z readOnly:z secretNamespace:s
core/v1.AzureFileVolumeSource secretName:z shareName:z readOnly:z
core/v1.Binding metadata:meta/v1.ObjectMeta target:core/v1.ObjectReference
core/v1.CSIPersistentVolumeSource driver:z volumeHandle:z readOnly:z fsType:z volumeAttributes:{}s controllerPublishSecretRef:?core/v1.SecretReference nodeStageSecretRef:?core/v1.SecretReference nodePublishSecretRef:?core/v1.SecretReference controllerExpandSecretRef:?core/v1.SecretReference nodeExpandSecretRef:?core/v1.SecretReference
core/v1.CSIVolumeSource driver:z readOnly:s fsType:s volumeAttributes:{}s nodePublishSecretRef:?core/v1.LocalObjectReference
core/v1.Capabilities add:[]s drop:[]s
core/v1.CephFSPersistentVolumeSource monitors:[]s path:z user:z secretFile:z secretRef:?core/v1.SecretReference readOnly:z
core/v1.CephFSVolumeSource monitors:[]s path:z user:z secretFile:z secretRef:?core/v1.LocalObjectReference readOnly:z
core/v1.CinderPersistentVolumeSource volumeID:z fsType:z readOnly:z secretRef:?core/v1.SecretReference
core/v1.CinderVolumeSource volumeID:z fsType:z readOnly:z secretRef:?core/v1.LocalObjectReference
core/v1.ClientIPConfig timeoutSeconds:s
core/v1.ClusterTrustBundleProjection name:s signerName:s labelSelector:?meta/v1.LabelSelector optional:s path:z
core/v1.ComponentCondition type:z status:z message:z error:z
core/v1.ComponentStatus metadata:meta/v1.ObjectMeta conditions:[type]core/v1.ComponentCondition
core/v1.ConfigMap metadata:meta/v1.ObjectMeta immutable:s data:{}s binaryData:{}b
core/v1.ConfigMapEnvSource name:z optional:s
core/v1.ConfigMapKeySelector name:z key:z optional:s
core/v1.ConfigMapNodeConfigSource namespace:z name:z uid:z resourceVersion:z kubeletConfigKey:z
core/v1.ConfigMapProjection name:z items:[]core/v1.KeyToPath optional:s
core/v1.ConfigMapVolumeSource name:z items:[]core/v1.KeyToPath defaultMode:s optional:s
core/v1.Container name:z image:z command:[]s args:[]s workingDir:z ports:[containerPort|protocol]core/v1.ContainerPort envFrom:[]core/v1.EnvFromSource env:[name]core/v1.EnvVar resources:core/v1.ResourceRequirements resizePolicy:[]core/v1.ContainerResizePolicy restartPolicy:s restartPolicyRules:[]core/v1.ContainerRestartRule volumeMounts:[mountPath]core/v1.VolumeMount volumeDevices:[devicePath]core/v1.VolumeDevice livenessProbe:?core/v1.Probe readinessProbe:?core/v1.Probe startupProbe:?core/v1.Probe lifecycle:?core/v1.Lifecycle terminationMessagePath:z terminationMessagePolicy:z imagePullPolicy:z securityContext:?core/v1.SecurityContext stdin:z stdinOnce:z tty:z
core/v1.ContainerPort name:z hostPort:z containerPort:z protocol:z hostIP:z
core/v1.ContainerResizePolicy resourceName:z restartPolicy:z
core/v1.ContainerRestartRule action:z exitCodes:?core/v1.ContainerRestartRuleOnExitCodes
core/v1.ContainerRestartRuleOnExitCodes operator:z values:[=]s
core/v1.DownwardAPIProjection items:[]core/v1.DownwardAPIVolumeFile
core/v1.DownwardAPIVolumeFile path:z fieldRef:?core/v1.ObjectFieldSelector resourceFieldRef:?core/v1.ResourceFieldSelector mode:s
core/v1.DownwardAPIVolumeSource items:[]core/v1.DownwardAPIVolumeFile defaultMode:s
core/v1.EmptyDirVolumeSource medium:z sizeLimit:q
core/v1.EndpointAddress ip:z hostname:z nodeName:s targetRef:?core/v1.ObjectReference
core/v1.EndpointPort name:z port:z protocol:z appProtocol:s
core/v1.EndpointSubset addresses:[]core/v1.EndpointAddress notReadyAddresses:[]core/v1.EndpointAddress ports:[]core/v1.EndpointPort
core/v1.Endpoints metadata:meta/v1.ObjectMeta subsets:[]core/v1.EndpointSubset
core/v1.EnvFromSource prefix:z configMapRef:?core/v1.ConfigMapEnvSource secretRef:?core/v1.SecretEnvSource
core/v1.EnvVar name:z value:z valueFrom:?core/v1.EnvVarSource
core/v1.EnvVarSource fieldRef:?core/v1.ObjectFieldSelector resourceFieldRef:?core/v1.ResourceFieldSelector configMapKeyRef:?core/v1.ConfigMapKeySelector secretKeyRef:?core/v1.SecretKeySelector fileKeyRef:?core/v1.FileKeySelector
core/v1.EphemeralContainer name:z image:z command:[]s args:[]s workingDir:z ports:[containerPort|protocol]core/v1.ContainerPort envFrom:[]core/v1.EnvFromSource env:[name]core/v1.EnvVar resources:core/v1.ResourceRequirements resizePolicy:[]core/v1.ContainerResizePolicy restartPolicy:s restartPolicyRules:[]core/v1.ContainerRestartRule volumeMounts:[mountPath]core/v1.VolumeMount volumeDevices:[devicePath]core/v1.VolumeDevice livenessProbe:?core/v1.Probe readinessProbe:?core/v1.Probe startupProbe:?core/v1.Probe lifecycle:?core/v1.Lifecycle terminationMessagePath:z terminationMessagePolicy:z imagePullPolicy:z securityContext:?core/v1.SecurityContext stdin:z stdinOnce:z tty:z targetContainerName:z
core/v1.EphemeralVolumeSource volumeClaimTemplate:?core/v1.PersistentVolumeClaimTemplate
core/v1.Event metadata:meta/v1.ObjectMeta involvedObject:core/v1.ObjectReference reason:z message:z source:core/v1.EventSource firstTimestamp:t lastTimestamp:t count:z type:z eventTime:t series:?core/v1.EventSeries action:z related:?core/v1.ObjectReference reportingComponent:z reportingInstance:z
core/v1.EventSeries count:z lastObservedTime:t
core/v1.EventSource component:z host:z
core/v1.ExecAction command:[]s
core/v1.FCVolumeSource targetWWNs:[]s lun:s fsType:z readOnly:z wwids:[]s
core/v1.FileKeySelector volumeName:z path:z key:z optional:s
core/v1.FlexPersistentVolumeSource driver:z fsType:z secretRef:?core/v1.SecretReference readOnly:z options:{}s
core/v1.FlexVolumeSource driver:z fsType:z secretRef:?core/v1.LocalObjectReference readOnly:z options:{}s
core/v1.FlockerVolumeSource datasetName:z datasetUUID:z
core/v1.GCEPersistentDiskVolumeSource pdName:z fsType:z partition:z readOnly:z
core/v1.GRPCAction port:z service:s
core/v1.GitRepoVolumeSource repository:z revision:z directory:z
core/v1.GlusterfsPersistentVolumeSource endpoints:z path:z readOnly:z endpointsNamespace:s
core/v1.GlusterfsVolumeSource endpoints:z path:z readOnly:z
core/v1.HTTPGetAction path:z port:z host:z scheme:z httpHeaders:[]core/v1.HTTPHeader
core/v1.HTTPHeader name:z value:z
core/v1.HostAlias ip:z hostnames:[]s
core/v1.HostPathVolumeSource path:z type:s
core/v1.ISCSIPersistentVolumeSource targetPortal:z iqn:z lun:z iscsiInterface:z fsType:z readOnly:z portals:[]s chapAuthDiscovery:z chapAuthSession:z secretRef:?core/v1.SecretReference initiatorName:s
core/v1.ISCSIVolumeSource targetPortal:z iqn:z lun:z iscsiInterface:z fsType:z readOnly:z portals:[]s chapAuthDiscovery:z chapAuthSession:z secretRef:?core/v1.LocalObjectReference initiatorName:s
core/v1.ImageVolumeSource reference:z pullPolicy:z
core/v1.KeyToPath key:z path:z mode:s
core/v1.Lifecycle postStart:?core/v1.LifecycleHandler preStop:?core/v1.LifecycleHandler stopSignal:s
core/v1.LifecycleHandler exec:?core/v1.ExecAction httpGet:?core/v1.HTTPGetAction tcpSocket:?core/v1.TCPSocketAction sleep:?core/v1.SleepAction
core/v1.LimitRange metadata:meta/v1.ObjectMeta spec:core/v1.LimitRangeSpec
core/v1.LimitRangeItem type:z max:{}q min:{}q default:{}q defaultRequest:{}q maxLimitRequestRatio:{}q
core/v1.LimitRangeSpec limits:[]core/v1.LimitRangeItem
core/v1.LocalObjectReference name:z
core/v1.LocalVolumeSource path:z fsType:s
core/v1.NFSVolumeSource server:z path:z readOnly:z
core/v1.Namespace metadata:meta/v1.ObjectMeta spec:core/v1.NamespaceSpec
core/v1.NamespaceSpec finalizers:[]s
core/v1.Node metadata:meta/v1.ObjectMeta spec:core/v1.NodeSpec
core/v1.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:?core/v1.NodeSelector preferredDuringSchedulingIgnoredDuringExecution:[]core/v1.PreferredSchedulingTerm
core/v1.NodeConfigSource configMap:?core/v1.ConfigMapNodeConfigSource
core/v1.NodeSelector nodeSelectorTerms:[]core/v1.NodeSelectorTerm
core/v1.NodeSelectorRequirement key:z operator:z values:[]s
core/v1.NodeSelectorTerm matchExpressions:[]core/v1.NodeSelectorRequirement matchFields:[]core/v1.NodeSelectorRequirement
core/v1.NodeSpec podCIDR:z podCIDRs:[=]s providerID:z unschedulable:z taints:[]core/v1.Taint configSource:?core/v1.NodeConfigSource externalID:z
core/v1.ObjectFieldSelector apiVersion:z fieldPath:z
core/v1.ObjectReference kind:z namespace:z name:z uid:z apiVersion:z resourceVersion:z fieldPath:z
core/v1.PersistentVolume metadata:meta/v1.ObjectMeta spec:core/v1.PersistentVolumeSpec
core/v1.PersistentVolumeClaim metadata:meta/v1.ObjectMeta spec:core/v1.PersistentVolumeClaimSpec
core/v1.PersistentVolumeClaimSpec accessModes:[]s selector:?meta/v1.LabelSelector resources:core/v1.VolumeResourceRequirements volumeName:z storageClassName:s volumeMode:s dataSource:?core/v1.TypedLocalObjectReference dataSourceRef:?core/v1.TypedObjectReference volumeAttributesClassName:s
core/v1.PersistentVolumeClaimTemplate metadata:meta/v1.ObjectMeta spec:core/v1.PersistentVolumeClaimSpec
core/v1.PersistentVolumeClaimVolumeSource claimName:z readOnly:z
core/v1.PersistentVolumeSpec capacity:{}q gcePersistentDisk:?core/v1.GCEPersistentDiskVolumeSource awsElasticBlockStore:?core/v1.AWSElasticBlockStoreVolumeSource hostPath:?core/v1.HostPathVolumeSource glusterfs:?core/v1.GlusterfsPersistentVolumeSource nfs:?core/v1.NFSVolumeSource rbd:?core/v1.RBDPersistentVolumeSource iscsi:?core/v1.ISCSIPersistentVolumeSource cinder:?core/v1.CinderPersistentVolumeSource cephfs:?core/v1.CephFSPersistentVolumeSource fc:?core/v1.FCVolumeSource flocker:?core/v1.FlockerVolumeSource flexVolume:?core/v1.FlexPersistentVolumeSource azureFile:?core/v1.AzureFilePersistentVolumeSource vsphereVolume:?core/v1.VsphereVirtualDiskVolumeSource quobyte:?core/v1.QuobyteVolumeSource azureDisk:?core/v1.AzureDiskVolumeSource photonPersistentDisk:?core/v1.PhotonPersistentDiskVolumeSource portworxVolume:?core/v1.PortworxVolumeSource scaleIO:?core/v1.ScaleIOPersistentVolumeSource local:?core/v1.LocalVolumeSource storageos:?core/v1.StorageOSPersistentVolumeSource csi:?core/v1.CSIPersistentVolumeSource accessModes:[]s claimRef:?core/v1.ObjectReference persistentVolumeReclaimPolicy:z storageClassName:z mountOptions:[]s volumeMode:s nodeAffinity:?core/v1.VolumeNodeAffinity volumeAttributesClassName:s
core/v1.PhotonPersistentDiskVolumeSource pdID:z fsType:z
core/v1.Pod metadata:meta/v1.ObjectMeta spec:core/v1.PodSpec
core/v1.PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[]core/v1.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution:[]core/v1.WeightedPodAffinityTerm
core/v1.PodAffinityTerm labelSelector:?meta/v1.LabelSelector namespaces:[]s topologyKey:z namespaceSelector:?meta/v1.LabelSelector matchLabelKeys:[]s mismatchLabelKeys:[]s
core/v1.PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:[]core/v1.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution:[]core/v1.WeightedPodAffinityTerm
core/v1.PodCertificateProjection signerName:z keyType:z maxExpirationSeconds:s credentialBundlePath:z keyPath:z certificateChainPath:z userAnnotations:{}s
core/v1.PodDNSConfig nameservers:[]s searches:[]s options:[]core/v1.PodDNSConfigOption
core/v1.PodDNSConfigOption name:z value:s
core/v1.PodOS name:z
core/v1.PodReadinessGate conditionType:z
core/v1.PodResourceClaim name:z resourceClaimName:s resourceClaimTemplateName:s
core/v1.PodSchedulingGate name:z
core/v1.PodSchedulingGroup podGroupName:s
core/v1.PodSecurityContext seLinuxOptions:?core/v1.SELinuxOptions windowsOptions:?core/v1.WindowsSecurityContextOptions runAsUser:s runAsGroup:s runAsNonRoot:s supplementalGroups:[]s supplementalGroupsPolicy:s fsGroup:s sysctls:[]core/v1.Sysctl fsGroupChangePolicy:s seccompProfile:?core/v1.SeccompProfile appArmorProfile:?core/v1.AppArmorProfile seLinuxChangePolicy:s
core/v1.PodSpec volumes:[name]core/v1.Volume initContainers:[name]core/v1.Container containers:[name]core/v1.Container ephemeralContainers:[name]core/v1.EphemeralContainer restartPolicy:z terminationGracePeriodSeconds:s activeDeadlineSeconds:s dnsPolicy:z nodeSelector:{}s serviceAccountName:z serviceAccount:z automountServiceAccountToken:s nodeName:z hostNetwork:z hostPID:z hostIPC:z shareProcessNamespace:s securityContext:?core/v1.PodSecurityContext imagePullSecrets:[name]core/v1.LocalObjectReference hostname:z subdomain:z affinity:?core/v1.Affinity schedulerName:z tolerations:[]core/v1.Toleration hostAliases:[ip]core/v1.HostAlias priorityClassName:z priority:s dnsConfig:?core/v1.PodDNSConfig readinessGates:[]core/v1.PodReadinessGate runtimeClassName:s enableServiceLinks:s preemptionPolicy:s overhead:{}q topologySpreadConstraints:[topologyKey|whenUnsatisfiable]core/v1.TopologySpreadConstraint setHostnameAsFQDN:s os:?core/v1.PodOS hostUsers:s schedulingGates:[name]core/v1.PodSchedulingGate resourceClaims:[name]core/v1.PodResourceClaim resources:?core/v1.ResourceRequirements hostnameOverride:s schedulingGroup:?core/v1.PodSchedulingGroup
core/v1.PodStatusResult metadata:meta/v1.ObjectMeta
core/v1.PodTemplate metadata:meta/v1.ObjectMeta template:core/v1.PodTemplateSpec
core/v1.PodTemplateSpec metadata:meta/v1.ObjectMeta spec:core/v1.PodSpec
core/v1.PortworxVolumeSource volumeID:z fsType:z readOnly:z
core/v1.PreferredSchedulingTerm weight:z preference:core/v1.NodeSelectorTerm
core/v1.Probe exec:?core/v1.ExecAction httpGet:?core/v1.HTTPGetAction tcpSocket:?core/v1.TCPSocketAction grpc:?core/v1.GRPCAction initialDelaySeconds:z timeoutSeconds:z periodSeconds:z successThreshold:z failureThreshold:z terminationGracePeriodSeconds:s
core/v1.ProjectedVolumeSource sources:[]core/v1.VolumeProjection defaultMode:s
core/v1.QuobyteVolumeSource registry:z volume:z readOnly:z user:z group:z tenant:z
core/v1.RBDPersistentVolumeSource monitors:[]s image:z fsType:z pool:z user:z keyring:z secretRef:?core/v1.SecretReference readOnly:z
core/v1.RBDVolumeSource monitors:[]s image:z fsType:z pool:z user:z keyring:z secretRef:?core/v1.LocalObjectReference readOnly:z
core/v1.RangeAllocation metadata:meta/v1.ObjectMeta range:z data:b
core/v1.ReplicationController metadata:meta/v1.ObjectMeta spec:core/v1.ReplicationControllerSpec
core/v1.ReplicationControllerSpec replicas:s minReadySeconds:z selector:{}s template:?core/v1.PodTemplateSpec
core/v1.ResourceClaim name:z request:z
core/v1.ResourceFieldSelector containerName:z resource:z divisor:q
core/v1.ResourceQuota metadata:meta/v1.ObjectMeta spec:core/v1.ResourceQuotaSpec
core/v1.ResourceQuotaSpec hard:{}q scopes:[]s scopeSelector:?core/v1.ScopeSelector
core/v1.ResourceRequirements limits:{}q requests:{}q claims:[name]core/v1.ResourceClaim
core/v1.SELinuxOptions user:z role:z type:z level:z
core/v1.ScaleIOPersistentVolumeSource gateway:z system:z secretRef:?core/v1.SecretReference sslEnabled:z protectionDomain:z storagePool:z storageMode:z volumeName:z fsType:z readOnly:z
core/v1.ScaleIOVolumeSource gateway:z system:z secretRef:?core/v1.LocalObjectReference sslEnabled:z protectionDomain:z storagePool:z storageMode:z volumeName:z fsType:z readOnly:z
core/v1.ScopeSelector matchExpressions:[]core/v1.ScopedResourceSelectorRequirement
core/v1.ScopedResourceSelectorRequirement scopeName:z operator:z values:[]s
core/v1.SeccompProfile type:z localhostProfile:s
core/v1.Secret metadata:meta/v1.ObjectMeta immutable:s data:{}b stringData:{}s type:z
core/v1.SecretEnvSource name:z optional:s
core/v1.SecretKeySelector name:z key:z optional:s
core/v1.SecretProjection name:z items:[]core/v1.KeyToPath optional:s
core/v1.SecretReference name:z namespace:z
core/v1.SecretVolumeSource secretName:z items:[]core/v1.KeyToPath defaultMode:s optional:s
core/v1.SecurityContext capabilities:?core/v1.Capabilities privileged:s seLinuxOptions:?core/v1.SELinuxOptions windowsOptions:?core/v1.WindowsSecurityContextOptions runAsUser:s runAsGroup:s runAsNonRoot:s readOnlyRootFilesystem:s allowPrivilegeEscalation:s procMount:s seccompProfile:?core/v1.SeccompProfile appArmorProfile:?core/v1.AppArmorProfile
core/v1.Service metadata:meta/v1.ObjectMeta spec:core/v1.ServiceSpec
core/v1.ServiceAccount metadata:meta/v1.ObjectMeta secrets:[name]core/v1.ObjectReference imagePullSecrets:[]core/v1.LocalObjectReference automountServiceAccountToken:s
core/v1.ServiceAccountTokenProjection audience:z expirationSeconds:s path:z
core/v1.ServicePort name:z protocol:z appProtocol:s port:z targetPort:z nodePort:z
core/v1.ServiceSpec ports:[port|protocol]core/v1.ServicePort selector:{}s clusterIP:z clusterIPs:[]s type:z externalIPs:[]s sessionAffinity:z loadBalancerIP:z loadBalancerSourceRanges:[]s externalName:z externalTrafficPolicy:z healthCheckNodePort:z publishNotReadyAddresses:z sessionAffinityConfig:?core/v1.SessionAffinityConfig ipFamilies:[]s ipFamilyPolicy:s allocateLoadBalancerNodePorts:s loadBalancerClass:s internalTrafficPolicy:s trafficDistribution:s
core/v1.SessionAffinityConfig clientIP:?core/v1.ClientIPConfig
core/v1.SleepAction seconds:z
core/v1.StorageOSPersistentVolumeSource volumeName:z volumeNamespace:z fsType:z readOnly:z secretRef:?core/v1.ObjectReference
core/v1.StorageOSVolumeSource volumeName:z volumeNamespace:z fsType:z readOnly:z secretRef:?core/v1.LocalObjectReference
core/v1.Sysctl name:z value:z
core/v1.TCPSocketAction port:z host:z
core/v1.Taint key:z value:z effect:z timeAdded:t
core/v1.Toleration key:z operator:z value:z effect:z tolerationSeconds:s
core/v1.TopologySelectorLabelRequirement key:z values:[]s
core/v1.TopologySelectorTerm matchLabelExpressions:[]core/v1.TopologySelectorLabelRequirement
core/v1.TopologySpreadConstraint maxSkew:z topologyKey:z whenUnsatisfiable:z labelSelector:?meta/v1.LabelSelector minDomains:s nodeAffinityPolicy:s nodeTaintsPolicy:s matchLabelKeys:[]s
core/v1.TypedLocalObjectReference apiGroup:s kind:z name:z
core/v1.TypedObjectReference apiGroup:s kind:z name:z namespace:s
core/v1.Volume name:z hostPath:?core/v1.HostPathVolumeSource emptyDir:?core/v1.EmptyDirVolumeSource gcePersistentDisk:?core/v1.GCEPersistentDiskVolumeSource awsElasticBlockStore:?core/v1.AWSElasticBlockStoreVolumeSource gitRepo:?core/v1.GitRepoVolumeSource secret:?core/v1.SecretVolumeSource nfs:?core/v1.NFSVolumeSource iscsi:?core/v1.ISCSIVolumeSource glusterfs:?core/v1.GlusterfsVolumeSource persistentVolumeClaim:?core/v1.PersistentVolumeClaimVolumeSource rbd:?core/v1.RBDVolumeSource flexVolume:?core/v1.FlexVolumeSource cinder:?core/v1.CinderVolumeSource cephfs:?core/v1.CephFSVolumeSource flocker:?core/v1.FlockerVolumeSource downwardAPI:?core/v1.DownwardAPIVolumeSource fc:?core/v1.FCVolumeSource azureFile:?core/v1.AzureFileVolumeSource configMap:?core/v1.ConfigMapVolumeSource vsphereVolume:?core/v1.VsphereVirtualDiskVolumeSource quobyte:?core/v1.QuobyteVolumeSource azureDisk:?core/v1.AzureDiskVolumeSource photonPersistentDisk:?core/v1.PhotonPersistentDiskVolumeSource projected:?core/v1.ProjectedVolumeSource portworxVolume:?core/v1.PortworxVolumeSource scaleIO:?core/v1.ScaleIOVolumeSource storageos:?core/v1.StorageOSVolumeSource csi:?core/v1.CSIVolumeSource ephemeral:?core/v1.EphemeralVolumeSource image:?core/v1.ImageVolumeSource
core/v1.VolumeDevice name:z devicePath:z
core/v1.VolumeMount name:z readOnly:z recursiveReadOnly:s mountPath:z subPath:z mountPropagation:s subPathExpr:z
core/v1.VolumeNodeAffinity required:?core/v1.NodeSelector
core/v1.VolumeProjection secret:?core/v1.SecretProjection downwardAPI:?core/v1.DownwardAPIProjection configMap:?core/v1.ConfigMapProjection serviceAccountToken:?core/v1.ServiceAccountTokenProjection clusterTrustBundle:?core/v1.ClusterTrustBundleProjection podCertificate:?core/v1.PodCertificateProjection
core/v1.VolumeResourceRequirements limits:{}q requests:{}q
core/v1.VsphereVirtualDiskVolumeSource volumePath:z fsType:z storagePolicyName:z storagePolicyID:z
core/v1.WeightedPodAffinityTerm weight:z podAffinityTerm:core/v1.PodAffinityTerm
core/v1.WindowsSecurityContextOptions gmsaCredentialSpecName:s gmsaCredentialSpec:s runAsUserName:s hostProcess:s
discovery/v1.Endpoint addresses:[=]s conditions:discovery/v1.EndpointConditions hostname:s targetRef:?core/v1.ObjectReference deprecatedTopology:{}s nodeName:s zone:s hints:?discovery/v1.EndpointHints
discovery/v1.EndpointConditions ready:s serving:s terminating:s
discovery/v1.EndpointHints forZones:[]discovery/v1.ForZone forNodes:[]discovery/v1.ForNode
discovery/v1.EndpointPort name:s protocol:s port:s appProtocol:s
discovery/v1.EndpointSlice metadata:meta/v1.ObjectMeta addressType:z endpoints:[]discovery/v1.Endpoint ports:[]discovery/v1.EndpointPort
discovery/v1.ForNode name:z
discovery/v1.ForZone name:z
flowcontrol/v1.ExemptPriorityLevelConfiguration nominalConcurrencyShares:s lendablePercent:s
flowcontrol/v1.FlowDistinguisherMethod type:z
flowcontrol/v1.FlowSchema metadata:meta/v1.ObjectMeta spec:flowcontrol/v1.FlowSchemaSpec
flowcontrol/v1.FlowSchemaSpec priorityLevelConfiguration:flowcontrol/v1.PriorityLevelConfigurationReference matchingPrecedence:z distinguisherMethod:?flowcontrol/v1.FlowDistinguisherMethod rules:[]flowcontrol/v1.PolicyRulesWithSubjects
flowcontrol/v1.GroupSubject name:z
flowcontrol/v1.LimitResponse type:z queuing:?flowcontrol/v1.QueuingConfiguration
flowcontrol/v1.LimitedPriorityLevelConfiguration nominalConcurrencyShares:s limitResponse:flowcontrol/v1.LimitResponse lendablePercent:s borrowingLimitPercent:s
flowcontrol/v1.NonResourcePolicyRule verbs:[=]s nonResourceURLs:[=]s
flowcontrol/v1.PolicyRulesWithSubjects subjects:[]flowcontrol/v1.Subject resourceRules:[]flowcontrol/v1.ResourcePolicyRule nonResourceRules:[]flowcontrol/v1.NonResourcePolicyRule
flowcontrol/v1.PriorityLevelConfiguration metadata:meta/v1.ObjectMeta spec:flowcontrol/v1.PriorityLevelConfigurationSpec
flowcontrol/v1.PriorityLevelConfigurationReference name:z
flowcontrol/v1.PriorityLevelConfigurationSpec type:z limited:?flowcontrol/v1.LimitedPriorityLevelConfiguration exempt:?flowcontrol/v1.ExemptPriorityLevelConfiguration
flowcontrol/v1.QueuingConfiguration queues:z handSize:z queueLengthLimit:z
flowcontrol/v1.ResourcePolicyRule verbs:[=]s apiGroups:[=]s resources:[=]s clusterScope:z namespaces:[=]s
flowcontrol/v1.ServiceAccountSubject namespace:z name:z
flowcontrol/v1.Subject kind:z user:?flowcontrol/v1.UserSubject group:?flowcontrol/v1.GroupSubject serviceAccount:?flowcontrol/v1.ServiceAccountSubject
flowcontrol/v1.UserSubject name:z
meta/v1.DeleteOptions gracePeriodSeconds:s preconditions:?meta/v1.Preconditions orphanDependents:s propagationPolicy:s dryRun:[]s ignoreStoreReadErrorWithClusterBreakingPotential:s
meta/v1.LabelSelector matchLabels:{}s matchExpressions:[]meta/v1.LabelSelectorRequirement
meta/v1.LabelSelectorRequirement key:z operator:z values:[]s
meta/v1.ManagedFieldsEntry manager:z operation:z apiVersion:z time:t fieldsType:z fieldsV1:x subresource:z
meta/v1.ObjectMeta name:z generateName:z namespace:z selfLink:z uid:z resourceVersion:z generation:z creationTimestamp:t deletionTimestamp:t deletionGracePeriodSeconds:s labels:{}s annotations:{}s ownerReferences:[uid]meta/v1.OwnerReference finalizers:[=]s managedFields:[]meta/v1.ManagedFieldsEntry
meta/v1.OwnerReference apiVersion:z kind:z name:z uid:z controller:s blockOwnerDeletion:s
meta/v1.Preconditions uid:s resourceVersion:s
networking/v1.HTTPIngressPath path:z pathType:s backend:networking/v1.IngressBackend
networking/v1.HTTPIngressRuleValue paths:[]networking/v1.HTTPIngressPath
networking/v1.IPAddress metadata:meta/v1.ObjectMeta spec:networking/v1.IPAddressSpec
networking/v1.IPAddressSpec parentRef:?networking/v1.ParentReference
networking/v1.IPBlock cidr:z except:[]s
networking/v1.Ingress metadata:meta/v1.ObjectMeta spec:networking/v1.IngressSpec
networking/v1.IngressBackend service:?networking/v1.IngressServiceBackend resource:?core/v1.TypedLocalObjectReference
networking/v1.IngressClass metadata:meta/v1.ObjectMeta spec:networking/v1.IngressClassSpec
networking/v1.IngressClassParametersReference apiGroup:s kind:z name:z scope:s namespace:s
networking/v1.IngressClassSpec controller:z parameters:?networking/v1.IngressClassParametersReference
networking/v1.IngressRule host:z http:?networking/v1.HTTPIngressRuleValue
networking/v1.IngressServiceBackend name:z port:networking/v1.ServiceBackendPort
networking/v1.IngressSpec ingressClassName:s defaultBackend:?networking/v1.IngressBackend tls:[]networking/v1.IngressTLS rules:[]networking/v1.IngressRule
networking/v1.IngressTLS hosts:[]s secretName:z
networking/v1.NetworkPolicy metadata:meta/v1.ObjectMeta spec:networking/v1.NetworkPolicySpec
networking/v1.NetworkPolicyEgressRule ports:[]networking/v1.NetworkPolicyPort to:[]networking/v1.NetworkPolicyPeer
networking/v1.NetworkPolicyIngressRule ports:[]networking/v1.NetworkPolicyPort from:[]networking/v1.NetworkPolicyPeer
networking/v1.NetworkPolicyPeer podSelector:?meta/v1.LabelSelector namespaceSelector:?meta/v1.LabelSelector ipBlock:?networking/v1.IPBlock
networking/v1.NetworkPolicyPort protocol:s port:s endPort:s
networking/v1.NetworkPolicySpec podSelector:meta/v1.LabelSelector ingress:[]networking/v1.NetworkPolicyIngressRule egress:[]networking/v1.NetworkPolicyEgressRule policyTypes:[]s
networking/v1.ParentReference group:z resource:z namespace:z name:z
networking/v1.ServiceBackendPort name:z number:z
networking/v1.ServiceCIDR metadata:meta/v1.ObjectMeta spec:networking/v1.ServiceCIDRSpec
networking/v1.ServiceCIDRSpec cidrs:[]s
node/v1.Overhead podFixed:{}q
node/v1.RuntimeClass metadata:meta/v1.ObjectMeta handler:z overhead:?node/v1.Overhead scheduling:?node/v1.Scheduling
node/v1.Scheduling nodeSelector:{}s tolerations:[]core/v1.Toleration
policy/v1.Eviction metadata:meta/v1.ObjectMeta deleteOptions:?meta/v1.DeleteOptions
policy/v1.PodDisruptionBudget metadata:meta/v1.ObjectMeta spec:policy/v1.PodDisruptionBudgetSpec
policy/v1.PodDisruptionBudgetSpec minAvailable:s selector:?meta/v1.LabelSelector maxUnavailable:s unhealthyPodEvictionPolicy:s
rbac/v1.AggregationRule clusterRoleSelectors:[]meta/v1.LabelSelector
rbac/v1.ClusterRole metadata:meta/v1.ObjectMeta rules:[]rbac/v1.PolicyRule aggregationRule:?rbac/v1.AggregationRule
rbac/v1.ClusterRoleBinding metadata:meta/v1.ObjectMeta subjects:[]rbac/v1.Subject roleRef:rbac/v1.RoleRef
rbac/v1.PolicyRule verbs:[]s apiGroups:[]s resources:[]s resourceNames:[]s nonResourceURLs:[]s
rbac/v1.Role metadata:meta/v1.ObjectMeta rules:[]rbac/v1.PolicyRule
rbac/v1.RoleBinding metadata:meta/v1.ObjectMeta subjects:[]rbac/v1.Subject roleRef:rbac/v1.RoleRef
rbac/v1.RoleRef apiGroup:z kind:z name:z
rbac/v1.Subject kind:z apiGroup:z name:z namespace:z
resource/v1.CELDeviceSelector expression:z
resource/v1.CapacityRequestPolicy default:q validValues:[]q validRange:?resource/v1.CapacityRequestPolicyRange
resource/v1.CapacityRequestPolicyRange min:q max:q step:q
resource/v1.CapacityRequirements requests:{}q
resource/v1.Counter value:q
resource/v1.CounterSet name:z counters:{}resource/v1.Counter
resource/v1.Device name:z attributes:{}resource/v1.DeviceAttribute capacity:{}resource/v1.DeviceCapacity consumesCounters:[]resource/v1.DeviceCounterConsumption nodeName:s nodeSelector:?core/v1.NodeSelector allNodes:s taints:[]resource/v1.DeviceTaint bindsToNode:s bindingConditions:[]s bindingFailureConditions:[]s allowMultipleAllocations:s nodeAllocatableResourceMappings:{}resource/v1.NodeAllocatableResourceMapping
resource/v1.DeviceAttribute int:s bool:s string:s version:s ints:[]s bools:[]s strings:[]s versions:[]s
resource/v1.DeviceCapacity value:q requestPolicy:?resource/v1.CapacityRequestPolicy
resource/v1.DeviceClaim requests:[]resource/v1.DeviceRequest constraints:[]resource/v1.DeviceConstraint config:[]resource/v1.DeviceClaimConfiguration
resource/v1.DeviceClaimConfiguration requests:[]s opaque:?resource/v1.OpaqueDeviceConfiguration
resource/v1.DeviceClass metadata:meta/v1.ObjectMeta spec:resource/v1.DeviceClassSpec
resource/v1.DeviceClassConfiguration opaque:?resource/v1.OpaqueDeviceConfiguration
resource/v1.DeviceClassSpec selectors:[]resource/v1.DeviceSelector config:[]resource/v1.DeviceClassConfiguration extendedResourceName:s
resource/v1.DeviceConstraint requests:[]s matchAttribute:s distinctAttribute:s
resource/v1.DeviceCounterConsumption counterSet:z counters:{}resource/v1.Counter
resource/v1.DeviceRequest name:z exactly:?resource/v1.ExactDeviceRequest firstAvailable:[]resource/v1.DeviceSubRequest
resource/v1.DeviceSelector cel:?resource/v1.CELDeviceSelector
resource/v1.DeviceSubRequest name:z deviceClassName:z selectors:[]resource/v1.DeviceSelector allocationMode:z count:z tolerations:[]resource/v1.DeviceToleration capacity:?resource/v1.CapacityRequirements
resource/v1.DeviceTaint key:z value:z effect:z timeAdded:t
resource/v1.DeviceToleration key:z operator:z value:z effect:z tolerationSeconds:s
resource/v1.ExactDeviceRequest deviceClassName:z selectors:[]resource/v1.DeviceSelector allocationMode:z count:z adminAccess:s tolerations:[]resource/v1.DeviceToleration capacity:?resource/v1.CapacityRequirements
resource/v1.NodeAllocatableResourceMapping capacityKey:s allocationMultiplier:q
resource/v1.OpaqueDeviceConfiguration driver:z parameters:x
resource/v1.ResourceClaim metadata:meta/v1.ObjectMeta spec:resource/v1.ResourceClaimSpec
resource/v1.ResourceClaimSpec devices:resource/v1.DeviceClaim
resource/v1.ResourceClaimTemplate metadata:meta/v1.ObjectMeta spec:resource/v1.ResourceClaimTemplateSpec
resource/v1.ResourceClaimTemplateSpec metadata:meta/v1.ObjectMeta spec:resource/v1.ResourceClaimSpec
resource/v1.ResourcePool name:z generation:z resourceSliceCount:z
resource/v1.ResourceSlice metadata:meta/v1.ObjectMeta spec:resource/v1.ResourceSliceSpec
resource/v1.ResourceSliceSpec driver:z pool:resource/v1.ResourcePool nodeName:s nodeSelector:?core/v1.NodeSelector allNodes:s devices:[]resource/v1.Device perDeviceNodeSelection:s sharedCounters:[]resource/v1.CounterSet
scheduling/v1.PriorityClass metadata:meta/v1.ObjectMeta value:z globalDefault:z description:z preemptionPolicy:s
storage/v1.CSIDriver metadata:meta/v1.ObjectMeta spec:storage/v1.CSIDriverSpec
storage/v1.CSIDriverSpec attachRequired:s podInfoOnMount:s volumeLifecycleModes:[=]s storageCapacity:s fsGroupPolicy:s tokenRequests:[]storage/v1.TokenRequest requiresRepublish:s seLinuxMount:s nodeAllocatableUpdatePeriodSeconds:s serviceAccountTokenInSecrets:s preventPodSchedulingIfMissing:s
storage/v1.CSINode metadata:meta/v1.ObjectMeta spec:storage/v1.CSINodeSpec
storage/v1.CSINodeDriver name:z nodeID:z topologyKeys:[]s allocatable:?storage/v1.VolumeNodeResources
storage/v1.CSINodeSpec drivers:[name]storage/v1.CSINodeDriver
storage/v1.CSIStorageCapacity metadata:meta/v1.ObjectMeta nodeTopology:?meta/v1.LabelSelector storageClassName:z capacity:q maximumVolumeSize:q
storage/v1.StorageClass metadata:meta/v1.ObjectMeta provisioner:z parameters:{}s reclaimPolicy:s mountOptions:[]s allowVolumeExpansion:s volumeBindingMode:s allowedTopologies:[]core/v1.TopologySelectorTerm
storage/v1.TokenRequest audience:z expirationSeconds:s
storage/v1.VolumeAttachment metadata:meta/v1.ObjectMeta spec:storage/v1.VolumeAttachmentSpec
storage/v1.VolumeAttachmentSource persistentVolumeName:s inlineVolumeSpec:?core/v1.PersistentVolumeSpec
storage/v1.VolumeAttachmentSpec attacher:z source:storage/v1.VolumeAttachmentSource nodeName:z
storage/v1.VolumeAttributesClass metadata:meta/v1.ObjectMeta driverName:z parameters:{}s
storage/v1.VolumeNodeResources count:s
`;
