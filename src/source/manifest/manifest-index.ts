/** The manifests of a commit by kind, namespace and name. */
import { isRecord } from '../../base/is-record.ts';
import { isBuiltinGroup } from './parse-builtin-types.ts';
import { parseCustomType } from './parse-custom-type.ts';
import type { Fields, StructType } from './type-schema.ts';

export type FoundManifest =
  | { readonly status: 'found'; readonly manifest: Fields }
  | { readonly status: 'absent' }
  /** The commit has it twice: which one is applied depends on the tool. */
  | { readonly status: 'repeated' };

export interface ManifestIndexOptions {
  /** The namespace of manifests that name none: the destination of the application. */
  readonly namespace: string;
  /** The whole manifest, where only its header was given. */
  readonly read?: ((manifest: Fields) => Fields) | undefined;
  /** Whether a custom kind has no namespace, for kinds that the commit does not define; `undefined` if unknown. */
  readonly isClusterScoped?: ((group: string, kind: string) => boolean | undefined) | undefined;
}

/** Built once for a commit, a path and its parameters. */
export class ManifestIndex {
  readonly #options: ManifestIndexOptions;
  readonly #manifests = new Map<string, Fields[]>();
  readonly #generated: Fields[] = [];
  readonly #scaled = new Set<string>();
  readonly #definitions = new Map<string, Fields>();
  readonly #types = new Map<string, StructType | undefined>();

  constructor(manifests: readonly Fields[], options: ManifestIndexOptions) {
    this.#options = options;
    // Scopes first: they decide where the others are filed.
    for (const manifest of manifests) this.#addDefinition(manifest);
    for (const manifest of manifests) this.#add(manifest);
  }

  /** The manifest of an object, in any version of its kind. */
  find(object: Fields): FoundManifest {
    const { name, namespace } = metadataOf(object);
    const key = keyOf(object, textOf(namespace), textOf(name));
    const [manifest, ...others] = this.#manifests.get(key) ?? this.#findGenerated(object);
    if (manifest === undefined) return { status: 'absent' };
    return others.length > 0 ? { status: 'repeated' } : { status: 'found', manifest };
  }

  /** Whether an autoscaler of the commit sets the replicas of this object. */
  isScaled(object: Fields): boolean {
    const { name, namespace } = metadataOf(object);
    return this.#scaled.has(keyOf(object, textOf(namespace), textOf(name)));
  }

  /** The type of a custom kind that the commit defines itself. */
  customType(object: Fields): StructType | undefined {
    const { group, version } = splitApiVersion(object);
    const kind = textOf(object['kind']);
    const key = `${group}/${version}/${kind}`;
    if (!this.#types.has(key)) {
      const definition = this.#definitions.get(`${group}/${kind}`);
      const whole = definition && (this.#options.read?.(definition) ?? definition);
      this.#types.set(key, whole && parseCustomType(whole, { group, version, kind }));
    }
    return this.#types.get(key);
  }

  #addDefinition(manifest: Fields): void {
    if (manifest['kind'] !== 'CustomResourceDefinition') return;
    const spec = fieldsOf(manifest['spec']);
    const kind = textOf(fieldsOf(spec['names'])['kind']);
    this.#definitions.set(`${textOf(spec['group'])}/${kind}`, manifest);
  }

  #add(manifest: Fields): void {
    const { name, generateName } = metadataOf(manifest);
    if (textOf(name) === '' && textOf(generateName) !== '') {
      this.#generated.push(manifest);
      return;
    }
    for (const namespace of this.#namespacesOf(manifest)) {
      const key = keyOf(manifest, namespace, textOf(name));
      const known = this.#manifests.get(key);
      if (known === undefined) this.#manifests.set(key, [manifest]);
      else known.push(manifest);
    }
    this.#addScaled(manifest);
  }

  /** Argo CD gives a hook a name of its own: what is generated, and a suffix. */
  #findGenerated(object: Fields): readonly Fields[] {
    const { name, namespace } = metadataOf(object);
    return this.#generated.filter((manifest) => {
      const prefix = textOf(metadataOf(manifest)['generateName']);
      return (
        keyOf(manifest, '', '') === keyOf(object, '', '') &&
        this.#namespacesOf(manifest).includes(textOf(namespace)) &&
        textOf(name).startsWith(prefix)
      );
    });
  }

  /** Several where it is not known whether the kind has namespaces. */
  #namespacesOf(manifest: Fields): readonly string[] {
    const { group } = splitApiVersion(manifest);
    const isCluster = this.#isClusterScoped(group, textOf(manifest['kind']));
    const namespace = textOf(metadataOf(manifest)['namespace']) || this.#options.namespace;
    if (isCluster === undefined) return [namespace, ''];
    return [isCluster ? '' : namespace];
  }

  #isClusterScoped(group: string, kind: string): boolean | undefined {
    if (CLUSTER_SCOPED.has(`${group}/${kind}`)) return true;
    const definition = this.#definitions.get(`${group}/${kind}`);
    if (definition !== undefined) return fieldsOf(definition['spec'])['scope'] === 'Cluster';
    const isCluster = this.#options.isClusterScoped?.(group, kind);
    return isCluster ?? (isBuiltinGroup(group) ? false : undefined);
  }

  #addScaled(manifest: Fields): void {
    const { group } = splitApiVersion(manifest);
    const kind = textOf(manifest['kind']);
    const isScaler =
      (group === 'autoscaling' && kind === 'HorizontalPodAutoscaler') ||
      (group === 'keda.sh' && kind === 'ScaledObject');
    if (!isScaler) return;
    const target = fieldsOf(fieldsOf(manifest['spec'])['scaleTargetRef']);
    const apiVersion = textOf(target['apiVersion']) || 'apps/v1';
    const scaled = { apiVersion, kind: textOf(target['kind']) || 'Deployment' };
    for (const namespace of this.#namespacesOf(manifest)) {
      this.#scaled.add(keyOf(scaled, namespace, textOf(target['name'])));
    }
  }
}

/** Built-in kinds without a namespace. Source: `kubectl api-resources --namespaced=false`. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/DeviceTaintRule',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
]);

function keyOf(object: Fields, namespace: string, name: string): string {
  return `${splitApiVersion(object).group}/${textOf(object['kind'])}/${namespace}/${name}`;
}

function splitApiVersion({ apiVersion }: Fields) {
  const parts = textOf(apiVersion).split('/');
  return parts.length > 1
    ? { group: parts[0] ?? '', version: parts[1] ?? '' }
    : { group: '', version: parts[0] ?? '' };
}

function metadataOf(object: Fields): Fields {
  return fieldsOf(object['metadata']);
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
