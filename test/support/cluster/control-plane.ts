/** The three processes of a control plane and the flags they are started with. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assets } from '../assets/assets.ts';
import { startChild } from './child-process.ts';
import type { RunningChild } from './child-process.ts';

/** An address from the documentation range (RFC 5737): without it the API server looks for a default route, which a sealed-off machine lacks. */
const ADVERTISED_ADDRESS = '192.0.2.1';

export interface ControlPlanePaths {
  readonly folder: string;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
  /** Signs the client certificates of the control plane and of nodes. */
  readonly clientAuthority: { readonly certificateFile: string; readonly keyFile: string };
  /** Where the API server writes its audit log; absent: it writes none. */
  readonly auditLogFile?: string | undefined;
  /** A kubeconfig that says where the API server sends its audit log; it does from its next start on, once the file is there. */
  readonly auditWebhookFile?: string | undefined;
  /** Where the API server reads admission policies from at its start; absent: from nowhere. */
  readonly staticPoliciesFolder?: string | undefined;
}

const ADMISSION_FILE = 'admission.json';

/** Who wrote what; what is sent somewhere has the objects, too. */
function auditPolicy(level: 'Metadata' | 'RequestResponse'): object {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [{ level, verbs: ['create', 'update', 'patch', 'delete'] }, { level: 'None' }],
  };
}

/** Writes the policy of the audit log, if there is to be one. */
export async function writeAuditPolicy({
  folder,
  auditLogFile,
  auditWebhookFile,
}: ControlPlanePaths): Promise<void> {
  if (auditLogFile === undefined && auditWebhookFile === undefined) return;
  const policy = auditPolicy(auditWebhookFile === undefined ? 'Metadata' : 'RequestResponse');
  await writeFile(join(folder, 'audit-policy.yaml'), JSON.stringify(policy));
}

function listAuditFlags({
  folder,
  auditLogFile,
  auditWebhookFile,
}: ControlPlanePaths): readonly string[] {
  const isSent = auditWebhookFile !== undefined && existsSync(auditWebhookFile);
  if (auditLogFile === undefined && !isSent) return [];
  return [
    `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
    // Each event at once: a test reads them.
    ...(auditLogFile === undefined
      ? []
      : [`--audit-log-path=${auditLogFile}`, '--audit-log-mode=blocking']),
    ...(isSent
      ? [
          `--audit-webhook-config-file=${auditWebhookFile}`,
          '--audit-webhook-batch-max-wait=200ms',
          '--audit-webhook-batch-throttle-enable=false',
          '--audit-webhook-initial-backoff=2s',
          '--audit-webhook-truncate-enabled',
        ]
      : []),
  ];
}

/** Makes the folder, empty, and the file that tells the API server of it. */
export async function writeAdmissionConfiguration({
  folder,
  staticPoliciesFolder,
}: ControlPlanePaths): Promise<void> {
  if (staticPoliciesFolder === undefined) return;
  await mkdir(staticPoliciesFolder);
  const apiVersion = 'apiserver.config.k8s.io/v1';
  const configuration = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyConfiguration',
    staticManifestsDir: staticPoliciesFolder,
  };
  await writeFile(
    join(folder, ADMISSION_FILE),
    JSON.stringify({
      apiVersion,
      kind: 'AdmissionConfiguration',
      plugins: [{ name: 'ValidatingAdmissionPolicy', configuration }],
    }),
  );
}

/** Writes the key that signs service account tokens. */
export async function writeServiceAccountKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(path, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
}

/** The data is thrown away, so nothing needs to survive a crash: no fsync. */
export function startEtcd(
  assets: Assets,
  paths: ControlPlanePaths,
  port: number,
): Promise<RunningChild> {
  const url = `http://127.0.0.1:${port}`;
  return startChild(assets.etcd, {
    logFile: join(paths.folder, 'etcd.log'),
    argv: [
      `--data-dir=${join(paths.folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      '--listen-peer-urls=http://127.0.0.1:0',
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  });
}

/** RBAC and the node authorizer are on; the ServiceAccount plugin is off because no kubelet mounts its tokens. */
export function startApiServer(
  assets: Assets,
  paths: ControlPlanePaths,
  ports: { readonly etcd: number; readonly apiServer: number },
): Promise<RunningChild> {
  return startChild(assets['kube-apiserver'], {
    logFile: join(paths.folder, 'kube-apiserver.log'),
    argv: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.apiServer}`,
      `--advertise-address=${ADVERTISED_ADDRESS}`,
      '--endpoint-reconciler-type=none',
      `--cert-dir=${join(paths.folder, 'certificates')}`,
      `--token-auth-file=${paths.tokenFile}`,
      `--client-ca-file=${paths.clientAuthority.certificateFile}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--disable-admission-plugins=ServiceAccount',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${paths.serviceAccountKeyFile}`,
      `--service-account-signing-key-file=${paths.serviceAccountKeyFile}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged=true',
      ...(paths.staticPoliciesFolder === undefined
        ? []
        : [
            '--feature-gates=ManifestBasedAdmissionControlConfig=true',
            `--admission-control-config-file=${join(paths.folder, ADMISSION_FILE)}`,
          ]),
      ...listAuditFlags(paths),
    ],
  });
}

/** Every controller acts under its own account, as on a cluster set up by kubeadm. */
export function startControllerManager(
  assets: Assets,
  paths: ControlPlanePaths,
  files: { readonly kubeconfig: string; readonly ca: string },
): Promise<RunningChild> {
  return startChild(assets['kube-controller-manager'], {
    logFile: join(paths.folder, 'kube-controller-manager.log'),
    argv: [
      `--kubeconfig=${files.kubeconfig}`,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${paths.serviceAccountKeyFile}`,
      `--root-ca-file=${files.ca}`,
      // As real ones do; longer than any test keeps the API server away.
      '--leader-elect-lease-duration=120s',
      '--leader-elect-renew-deadline=110s',
      `--cluster-signing-cert-file=${paths.clientAuthority.certificateFile}`,
      `--cluster-signing-key-file=${paths.clientAuthority.keyFile}`,
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  });
}
