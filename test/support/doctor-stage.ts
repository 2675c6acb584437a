/** A cluster that Holdfast protects, for `holdfast doctor`: a test changes what it wants found. */
import { MIB } from '../../src/settings/limit.ts';
import {
  REGISTRATION_NAME,
  WEBHOOK_NAMES,
  type WebhookFailurePolicy,
} from '../../src/registration/plan-registration.ts';
import { GUARD_NAMES } from '../../src/registration/plan-guard.ts';
import { serverCertificatesOf } from './certificates.ts';
import type { ClosingHooks } from './closing-hooks.ts';
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** What is read for each check. */
export const DOCTOR_PATHS = {
  validating: `${ADMISSION}/validatingwebhookconfigurations/${REGISTRATION_NAME}`,
  mutating: `${ADMISSION}/mutatingwebhookconfigurations/${REGISTRATION_NAME}`,
  guards: `${ADMISSION}/validatingadmissionpolicybindings`,
  replicas: '/api/v1/namespaces/holdfast-system/pods',
  controllers: '/api/v1/namespaces/argocd/pods',
  rights: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  call: '/api/v1/namespaces/default/configmaps?dryRun=All',
  definitions: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  version: '/version',
  metrics: '/api/v1/namespaces/holdfast-system/pods/http:holdfast-a:8080/proxy/metrics',
  readiness: '/api/v1/namespaces/holdfast-system/pods/http:holdfast-a:8080/proxy/readyz',
} as const;

const { authority, server } = serverCertificatesOf('doctor');
const caBundle = Buffer.from(authority.cert).toString('base64');

export interface DoctorStage {
  readonly api: FakeApiServer;
  /** Holds `tls.crt`, which the registered authority issued, and the folder `journal`. */
  readonly folder: string;
  /** The content of a configuration file, for this cluster. */
  readonly configuration: object;
}

/** Starts it; it ends with the test. */
export async function openDoctorStage(test: ClosingHooks): Promise<DoctorStage> {
  const api = await startFakeApiServer();
  test.after(() => api.stop());
  const folder = await makeTemporaryFolder(test, { 'tls.crt': server.cert, 'journal/.keep': '' });
  protect(api);
  const username = 'system:serviceaccount:argocd:application-controller';
  return {
    api,
    folder,
    configuration: {
      server: { tls: { certificateFile: `${folder}/tls.crt`, keyFile: `${folder}/tls.key` } },
      identity: { writers: [{ name: 'argocd', username, tool: 'argocd', proof: 'pod-bound' }] },
      audit: {
        journal: { folder: `${folder}/journal`, segmentBytesMax: MIB, journalBytesMax: 2 * MIB },
      },
    },
  };
}

/** Every answer is again that of a cluster without a failure. */
export function protect(api: FakeApiServer): void {
  answerRegistration(api, 'Fail');
  const bindings = GUARD_NAMES.map((policyName) => ({
    spec: { policyName },
  }));
  api.answer(DOCTOR_PATHS.guards, { body: { items: bindings } });
  api.answer(DOCTOR_PATHS.replicas, { body: { items: [pod('a'), pod('b')] } });
  api.answer(DOCTOR_PATHS.controllers, { body: { items: [pod('a', 'application-controller')] } });
  api.answerWrites(() => ({ body: { status: { allowed: true } } }));
  api.answer(DOCTOR_PATHS.definitions, {
    body: { items: [{ metadata: { name: 'widgets.example.com' } }] },
  });
  api.answer(DOCTOR_PATHS.version, { body: {} });
  for (const name of ['a', 'b']) {
    const page = (path: string) => path.replace('holdfast-a', `holdfast-${name}`);
    api.answer(page(DOCTOR_PATHS.metrics), { text: 'holdfast_sink_lag_seconds{sink="siem"} 0\n' });
    api.answer(page(DOCTOR_PATHS.readiness), { text: '[+]journal ok\nreadyz check passed\n' });
    api.answer(page(DOCTOR_PATHS.metrics).replace('/metrics', '/livez'), { text: 'ok\n' });
  }
}

const ALL_WRITES = [
  { apiGroups: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['*/*'] },
];

/** Every webhook has the same failure policy. */
export function answerRegistration(
  api: FakeApiServer,
  failurePolicy: WebhookFailurePolicy,
  rules: readonly object[] = ALL_WRITES,
): void {
  const { patch, ...validating } = WEBHOOK_NAMES;
  const hooks = (names: readonly string[]) => ({
    body: {
      webhooks: names.map((name) => ({
        name,
        failurePolicy,
        timeoutSeconds: 10,
        // Nobody listens there: a handshake has tests of its own.
        clientConfig: { caBundle, url: 'https://127.0.0.1:1/validate' },
        rules,
      })),
    },
  });
  api.answer(DOCTOR_PATHS.validating, hooks(Object.values(validating)));
  api.answer(DOCTOR_PATHS.mutating, hooks([patch]));
}

function pod(nodeName: string, serviceAccountName = 'holdfast'): object {
  return {
    metadata: { name: `holdfast-${nodeName}` },
    spec: { nodeName, serviceAccountName },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
