/** Sources whose test has another name, each with its reason. An entry that nothing needs fails the test. */
import type { CoveredElsewhere } from './mirrors.ts';

export const COVERED_ELSEWHERE: Readonly<Record<string, CoveredElsewhere>> = {
  'src/compose/bind-dashboard.ts': {
    test: 'test/unit/compose/dashboard-supervisor.test.ts',
    why: 'the thread is started by it',
  },
  'src/dashboard/access/sign-in.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'people sign in over HTTP',
  },
  'src/dashboard/http/answer.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'every answer is made with it',
  },
  'src/dashboard/live/format-event.ts': {
    test: 'test/unit/dashboard/live/event-stream.test.ts',
    why: 'a stream consists of its events',
  },
  'src/dashboard/pages/format-layout.ts': {
    test: 'test/unit/dashboard/pages/format-live.test.ts',
    why: 'every page is laid out by it',
  },
  'src/dashboard/pages/format-problem.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'it is the answer to what cannot be shown',
  },
  'src/dashboard/pages/format-sign-in.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'people sign in over HTTP',
  },
  'src/dashboard/records/journal-state.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'the page of the journal shows it',
  },
  'src/dashboard/records/record-reader.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'what a viewer may see is a question about pages',
  },
  'src/dashboard/records/visible-incidents.ts': {
    test: 'test/unit/dashboard/dashboard.test.ts',
    why: 'what a viewer may see is a question about pages',
  },
  'src/compose/record-finding.ts': {
    test: 'test/unit/compose/report-lost.test.ts',
    why: 'its reporters record with it, and one of them holds it to whole records',
  },
  'src/authoring/gatekeeper/replace-module.ts': {
    test: 'test/integration/gatekeeper-bundle.test.ts',
    why: 'it holds Rego, which a bundle shows',
  },
  'src/authoring/definitions-of.ts': {
    test: 'test/unit/authoring/classify-negations.test.ts',
    why: 'it finds the rules that the checks of findings and negations follow',
  },
  'src/authoring/bench/bench-policies.ts': {
    test: 'test/unit/cli/policy/bench.test.ts',
    why: 'the command measures real policies there',
  },
  'src/authoring/bench/bench-report-schema.ts': {
    test: 'test/unit/authoring/bench/read-baseline.test.ts',
    why: 'what is read is held to it',
  },
  'src/authoring/bench/collect-cases.ts': {
    test: 'test/unit/cli/policy/bench.test.ts',
    why: 'the command measures what it collects',
  },
  'src/authoring/catalogue/describe-policies.ts': {
    test: 'test/unit/cli/policy/docs.test.ts',
    why: 'the command prints what it finds',
  },
  'src/compose/followed-versions.ts': {
    test: 'test/unit/compose/bind-lineage.test.ts',
    why: 'what is heard of a real client is noted there',
  },
  'src/compose/collect-lineages.ts': {
    test: 'test/unit/cli/lineage/list.test.ts',
    why: 'both commands read journals with it',
  },
  'src/cli/lineage/application-argument.ts': {
    test: 'test/unit/cli/lineage/list.test.ts',
    why: 'both commands are told an application with it',
  },
  'src/compose/bind-audit-intake.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'the thread judges by it, with configurations that differ in what it reads',
  },
  'src/compose/follow-audit-file.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'the thread follows a file by it',
  },
  'src/compose/listen-for-reports.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'reports are sent to the thread as other programs send them',
  },
  'src/compose/bind-intake.ts': {
    test: 'test/unit/compose/intake-supervisor.test.ts',
    why: 'the thread is started by it',
  },
  'src/compose/intake-bodies.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'reports are sent to the thread as other programs send them',
  },
  'src/compose/intake-owners.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'the thread asks it who manages what is reported',
  },
  'src/compose/intake-tokens.ts': {
    test: 'test/unit/compose/intake-thread.test.ts',
    why: 'the thread knows its senders by it',
  },
  'src/compose/recorded-findings.ts': {
    test: 'test/unit/compose/drift-thread.test.ts',
    why: 'the thread has its findings recorded by it',
  },
  'src/compose/bind-drift.ts': {
    test: 'test/unit/compose/drift-supervisor.test.ts',
    why: 'the thread is started by it',
  },
  'src/compose/bind-election.ts': {
    test: 'test/unit/compose/bind-alerts.test.ts',
    why: 'incidents elect their leader with it',
  },
  'src/drift/collect-drift.ts': {
    test: 'test/unit/cli/drift/list.test.ts',
    why: 'both commands read with it',
  },
  'src/drift/admission/compare-admission.ts': {
    test: 'test/unit/drift/admission/admission-judge.test.ts',
    why: 'whose changes of a webhook are innocent is tested with what is told',
  },
  'src/drift/object-event.ts': {
    test: 'test/unit/drift/drift-scanner.test.ts',
    why: 'each event of a test is one',
  },
  'src/drift/classify-paths.ts': {
    test: 'test/unit/drift/compare-states.test.ts',
    why: 'whose a change is, is a question about compared objects',
  },
  'src/drift/followed-resources.ts': {
    test: 'test/unit/drift/drift-watch.test.ts',
    why: 'what follows from a watch is tested with the watch',
  },
  'src/drift/open-finding-schema.ts': {
    test: 'test/unit/drift/drift-state.test.ts',
    why: 'it parses what is stored there',
  },
  'src/drift/resource-follower.ts': {
    test: 'test/unit/drift/drift-watch.test.ts',
    why: 'what follows from a watch is tested with the watch',
  },
  'src/compose/serve.ts': {
    test: 'test/unit/compose/service.test.ts',
    why: 'a service is started to be served',
  },
  'src/compose/doctor/examination.ts': {
    test: 'test/unit/compose/doctor/examine.test.ts',
    why: 'every check asks with it',
  },
  'src/compose/doctor/examine-live.ts': {
    test: 'test/unit/compose/doctor/examine.test.ts',
    why: 'its checks are made beside all others',
  },
  'src/cli/completion/completion.ts': {
    test: 'test/integration/completion-shells.test.ts',
    why: 'the real shells run what the command prints',
  },
  'src/cli/completion/format-bash.ts': {
    test: 'test/integration/completion-shells.test.ts',
    why: 'the real bash runs it',
  },
  'src/cli/completion/format-zsh.ts': {
    test: 'test/integration/completion-shells.test.ts',
    why: 'the real zsh runs it',
  },
  'src/cli/completion/format-fish.ts': {
    test: 'test/integration/completion-shells.test.ts',
    why: 'the real fish runs it',
  },
  'src/kubernetes/client/kubeconfig.ts': {
    test: 'test/unit/kubernetes/client/client.test.ts',
    why: 'the client is tested through a kubeconfig',
  },
  'src/cli/setup/read-registration.ts': {
    test: 'test/unit/cli/setup/manifests.test.ts',
    why: 'the command is its only effect',
  },
  'src/cli/setup/show-registration-changes.ts': {
    test: 'test/unit/cli/setup/manifests.test.ts',
    why: 'the option --diff is its only effect',
  },
  'src/cli/run-command-line.ts': {
    test: 'test/integration/serve-command.test.ts',
    why: 'it is the whole command line, which runs as a process there',
  },
  'src/audit/report/collect-report.ts': {
    test: 'test/unit/cli/report/report.test.ts',
    why: 'the command reads real journals there, whole and damaged ones',
  },
  'src/cli/report/describe-replay.ts': {
    test: 'test/integration/report-replay.test.ts',
    why: 'what it counts is replayed there',
  },
  'src/compose/replay-in-cluster.ts': {
    test: 'test/integration/report-replay.test.ts',
    why: 'the real policies and an API server are there',
  },
  'src/compose/replay-writes.ts': {
    test: 'test/integration/report-replay.test.ts',
    why: 'the real policies and an API server are there',
  },
  'src/cli/report/describe-report.ts': {
    test: 'test/unit/cli/report/report.test.ts',
    why: 'the sentences are read there as the command prints them',
  },
  'src/server/answer-headers.ts': {
    test: 'test/unit/server/usual-reviews.test.ts',
    why: 'both ways of an answer are compared as they are on the wire',
  },
  'src/server/enter-admission.ts': {
    test: 'test/unit/server/usual-reviews.test.ts',
    why: 'both ways of a review enter by it',
  },
  'src/cli/policy/bundle-argument.ts': {
    test: 'test/integration/policy-bundle-signature.test.ts',
    why: 'commands read it; a whole bundle is needed',
  },
  'src/cli/policy/push.ts': {
    test: 'test/integration/bundle-registry.test.ts',
    why: 'it needs a registry',
  },
  'src/cli/policy/pull.ts': {
    test: 'test/integration/bundle-registry.test.ts',
    why: 'it needs a registry',
  },
  'src/cli/policy/bundle-reference.ts': {
    test: 'test/integration/bundle-registry.test.ts',
    why: 'two commands read it',
  },
  'src/compose/open-uploader.ts': {
    test: 'test/integration/bundle-registry.test.ts',
    why: 'the command that pushes is its only effect',
  },
  'src/image/registry/authorized-request.ts': {
    test: 'test/unit/image/registry/registry-client.test.ts',
    why: 'each request of the clients goes through it',
  },
  'src/cli/policy/sign.ts': {
    test: 'test/integration/policy-bundle-signature.test.ts',
    why: 'OPA verifies what it writes',
  },
  'src/cli/policy/verify.ts': {
    test: 'test/integration/policy-bundle-signature.test.ts',
    why: 'it verifies what OPA signs',
  },
  'src/authoring/opa-plan.ts': {
    test: 'test/unit/authoring/classify-input-reads.test.ts',
    why: 'plans are read there',
  },
  'src/authoring/plan-frame.ts': {
    test: 'test/unit/authoring/classify-input-reads.test.ts',
    why: 'locals get their values from statements',
  },
  'src/authoring/plan-values.ts': {
    test: 'test/unit/authoring/classify-input-reads.test.ts',
    why: 'values are what statements make',
  },
  'src/authoring/read-node.ts': {
    test: 'test/unit/authoring/classify-input-reads.test.ts',
    why: 'places are what statements lead to',
  },
  'src/compose/judge-listed-image.ts': {
    test: 'test/unit/compose/bind-listed-judge.test.ts',
    why: 'each way of judging goes through it',
  },
  'src/cli/verify/image-options.ts': {
    test: 'test/integration/verify-image.test.ts',
    why: 'the command is its only effect',
  },
  'src/compose/bind-images.ts': {
    test: 'test/integration/image-thread.test.ts',
    why: 'it starts the thread',
  },
  'src/compose/running-images.ts': {
    test: 'test/integration/image-thread.test.ts',
    why: 'verdicts come from the thread',
  },
  'src/compose/image-judge.ts': {
    test: 'test/integration/image-thread.test.ts',
    why: 'it asks a registry',
  },
  'src/compose/image-supervisor.ts': {
    test: 'test/integration/image-thread.test.ts',
    why: 'it starts the thread',
  },
  'src/compose/judging-supervisor.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'a thread answers it',
  },
  'src/compose/list-trust.ts': {
    test: 'test/integration/verify-keyring.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/signature/listed-key.ts': {
    test: 'test/integration/verify-keyring.test.ts',
    why: 'a type, and whether one of its keys counts',
  },
  'src/signature/openpgp/list-keys.ts': {
    test: 'test/integration/verify-keyring.test.ts',
    why: 'keys of the real gpg',
  },
  'src/signature/ssh/list-keys.ts': {
    test: 'test/integration/verify-keyring.test.ts',
    why: 'keys and lists of the real ssh-keygen',
  },
  'src/signature/x509/list-authorities.ts': {
    test: 'test/integration/verify-keyring.test.ts',
    why: 'beside the other key files',
  },
  'src/cli/verify/image.ts': {
    test: 'test/integration/verify-image.test.ts',
    why: 'it asks a registry',
  },
  'src/cli/verify/read-image-rule.ts': {
    test: 'test/integration/image-rule.test.ts',
    why: 'it reads the options that the command is given',
  },
  'src/cli/verify/format-signer.ts': {
    test: 'test/unit/cli/verify/format-commit-report.test.ts',
    why: 'a part of the last line of a report',
  },
  'src/compose/bind-image-authorities.ts': {
    test: 'test/integration/verify-image.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/compose/open-registry.ts': {
    test: 'test/integration/verify-image.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/compose/verify-image.ts': {
    test: 'test/integration/verify-image.test.ts',
    why: 'it asks a registry',
  },
  'src/image/image-failure.ts': {
    test: 'test/unit/image/registry/registry-client.test.ts',
    why: 'constructors of results, seen through what returns them',
  },
  'src/compose/commit-manifests.ts': {
    test: 'test/integration/commit-manifests.test.ts',
    why: 'it renders commits of real repositories',
  },
  'src/compose/compare-sources.ts': {
    test: 'test/integration/manifest-comparison.test.ts',
    why: 'what it asks is answered by the real thread',
  },
  'src/source/manifest/manifest-header.ts': {
    test: 'test/unit/source/manifest/judge-manifest.test.ts',
    why: 'a header is what an index finds manifests by',
  },
  'src/source/manifest/source-index.ts': {
    test: 'test/unit/source/manifest/judge-manifest.test.ts',
    why: 'an index is seen through what is compared with it',
  },
  'src/source/mirror/read-tree.ts': {
    test: 'test/integration/mirror-tree.test.ts',
    why: 'the files come from the real git',
  },
  'src/source/mirror/tree-store.ts': {
    test: 'test/integration/mirror-tree.test.ts',
    why: 'the files come from the real git',
  },
  'src/source/render/prepare-flux-source.ts': {
    test: 'test/integration/commit-manifests.test.ts',
    why: 'it reads the tree of a commit',
  },
  'src/compose/bind-cms-verifier.ts': {
    test: 'test/integration/verify-commit-formats.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/compose/bind-openpgp-verifier.ts': {
    test: 'test/integration/verify-commit-formats.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/compose/read-trust-file.ts': {
    test: 'test/integration/verify-commit-formats.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/signature/openpgp/certificate-collector.ts': {
    test: 'test/unit/signature/openpgp/import-keyring.test.ts',
    why: 'it groups the packets of a keyring, and is seen through the keyring',
  },
  'src/signature/openpgp/verify-certificate.ts': {
    test: 'test/unit/signature/openpgp/import-keyring.test.ts',
    why: 'a keyring is imported and verified in one step',
  },
  'src/signature/openpgp/keyring.ts': {
    test: 'test/unit/signature/openpgp/import-keyring.test.ts',
    why: 'a type, with the name of a key',
  },
  'src/signature/openpgp/openpgp-library.ts': {
    test: 'test/unit/signature/openpgp/verify-openpgp-signature.test.ts',
    why: 'it wraps the library, whose answers the verifier judges',
  },
  'src/signature/sigstore/sigstore-library.ts': {
    test: 'test/unit/signature/gitsign/verify-gitsign-signature.test.ts',
    why: 'it wraps the library, whose answers the verifier judges',
  },
  'src/signature/x509/decide-chain-validity.ts': {
    test: 'test/unit/signature/x509/verify-x509-signature.test.ts',
    why: 'each chain is made of real certificates and signs something',
  },
  'src/alerting/replica-exchange.ts': {
    test: 'test/unit/alerting/incident-engine.test.ts',
    why: 'what it decides is planned in pure files; what the parts do together is tested there',
  },
  'src/alerting/dispatcher.ts': {
    test: 'test/unit/alerting/incident-engine.test.ts',
    why: 'what it decides is planned in pure files; what the parts do together is tested there',
  },
  'src/alerting/incident-store.ts': {
    test: 'test/unit/alerting/incident-engine.test.ts',
    why: 'what it decides is planned in pure files; what the parts do together is tested there',
  },
  'src/kubernetes/leader-election/leader-election.ts': {
    test: 'test/unit/alerting/incident-engine.test.ts',
    why: 'what it decides is planned in pure files; what the parts do together is tested there',
  },
  'src/cli/credential/list.ts': {
    test: 'test/unit/cli/credential/accept.test.ts',
    why: 'three commands on one Secret, tested together',
  },
  'src/cli/credential/forget.ts': {
    test: 'test/unit/cli/credential/accept.test.ts',
    why: 'three commands on one Secret, tested together',
  },
  'src/cli/credential/open-credentials.ts': {
    test: 'test/unit/cli/credential/accept.test.ts',
    why: 'the commands are all that use it',
  },
  'src/compose/delivery-thread.ts': {
    test: 'test/unit/compose/delivery-supervisor.test.ts',
    why: 'a thread, seen through the supervisor that runs it',
  },
  'src/compose/serve-thread.ts': {
    test: 'test/unit/compose/delivery-supervisor.test.ts',
    why: 'the inside of a thread, seen through the supervisor that runs it',
  },
  'src/compose/supervised-thread.ts': {
    test: 'test/unit/compose/delivery-supervisor.test.ts',
    why: 'it is the whole of that supervisor but for what its thread is for',
  },
  'src/compose/commit-thread.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'a thread with the real git, seen through the binder that runs it',
  },
  'src/compose/commit-supervisor.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'the real thread answers it there',
  },
  'src/compose/source-supplement.ts': {
    test: 'test/integration/commit-supplement.test.ts',
    why: 'real git counts changes and compares histories there, in the real thread',
  },
  'src/source/mirror/read-changes.ts': {
    test: 'test/integration/mirror-changes.test.ts',
    why: 'real git makes the commits and counts what they change there',
  },
  'src/source/mirror/read-lineage.ts': {
    test: 'test/integration/mirror-lineage.test.ts',
    why: 'real git makes the histories and compares them there',
  },
  'src/compose/bind-commits.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'it joins the thread, the verdicts and the applications, which are real there',
  },
  'src/compose/running-commits.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'it joins the thread, the verdicts and the applications, which are real there',
  },
  'src/compose/commit-judge.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'real git, ssh-keygen and gpg make the commits that it judges there',
  },
  'src/compose/followed-trust.ts': {
    test: 'test/integration/commit-thread.test.ts',
    why: 'key files change there while the thread judges',
  },
  'src/compose/try-alerts.ts': {
    test: 'test/unit/cli/alert/test.test.ts',
    why: 'the command is all that uses it',
  },
  'src/audit/journal/check-segment.ts': {
    test: 'test/unit/audit/journal/journal-store.test.ts',
    why: 'files on a disk, seen through the store that keeps them',
  },
  'src/audit/journal/head-key.ts': {
    test: 'test/unit/audit/journal/journal-store.test.ts',
    why: 'files on a disk, seen through the store that keeps them',
  },
  'src/audit/journal/segment.ts': {
    test: 'test/unit/audit/journal/journal-store.test.ts',
    why: 'files on a disk, seen through the store that keeps them',
  },
  'src/audit/journal/read-entries.ts': {
    test: 'test/unit/audit/journal/journal-store.test.ts',
    why: 'files on a disk, seen through the store that keeps them',
  },
  'src/audit/journal/journal-reporter.ts': {
    test: 'test/unit/audit/journal/open-journal.test.ts',
    why: 'threads and what they say, seen through the journal that they work for',
  },
  'src/audit/journal/thread-calls.ts': {
    test: 'test/unit/audit/journal/open-journal.test.ts',
    why: 'threads and what they say, seen through the journal that they work for',
  },
  'src/audit/journal/writer-thread.ts': {
    test: 'test/unit/audit/journal/open-journal.test.ts',
    why: 'threads and what they say, seen through the journal that they work for',
  },
  'src/audit/journal/checkpoint-thread.ts': {
    test: 'test/unit/audit/journal/open-journal.test.ts',
    why: 'threads and what they say, seen through the journal that they work for',
  },
  'src/audit/verify/check-heads.ts': {
    test: 'test/attack/journal-tampering.test.ts',
    why: 'it is judged by what verification finds',
  },
  'src/audit/verify/verify-journal.ts': {
    test: 'test/attack/journal-tampering.test.ts',
    why: 'each test is a whole journal that was tampered with',
  },
  'src/audit/verify/chain-verifier.ts': {
    test: 'test/attack/journal-tampering.test.ts',
    why: 'it is judged by what verification finds',
  },
  'src/audit/export/package-folder.ts': {
    test: 'test/unit/audit/export/verify-package.test.ts',
    why: 'it is judged by what verification of packages finds',
  },
  'src/audit/export/write-package.ts': {
    test: 'test/unit/audit/export/verify-package.test.ts',
    why: 'it is judged by what verification of packages finds',
  },
  'src/audit/export/package-writer.ts': {
    test: 'test/unit/audit/export/verify-package.test.ts',
    why: 'it is judged by what verification of packages finds',
  },
  'src/compose/export-package.ts': {
    test: 'test/unit/cli/audit/export.test.ts',
    why: 'it is a part of the command',
  },
  'src/compose/plan-manifests.ts': {
    test: 'test/unit/cli/setup/manifests.test.ts',
    why: 'what it plans is seen whole in what the command prints',
  },
  'src/certificates/read-authority.ts': {
    test: 'test/unit/cli/setup/manifests.test.ts',
    why: 'it only joins reading and parsing; the command shows both faults',
  },
  'src/cli/audit/filter-options.ts': {
    test: 'test/unit/cli/audit/query.test.ts',
    why: 'it reads what the commands of the group share',
  },
  'src/cli/audit/journal-folders.ts': {
    test: 'test/unit/cli/audit/verify.test.ts',
    why: 'it reads what the commands of the group share',
  },
  'src/cli/service/demo.ts': {
    test: 'test/integration/serve-command.test.ts',
    why: 'it is a process: started, read and ended from outside',
  },
  'src/cli/service/serve.ts': {
    test: 'test/integration/serve-command.test.ts',
    why: 'it is a process: started, read and ended from outside',
  },
  'src/compose/bind-evidence.ts': {
    test: 'test/unit/compose/service.test.ts',
    why: 'it only joins parts; what they do together is tested there',
  },
  'src/compose/bind-lookup.ts': {
    test: 'test/unit/compose/service.test.ts',
    why: 'it only joins parts; what they do together is tested there',
  },
  'src/compose/dead-letter-store.ts': {
    test: 'test/unit/cli/audit/replay.test.ts',
    why: 'the command is what it is for; both run together there',
  },
  'src/compose/follow-changes.ts': {
    test: 'test/unit/compose/service.test.ts',
    why: 'it only joins parts; what they do together is tested there',
  },
  'src/compose/follow-configuration.ts': {
    test: 'test/unit/compose/service.test.ts',
    why: 'it only joins parts; what they do together is tested there',
  },
  'src/compose/replay.ts': {
    test: 'test/unit/compose/demo.test.ts',
    why: 'it needs a running webhook',
  },
  'src/compose/bind-traces.ts': {
    test: 'test/integration/traces.test.ts',
    why: 'it binds the library to a collector, which is there',
  },
  'src/compose/telemetry.ts': {
    test: 'test/unit/compose/offline.test.ts',
    why: 'it only joins parts',
  },
  'src/source/local-repository.ts': {
    test: 'test/integration/verify-commit.test.ts',
    why: 'it runs git on real repositories',
  },
  'src/compose/verify-commit.ts': {
    test: 'test/integration/verify-commit.test.ts',
    why: 'it runs git on real repositories',
  },
  'src/compose/bind-verifiers.ts': {
    test: 'test/integration/verify-commit.test.ts',
    why: 'it reads the files that the command is given',
  },
  'src/authoring/classify-finding-texts.ts': {
    test: 'test/unit/authoring/check-policies.test.ts',
    why: 'judges what OPA parses',
  },
  'src/authoring/classify-match.ts': {
    test: 'test/unit/authoring/check-policies.test.ts',
    why: 'judges what OPA parses',
  },
  'src/authoring/source-problem.ts': {
    test: 'test/unit/authoring/check-policies.test.ts',
    why: 'a table and its forms, which every check uses',
  },
  'src/authoring/read-modules.ts': {
    test: 'test/unit/authoring/check-policies.test.ts',
    why: 'runs OPA',
  },
  'src/authoring/write-capabilities.ts': {
    test: 'test/unit/authoring/check-policies.test.ts',
    why: 'runs OPA',
  },
  'src/authoring/format-policy-template.ts': {
    test: 'test/unit/cli/policy/check.test.ts',
    why: 'what it writes passes every check',
  },
  'src/cli/policy/sources-argument.ts': {
    test: 'test/unit/cli/policy/check.test.ts',
    why: 'is part of every command that takes it',
  },
  'src/authoring/input-schema-file.ts': {
    test: 'test/conformance/input-schema.test.ts',
    why: 'a path',
  },
  'src/authoring/testing/test-result.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'types alone',
  },
  'src/authoring/testing/list-test-files.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'part of every run of tests',
  },
  'src/authoring/testing/run-opa-tests.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'runs OPA',
  },
  'src/authoring/testing/run-wasm-tests.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'runs OPA, and what it compiled',
  },
  'src/authoring/testing/run-review-tests.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'needs a bundle',
  },
  'src/authoring/testing/shared-deciders.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'starts real policies, some of which are configured alike',
  },
  'src/authoring/testing/test-policies.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'puts the others together',
  },
  'src/authoring/testing/review-case-schema.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'its faults are those of files',
  },
  'src/authoring/build-with-opa.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'runs OPA',
  },
  'src/authoring/write-sources.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'writes what OPA compiles',
  },
  'src/authoring/build-bundle.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/bundle-source.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-fact-use.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-policy-source.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-branches.ts': {
    test: 'test/integration/policy-source-names.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-findings.ts': {
    test: 'test/integration/policy-source-findings.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-references.ts': {
    test: 'test/integration/policy-source-names.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/classify-names.ts': {
    test: 'test/integration/policy-source-names.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/rule-tree.ts': {
    test: 'test/integration/policy-source-names.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/ensure-bundle.ts': {
    test: 'test/integration/policy-engine-bundle.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/load-bundle.ts': {
    test: 'test/integration/policy-engine-bundle.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/descriptor-schema.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/parse-metadata.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/authoring/parse-policy-module.ts': {
    test: 'test/integration/policy-engine-build.test.ts',
    why: 'it reads what the real OPA says about real sources',
  },
  'src/policy/engine.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/inline-evaluator.ts': {
    test: 'test/integration/policy-inline.test.ts',
    why: 'it falls back to the workers of its engine: a real module shows both',
  },
  'src/policy/policy-worker.ts': {
    test: 'test/integration/policy-engine.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/wasm/wasm-host.ts': {
    test: 'test/integration/policy-engine-host.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/worker-loop.ts': {
    test: 'test/integration/policy-engine-host.test.ts',
    why: 'it runs compiled policies in real threads',
  },
  'src/policy/wasm/builtins/format-sprintf.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/wasm/builtins/format-go-verb.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/wasm/builtins/format-go-float.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/wasm/builtins/go-flags.ts': {
    test: 'test/integration/policy-engine-sprintf.test.ts',
    why: 'the real OPA says what each of 17,000 calls prints',
  },
  'src/policy/wasm/builtin-rules.ts': {
    test: 'test/integration/gatekeeper-bundle.test.ts',
    why: 'it says what an evaluation may call, which a bundle shows',
  },
  'src/policy/pool-job.ts': {
    test: 'test/integration/policy-engine-runaway.test.ts',
    why: 'it says in which ways a job can end, which real threads show',
  },
  'src/policy/wasm/builtins/builtin.ts': {
    test: 'test/unit/policy/wasm/builtins/host-builtins.test.ts',
    why: 'it holds what every built-in is made of',
  },
  'src/sinks/nats/nats-connection.ts': {
    test: 'test/targets/nats.test.ts',
    why: 'it speaks with a real server',
  },
  'src/sinks/nats/open-nats.ts': {
    test: 'test/targets/nats.test.ts',
    why: 'it speaks with a real server',
  },
  'src/sinks/nats/read-nats-records.ts': {
    test: 'test/targets/nats.test.ts',
    why: 'it speaks with a real server',
  },
  'src/sinks/nats/nats-sink.ts': {
    test: 'test/targets/nats.test.ts',
    why: 'it speaks with a real server',
  },
  'src/source/mirror/mirrors.ts': {
    test: 'test/integration/mirror-history.test.ts',
    why: 'the real git fetches from real repositories there',
  },
  'src/source/mirror/mirror-repository.ts': {
    test: 'test/integration/mirror-history.test.ts',
    why: 'the real git fetches from real repositories there',
  },
  'src/source/mirror/read-revision.ts': {
    test: 'test/integration/mirror-history.test.ts',
    why: 'the real git fetches from real repositories there',
  },
  'src/source/mirror/mirror-failure.ts': {
    test: 'test/integration/mirror-history.test.ts',
    why: 'the real git fetches from real repositories there',
  },
  'src/source/mirror/remote-access.ts': {
    test: 'test/integration/mirror-https.test.ts',
    why: 'a real git server answers there',
  },
  'src/source/mirror/run-git.ts': {
    test: 'test/integration/mirror-hostile.test.ts',
    why: 'the real git runs into each of its limits there',
  },
  'src/cli/verify/app.ts': {
    test: 'test/integration/verify-app.test.ts',
    why: 'it asks a cluster and a git server',
  },
  'src/cli/verify/trust-options.ts': {
    test: 'test/integration/verify-app.test.ts',
    why: 'the commands that have the options run there',
  },
  'src/compose/read-commit.ts': {
    test: 'test/integration/verify-app.test.ts',
    why: 'a real git server gives the commit there',
  },
  'src/compose/trace-application.ts': {
    test: 'test/integration/verify-app.test.ts',
    why: 'a cluster and a real git server answer there',
  },
  'src/compose/verify-application.ts': {
    test: 'test/integration/verify-app.test.ts',
    why: 'a cluster and a real git server answer there',
  },
  'src/source/mirror/read-note.ts': {
    test: 'test/integration/mirror-notes.test.ts',
    why: 'the real git fetches from real repositories there',
  },
  'src/source/render/rendered-source.ts': {
    test: 'test/unit/source/render/renderer.test.ts',
    why: 'a constructor of one result, seen through what returns it',
  },
  'src/authoring/gatekeeper/compile-modules.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'every template of a suite is compiled with it',
  },
  'src/authoring/gatekeeper/constraint-schema.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'gator has judged constraints by it, and those that it refuses',
  },
  'src/authoring/gatekeeper/describe-constraint.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'every constraint of a suite is one',
  },
  'src/authoring/gatekeeper/format-constraint-entry.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'OPA compiles it, and its verdicts are those of gator',
  },
  'src/authoring/gatekeeper/prepare-template.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'OPA parses every template with it',
  },
  'src/authoring/gatekeeper/suite/find-suites.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'suites are found in files and folders',
  },
  'src/authoring/gatekeeper/suite/judge-case.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'every case is judged with it',
  },
  'src/authoring/gatekeeper/suite/run-suite.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'suites run with it, those too that fail',
  },
  'src/authoring/gatekeeper/suite/suite-result.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'it is the result of every suite',
  },
  'src/authoring/gatekeeper/suite/template-engines.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'every case is judged by one of them',
  },
  'src/authoring/gatekeeper/suite/verify-suites.ts': {
    test: 'test/integration/gatekeeper-suites.test.ts',
    why: 'the test runs it on suites that gator has run',
  },
  'src/policy/wasm/builtins/address-range.ts': {
    test: 'test/unit/policy/wasm/builtins/cidr-builtins.test.ts',
    why: 'the functions read every form of address and range',
  },
  'src/policy/wasm/builtins/builtin-names.ts': {
    test: 'test/unit/policy/wasm/builtins/host-builtins.test.ts',
    why: 'the names are held to the families',
  },
  'src/policy/wasm/builtins/format-go-time.ts': {
    test: 'test/unit/policy/wasm/builtins/time-builtins.test.ts',
    why: 'time.format writes every part of a layout',
  },
  'src/policy/wasm/builtins/glob-intersection.ts': {
    test: 'test/unit/policy/wasm/builtins/regex-builtins.test.ts',
    why: 'regex.globs_match is its one caller',
  },
  'src/policy/wasm/builtins/go-layout.ts': {
    test: 'test/unit/policy/wasm/builtins/time-builtins.test.ts',
    why: 'times are read and written in its layouts',
  },
  'src/policy/wasm/builtins/go-time.ts': {
    test: 'test/unit/policy/wasm/builtins/time-builtins.test.ts',
    why: 'every function of the family counts with it',
  },
  'src/policy/wasm/builtins/operand.ts': {
    test: 'test/unit/policy/wasm/builtins/string-builtins.test.ts',
    why: 'the functions refuse operands with it',
  },
  'src/policy/wasm/builtins/parse-duration.ts': {
    test: 'test/unit/policy/wasm/builtins/time-builtins.test.ts',
    why: 'time.parse_duration_ns is its one caller',
  },
  'src/policy/wasm/builtins/parse-go-time.ts': {
    test: 'test/unit/policy/wasm/builtins/time-builtins.test.ts',
    why: 'time.parse_ns reads every part of a layout',
  },
  'src/policy/wasm/builtins/parse-go-url.ts': {
    test: 'test/unit/policy/wasm/builtins/uri-builtins.test.ts',
    why: 'both functions read with it',
  },
  'src/policy/wasm/builtins/patch-value.ts': {
    test: 'test/unit/policy/wasm/builtins/json-builtins.test.ts',
    why: 'json.patch is its one caller',
  },
  'src/policy/wasm/builtins/plain-value.ts': {
    test: 'test/unit/policy/wasm/builtins/yaml-builtins.test.ts',
    why: 'values pass through it in both directions',
  },
  'src/policy/wasm/builtins/regex-engine.ts': {
    test: 'test/unit/policy/wasm/builtins/regex-builtins.test.ts',
    why: 'the functions compile and match with it',
  },
  'src/policy/wasm/parse-rego-literal.ts': {
    test: 'test/unit/policy/wasm/rego-value.test.ts',
    why: 'it reads what the other writes',
  },
  'src/policy/wasm/builtins/token-keys.ts': {
    test: 'test/unit/policy/wasm/builtins/jwt-builtins.test.ts',
    why: 'every form of key verifies a token there',
  },
  'src/policy/wasm/builtins/token-signature.ts': {
    test: 'test/unit/policy/wasm/builtins/jwt-builtins.test.ts',
    why: 'every algorithm verifies a token there',
  },
  'src/policy/wasm/builtins/web-token.ts': {
    test: 'test/unit/policy/wasm/builtins/jwt-builtins.test.ts',
    why: 'the functions split tokens with it',
  },
  'src/authoring/gatekeeper/prepare-gatekeeper.ts': {
    test: 'test/integration/gatekeeper-bundle.test.ts',
    why: 'folders are prepared and refused with it',
  },
  'src/authoring/gatekeeper/rego-versions.ts': {
    test: 'test/integration/gatekeeper-bundle.test.ts',
    why: 'OPA compiles Rego of both versions by it',
  },
  'src/authoring/explain/explain-decision.ts': {
    test: 'test/unit/cli/policy/explain.test.ts',
    why: 'the command explains records with it',
  },
  'src/authoring/replay/write-cases.ts': {
    test: 'test/unit/cli/policy/replay.test.ts',
    why: 'the cases that it writes are run',
  },
  'src/authoring/testing/configure-case.ts': {
    test: 'test/unit/cli/policy/test.test.ts',
    why: 'cases are judged with it',
  },
  'src/cli/policy/candidate-options.ts': {
    test: 'test/unit/cli/policy/explain.test.ts',
    why: 'the command has them',
  },
  'src/compose/replay/find-record.ts': {
    test: 'test/unit/cli/policy/explain.test.ts',
    why: 'the command finds journals’ and files’ records with it',
  },
  'src/policy/wasm/builtins/graphql/check-query.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/document-shapes.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/read-query.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/read-schema.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/schema-rules.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/schema.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/token-cursor.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/token-list.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'documents are read and judged by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/apply-schema.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/compile-schema.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/json-value.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/references.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/schema-error.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/schema-formats.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/json-schema/schema-node.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'schemas are read and applied by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/alternative-names.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/certificate-fields.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/certificate.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/extension-fields.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/find-chain.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/host-match.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/name-fields.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/pem-blocks.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/private-keys.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/x509/verify-options.ts': {
    test: 'test/conformance/builtins-in-opa.test.ts',
    why: 'certificates and keys are read by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-json.ts': {
    test: 'test/unit/policy/wasm/builtins/json-builtins.test.ts',
    why: 'values are written as JSON with it',
  },
  'src/policy/wasm/builtins/token-signing.ts': {
    test: 'test/unit/policy/wasm/builtins/jwt-builtins.test.ts',
    why: 'every algorithm signs a token there',
  },
  'src/policy/wasm/builtins/go-template/run-template.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-template/template-functions.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-template/template-reader.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-template/template-value.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-template/template-words.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/go-template/unquote.ts': {
    test: 'test/conformance/templates-in-opa.test.ts',
    why: 'templates are read and written by it, and compared with what OPA gives',
  },
  'src/policy/wasm/builtins/graphql/document-types.ts': {
    test: 'test/conformance/languages-in-opa.test.ts',
    why: 'the table of kinds and what is absent',
  },
};
