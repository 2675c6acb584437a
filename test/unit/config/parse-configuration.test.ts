import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';
import {
  defaultConfiguration,
  parseConfiguration,
} from '../../../src/config/parse-configuration.ts';
import { formatConfigurationProblem } from '../../../src/config/problem.ts';

const source = { file: 'h.yaml', folder: '/etc/holdfast' };

function problemsOf(text: string): readonly string[] {
  const parsed = parseConfiguration(text, source);
  return parsed.ok ? [] : parsed.problems.map(formatConfigurationProblem);
}

test('parseConfiguration() fills in every default', () => {
  const parsed = parseConfiguration('{}', source);

  assert.deepEqual(parsed.ok && parsed.configuration, defaultConfiguration('/etc/holdfast'));
});

test('parseConfiguration() takes every setting', () => {
  const text = `
cluster: { name: prod-eu-1, frozen: true }
server:
  host: 0.0.0.0
  port: 9443
  tls: { certificateFile: tls/tls.crt, keyFile: /run/tls.key, minimumVersion: TLSv1.2 }
  clientAuthentication: { caFile: ca.crt, commonNames: [kube-apiserver] }
  apiServerAddresses: [10.0.0.10, "fd00::/64"]
  metrics: { host: 0.0.0.0, port: 9090 }
  health: { host: 0.0.0.0 }
policies:
  bundle: bundle
  mode: warn
  namespaces: { "team-*": audit }
  settings:
    gitops_only_writes:
      { mode: enforce, namespaces: { staging: warn }, parameters: { allowRestart: false } }
identity:
  sharedControllerManager: true
  writers:
    - { name: argocd, username: system:serviceaccount:argocd:argocd-application-controller, tool: argocd, proof: unbound }
  operators:
    - name: cert-manager
      username: system:serviceaccount:cert-manager:cert-manager
      rules: [{ verbs: [UPDATE], groups: [""], resources: [secrets], paths: [data] }]
  operatorPresets: [{ preset: keda, namespace: scaling }]
  credentials:
    mode: observe
    absent: refuse
    namespace: guard
    learn: { firstMs: 0, until: 2030-01-01T00:00:00Z }
    pinned:
      - username: system:kube-scheduler
        credential: sha256:0000000000000000000000000000000000000000000000000000000000000000
    tokenRequestMs: 60000
    syncMs: 1000
    identitiesMax: 200
ownership:
  argocd:
    namespace: gitops
    trackingMethod: annotation+label
    instanceLabelKey: example.com/app
    installationId: eu
    allowSync: true
    syncAccounts: [deployer]
    syncOverrides: [prune]
  flux: { enabled: false, namespace: flux }
  orphans: { editors: [alice], afterMs: 60000 }
  fieldManagers: [our-controller]
  helm: { enabled: true }
  selectors: [{ name: legacy, namespaces: ['old-*'], labels: { declared: 'yes' } }]
  gitopsOnlyNamespaces: [shop]
  exemptNamespaces: [scratch]
registration: { profile: trial, pilotNamespaces: [shop] }
certificates: { manage: true, ipAddresses: ['10.0.0.5'] }
engine: { workers: 4 }
limits: { bodyBytesMax: 9000000 }
kubernetes: { kubeconfigFile: kubeconfig }
commits: { folder: commits, allowedSignersFile: keys/allowed_signers, waitMs: 1000 }
images:
  folder: images
  trustedRoots: [{ name: public, file: keys/trusted_root.json }, { name: own, tuf: { mirror: 'https://tuf.example.com', rootFile: keys/root.json } }]
  authorities: [{ name: release, keyFiles: [keys/cosign.pub], trustedRoot: public }]
  rules: [{ name: shop, images: [registry.example.com/shop/**], authorities: [release] }]
  registries:
    dockerConfigFile: registries/config.json
    caFile: registries/ca.pem
    tls: [{ host: registry.example.com, certificateFile: registries/tls.crt, keyFile: registries/tls.key }]
    mirrors: [{ registry: docker.io, place: mirror.example.com/docker }]
    cloudCredentials: [{ provider: acr, registries: [myshop.azurecr.io] }, { provider: gcp }]
promotions: [{ name: staging-first, to: argocd/*-production, from: argocd/*-staging }]
manifests: { requireManifestMatch: true, mutated: ['spec.replicas'] }
mirrors: { folder: mirrors, privateHosts: [gitea.git.svc] }
audit: { recordFailure: allow }
log: { level: debug }
`;
  const defaults = defaultConfiguration('/etc/holdfast');

  const parsed = parseConfiguration(text, source);

  assert.deepEqual(parsed.ok ? parsed.configuration : parsed.problems, {
    version: 1,
    cluster: { name: 'prod-eu-1', frozen: true },
    server: {
      host: '0.0.0.0',
      port: 9443,
      tls: {
        certificateFile: '/etc/holdfast/tls/tls.crt',
        keyFile: '/run/tls.key',
        minimumVersion: 'TLSv1.2',
      },
      clientAuthentication: { caFile: '/etc/holdfast/ca.crt', commonNames: ['kube-apiserver'] },
      apiServerAddresses: ['10.0.0.10', 'fd00::/64'],
      metrics: { host: '0.0.0.0', port: 9090 },
      health: { host: '0.0.0.0', port: 8081 },
    },
    policies: {
      bundle: '/etc/holdfast/bundle',
      keys: [],
      capabilities: [],
      mode: 'warn',
      namespaces: { 'team-*': 'audit' },
      settings: {
        gitops_only_writes: {
          mode: 'enforce',
          namespaces: { staging: 'warn' },
          parameters: { allowRestart: false },
          overrides: [],
        },
      },
      overrides: [],
    },
    identity: {
      sharedControllerManager: true,
      writers: [
        {
          name: 'argocd',
          username: 'system:serviceaccount:argocd:argocd-application-controller',
          tool: 'argocd',
          proof: 'unbound',
          applications: ['*'],
        },
      ],
      operators: [
        {
          name: 'cert-manager',
          username: 'system:serviceaccount:cert-manager:cert-manager',
          rules: [{ verbs: ['UPDATE'], groups: [''], resources: ['secrets'], paths: ['data'] }],
        },
      ],
      operatorPresets: [{ preset: 'keda', namespace: 'scaling', accounts: {} }],
      credentials: {
        mode: 'observe',
        absent: 'refuse',
        namespace: 'guard',
        learn: { firstMs: 0, until: '2030-01-01T00:00:00Z' },
        pinned: [{ username: 'system:kube-scheduler', credential: `sha256:${'0'.repeat(64)}` }],
        tokenRequestMs: 60_000,
        syncMs: 1000,
        identitiesMax: 200,
      },
    },
    breakGlass: defaultConfiguration('/').breakGlass,
    freeze: defaultConfiguration('/').freeze,
    ownership: {
      argocd: {
        namespace: 'gitops',
        trackingMethod: 'annotation+label',
        instanceLabelKey: 'example.com/app',
        installationId: 'eu',
        allowSync: true,
        syncAccounts: ['deployer'],
        syncOverrides: ['prune'],
      },
      flux: { enabled: false, namespace: 'flux' },
      helm: { enabled: true },
      selectors: [{ name: 'legacy', namespaces: ['old-*'], labels: { declared: 'yes' } }],
      orphans: { editors: ['alice'], afterMs: 60_000 },
      fieldManagers: ['our-controller'],
      gitopsOnlyNamespaces: ['shop'],
      exemptNamespaces: ['scratch'],
    },
    registration: { ...defaults.registration, profile: 'trial', pilotNamespaces: ['shop'] },
    certificates: { ...defaults.certificates, manage: true, ipAddresses: ['10.0.0.5'] },
    engine: { ...defaults.engine, workers: 4 },
    limits: { ...defaults.limits, bodyBytesMax: 9_000_000 },
    kubernetes: { ...defaults.kubernetes, kubeconfigFile: '/etc/holdfast/kubeconfig' },
    images: {
      ...defaults.images,
      folder: '/etc/holdfast/images',
      trustedRoots: [
        { name: 'public', file: '/etc/holdfast/keys/trusted_root.json' },
        {
          name: 'own',
          tuf: {
            mirror: 'https://tuf.example.com',
            rootFile: '/etc/holdfast/keys/root.json',
            target: 'trusted_root.json',
          },
        },
      ],
      authorities: [
        {
          name: 'release',
          keyFiles: ['/etc/holdfast/keys/cosign.pub'],
          identities: [],
          trustedRoot: 'public',
        },
      ],
      rules: [
        {
          name: 'shop',
          images: ['registry.example.com/shop/**'],
          authorities: ['release'],
          authoritiesMin: 1,
          attestations: [],
          unavailable: 'deny',
        },
      ],
      registries: {
        privateHosts: [],
        plainHttpHosts: [],
        readPullSecrets: false,
        tls: [
          {
            host: 'registry.example.com',
            certificateFile: '/etc/holdfast/registries/tls.crt',
            keyFile: '/etc/holdfast/registries/tls.key',
          },
        ],
        mirrors: [{ registry: 'docker.io', place: 'mirror.example.com/docker' }],
        cloudCredentials: [
          { provider: 'acr', registries: ['myshop.azurecr.io'] },
          { provider: 'gcp' },
        ],
        dockerConfigFile: '/etc/holdfast/registries/config.json',
        caFile: '/etc/holdfast/registries/ca.pem',
      },
    },
    commits: {
      ...defaults.commits,
      folder: '/etc/holdfast/commits',
      allowedSignersFile: '/etc/holdfast/keys/allowed_signers',
      waitMs: 1000,
    },
    promotions: [
      {
        name: 'staging-first',
        kind: 'Application',
        to: 'argocd/*-production',
        from: 'argocd/*-staging',
        repositories: ['**'],
      },
    ],
    manifests: { ...defaults.manifests, requireManifestMatch: true, mutated: ['spec.replicas'] },
    mirrors: {
      ...defaults.mirrors,
      folder: '/etc/holdfast/mirrors',
      privateHosts: ['gitea.git.svc'],
    },
    audit: { ...defaults.audit, recordFailure: 'allow' },
    alerts: defaults.alerts,
    log: { level: 'debug' },
  });
});

test('a writer must prove that its token is bound to a pod, unless the configuration asks for less', () => {
  const text = 'identity: { writers: [{ name: a, username: u, tool: flux }] }';
  const parsed = parseConfiguration(text, source);

  assert.equal(parsed.ok && parsed.configuration.identity.writers[0]?.proof, 'pod-bound');
});

test('policies.bundle is relative to the folder of the file', () => {
  const parsed = parseConfiguration('policies: { bundle: ../bundle }', source);

  assert.equal(parsed.ok && parsed.configuration.policies.bundle, '/etc/bundle');
});

const SECTIONS =
  'version, cluster, server, policies, identity, breakGlass, freeze, ownership, registration, certificates, engine, limits, kubernetes, commits, promotions, manifests, mirrors, images, audit, alerts, drift, lineage, intake, dashboard, log, traces';

for (const [name, text, expected] of [
  [
    'an empty file',
    '',
    ['h.yaml:1:1: The file is empty\n  Write {} where every default is wanted'],
  ],
  [
    'a file of comments',
    '# later\n',
    ['h.yaml:1:1: The file is empty\n  Write {} where every default is wanted'],
  ],
  [
    'two documents',
    'log: {}\n---\nlog: {}\n',
    [
      'h.yaml:3:1: Expected one YAML document, found several\n  Remove the line "---" and what follows it',
    ],
  ],
  ['broken YAML', 'a: 1\na: 2\n', ['h.yaml:2:1: Map keys must be unique']],
  ['a list', '- a\n', ['h.yaml:1:1: Expected a section with keys, found a list']],
  ['a text', 'hello', ['h.yaml:1:1: Expected a section with keys, found the text "hello"']],
  [
    'a misspelt section',
    'sever: {}\n',
    ['h.yaml:1:1: sever: Unknown key "sever"\n  Did you mean "server"?'],
  ],
  [
    'a key that is like no other',
    'zzz: 1\n',
    [`h.yaml:1:1: zzz: Unknown key "zzz"\n  Known keys here: ${SECTIONS}`],
  ],
  [
    'misspelt keys in lists and maps',
    'identity:\n  writers:\n    - { name: a, username: b, tool: flux, prof: none }\npolicies:\n  settings:\n    p: { mod: warn }\n',
    [
      'h.yaml:3:43: identity.writers[0].prof: Unknown key "prof"\n  Did you mean "proof"?',
      'h.yaml:6:10: policies.settings.p.mod: Unknown key "mod"\n  Did you mean "mode"?',
    ],
  ],
  [
    'values of other types',
    'server:\n  port: "8443"\n  host: 1\ncluster:\n  frozen: "no"\nidentity: []\nengine:\n',
    [
      'h.yaml:2:9: server.port: Expected a number, found the text "8443"',
      'h.yaml:3:9: server.host: Expected a text, found the number 1',
      'h.yaml:5:11: cluster.frozen: Expected true or false, found the text "no"',
      'h.yaml:6:11: identity: Expected a section with keys, found a list',
      'h.yaml:7:8: engine: Expected a section with keys, found nothing',
    ],
  ],
  [
    'a number with a fraction',
    'engine: { workers: 1.5 }\n',
    ['h.yaml:1:20: engine.workers: Expected a whole number, found the number 1.5'],
  ],
  [
    'a limit below its minimum',
    'engine: { workers: 0 }\n',
    [
      'h.yaml:1:20: engine.workers: Expected a number of at least 1, found 0\n  In items, from 1 to 64; the default is 1. One evaluates twice what the admission thread can answer, and a warm spare takes over from a policy that never ends',
    ],
  ],
  [
    'a port beyond the last one',
    'server: { port: 65536 }\n',
    ['h.yaml:1:17: server.port: Expected a number of at most 65535, found 65536'],
  ],
  [
    'an empty text and an empty list',
    'server: { clientAuthentication: { caFile: "", commonNames: [] } }\n',
    [
      'h.yaml:1:43: server.clientAuthentication.caFile: Expected a length of at least 1, found 0',
      'h.yaml:1:60: server.clientAuthentication.commonNames: Expected a number of entries of at least 1, found 0',
    ],
  ],
  [
    'a required key that is missing',
    'server:\n  clientAuthentication: { caFile: ca.crt }\n',
    ['h.yaml:2:3: server.clientAuthentication.commonNames: Expected a list, found nothing'],
  ],
  [
    'a word that is not one of the choices',
    'policies: { mode: enforced }\nlog: { level: loud }\n',
    [
      'h.yaml:1:19: policies.mode: Expected "enforce", "warn", "audit", "off", found the text "enforced"\n  Did you mean "enforce"?',
      'h.yaml:2:15: log.level: Expected "debug", "info", "warn", "error", "silent", found the text "loud"',
    ],
  ],
  [
    'a mode that is no text',
    'policies: { mode: off, namespaces: { a: false } }\n',
    ['h.yaml:1:41: policies.namespaces.a: Expected "enforce", "warn", "audit", "off", found false'],
  ],
  [
    'a namespace that cannot exist',
    'policies: { namespaces: { "*-team": warn } }\nownership: { exemptNamespaces: ["team-*"] }\n',
    [
      'h.yaml:1:27: policies.namespaces["*-team"]: Expected the name of a namespace, or its beginning followed by "*", as in "team-*"',
      'h.yaml:2:33: ownership.exemptNamespaces[0]: Expected the name of a namespace: at most 63 lower case letters, digits and "-"',
    ],
  ],
  [
    'a policy named like its folder',
    'policies: { settings: { gitops-only-writes: {} } }\n',
    [
      'h.yaml:1:25: policies.settings.gitops-only-writes: Expected the name of a policy: the last part of its package, as in "gitops_only_writes", or a template and a constraint of Gatekeeper, as in "k8srequiredlabels/must-have-owner"',
    ],
  ],
  [
    'a folder of sources',
    'policies: { source: b }\n',
    [
      'h.yaml:1:13: policies.source: This key was removed: a serving process takes built policies only\n  Run "holdfast policy build /etc/holdfast/b --out /etc/holdfast/b-bundle", and write "bundle: /etc/holdfast/b-bundle" instead',
    ],
  ],
  [
    'a pattern as username, which an attacker could match',
    'identity: { writers: [{ name: a, username: "system:serviceaccount:*", tool: argocd }] }\n',
    [
      'h.yaml:1:44: identity.writers[0].username: Expected one exact username: patterns are not supported',
    ],
  ],
  [
    'one account in two roles',
    'identity:\n  writers: [{ name: a, username: u, tool: flux }]\n  operators: [{ name: b, username: u, rules: [{ verbs: [UPDATE], groups: [""], resources: [pods] }] }]\n',
    [
      'h.yaml:3:36: identity.operators[0].username: Expected each username once, found "u" again (first at identity.writers[0])',
    ],
  ],
  [
    'a long value, cut',
    `server: { port: ${'x'.repeat(100)} }\n`,
    [`h.yaml:1:17: server.port: Expected a number, found the text "${'x'.repeat(60)}…"`],
  ],
] as const) {
  test(`parseConfiguration() refuses ${name}`, () => {
    assert.deepEqual(problemsOf(text), expected);
  });
}

test('parseConfiguration() shows so many problems, and counts the rest', () => {
  const problems = problemsOf(Array.from({ length: 60 }, (_, at) => `unknown${at}: 1`).join('\n'));

  assert.equal(problems.length, 51);
  assert.equal(problems.at(-1), 'h.yaml:51:1: 10 more problems are not shown');
});

test('parseConfiguration() puts warnings where they belong', () => {
  const parsed = parseConfiguration('server:\n  host: 0.0.0.0\n', source);

  assert.deepEqual(parsed.ok && parsed.warnings.map(formatConfigurationProblem), [
    'h.yaml:2:9: server.host: Anyone who can reach this address can request decisions (server_open)\n  Set server.clientAuthentication, or allow only the API server with a NetworkPolicy',
    'h.yaml:1:1: identity.writers: No GitOps controller is configured, so nobody may change a managed object (no_writer)\n  Add the account that Argo CD or Flux applies with',
  ]);
});

// Rows of a whole section; those of optional sections, and of parts deeper down, are tested with their own schema.
const configurable = Object.entries<Limit>(LIMITS).filter(
  ([key, { minimum, maximum }]) =>
    minimum < maximum && /^(?!traces|drift|lineage|intake|dashboard)[^.]+\.[^.]+$/u.test(key),
);

for (const [key, row] of configurable) {
  test(`the schema holds ${key} to its row in the table of limits`, () => {
    const [section = '', name = ''] = key.split('.');
    const read = (value: number) => problemsOf(`${section}: { ${name}: ${value} }`);

    assert.deepEqual([...read(row.minimum), ...read(row.maximum)], []);
    assert.equal(read(row.minimum - 1).length, 1);
    assert.equal(read(row.maximum + 1).length, 1);
    const sections: Readonly<Record<string, unknown>> = { ...defaultConfiguration('/') };
    assert.equal(Reflect.get(Object(sections[section]), name), row.default);
  });
}

test('every number of the sections with limits is in the table', () => {
  // Ports and numbers of people are no limits.
  const {
    version: _version,
    server: _server,
    breakGlass: _breakGlass,
    ...sections
  } = defaultConfiguration('/');
  const keys = Object.entries<object | undefined>(sections).flatMap(([section, values]) =>
    Object.entries(values ?? {}).flatMap(([name, value]) =>
      typeof value === 'number' ? [`${section}.${name}`] : [],
    ),
  );

  assert.deepEqual(keys.toSorted(), configurable.map(([key]) => key).toSorted());
});

test('parseConfiguration() is total', () => {
  const keys = fc.constantFrom('server', 'policies', 'identity', 'limits', 'mode', 'writers', 'x');
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, (json) => {
      parseConfiguration(JSON.stringify(json), source);
    }),
  );
});
