/**
 * The error table and the error class.
 *
 * A code is stable: it appears in denials, logs, metrics and records, and people search for it.
 * Expected outcomes are values that carry a code; `HoldfastError` is thrown for faults only.
 */

/**
 * What the caller does.
 * - `deny`: answer the review with a denial
 * - `reject`: answer the HTTP request with the row's status, no review is judged
 * - `fail-mode`: the declared failure mode of the affected policies applies
 * - `retry`: try again later; nothing is lost
 * - `keep-last-good`: continue with the last good state, log it and count it
 * - `exit`: end the process with the row's exit code
 */
export type CallerAction = 'deny' | 'reject' | 'fail-mode' | 'retry' | 'keep-last-good' | 'exit';

export interface ErrorRow {
  /** One sentence for a person who searches for the code. */
  readonly meaning: string;
  readonly caller: CallerAction;
  readonly httpStatus?: number;
  readonly exitCode?: number;
  /** What to do about it. */
  readonly remedy: string;
}

/** Every code, grouped by the folder that raises it. Add a row before you use a new code. */
export const ERRORS = {
  // Reading an admission review (admission/decode, server)
  review_empty: {
    meaning: 'The request has no body',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Send an AdmissionReview of admission.k8s.io/v1 as JSON',
  },
  review_proof: {
    meaning: 'Holdfast answers: it refuses what only asks whether it does',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'None is needed: the registration controller sends it before it registers',
  },
  review_content_type_unsupported: {
    meaning: 'The request is not application/json',
    caller: 'reject',
    httpStatus: 415,
    remedy: 'Send the header content-type: application/json',
  },
  review_too_large: {
    meaning: 'The body is larger than limits.bodyBytesMax',
    caller: 'deny',
    httpStatus: 413,
    remedy: 'Raise limits.bodyBytesMax, or make the object smaller',
  },
  review_values_exceeded: {
    meaning: 'The review has more values than limits.jsonValuesMax',
    caller: 'deny',
    httpStatus: 413,
    remedy: 'Split the object into several, or raise limits.jsonValuesMax',
  },
  review_memory_exceeded: {
    meaning: 'Other large reviews took the memory for this one until its deadline',
    caller: 'deny',
    httpStatus: 503,
    remedy: 'Send it again. If it lasts: give the container more memory, or add replicas',
  },
  review_bodies_exceeded: {
    meaning: 'The bodies of all reviews together are larger than limits.heldBodyBytesMax',
    caller: 'deny',
    httpStatus: 503,
    remedy:
      'Send it again. If it lasts: set server.clientAuthentication, add replicas, or raise limits.heldBodyBytesMax and the memory of the container',
  },
  review_invalid_utf8: {
    meaning: 'The body is not UTF-8 (RFC 8259 section 8.1)',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Encode the review as UTF-8 without a byte order mark',
  },
  review_malformed_json: {
    meaning: 'The body is not JSON (RFC 8259)',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Send one JSON value',
  },
  review_nested_too_deep: {
    meaning: 'Objects and arrays are nested deeper than limits.jsonDepthMax',
    caller: 'deny',
    httpStatus: 400,
    remedy: 'Flatten the object, or raise limits.jsonDepthMax',
  },
  review_duplicate_key: {
    meaning: 'An object of the body has the same key twice, so that two readers may see two values',
    caller: 'deny',
    httpStatus: 400,
    remedy: 'Send each key once',
  },
  review_number_out_of_range: {
    meaning: 'A number of the body is too large for a 64 bit floating point number',
    caller: 'deny',
    httpStatus: 400,
    remedy: 'Write the value as a string, or within ±1.8e308',
  },
  review_kind_unsupported: {
    meaning: 'The body is not an AdmissionReview of admission.k8s.io/v1',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Register the webhook with admissionReviewVersions: [v1]',
  },
  review_uid_missing: {
    meaning: 'The review has no usable request.uid, so that no answer can name it',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Send request.uid as a text of 1 to 256 printable characters',
  },
  review_invalid: {
    meaning: 'A field of the review that Holdfast reads is missing or has the wrong shape',
    caller: 'deny',
    httpStatus: 400,
    remedy: 'Compare the review with admission.k8s.io/v1',
  },

  // HTTP (server)
  client_unauthenticated: {
    meaning: 'The caller did not prove to be the API server',
    caller: 'reject',
    httpStatus: 401,
    remedy: 'Present a client certificate of the configured CA with a configured common name',
  },
  route_unknown: {
    meaning: 'No such path',
    caller: 'reject',
    httpStatus: 404,
    remedy: 'Use POST /validate, POST /mutate, GET /livez, /readyz or /metrics',
  },
  method_not_allowed: {
    meaning: 'The path exists with another method',
    caller: 'reject',
    httpStatus: 405,
    remedy: 'Use the method that the header allow names',
  },
  request_unreadable: {
    meaning: 'The HTTP request could not be read',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Send a complete HTTP/1.1 request',
  },
  request_timed_out: {
    meaning: 'The headers or the body did not arrive in time',
    caller: 'reject',
    httpStatus: 408,
    remedy: 'Send the whole request within limits.requestTimeoutMs',
  },
  server_overloaded: {
    meaning: 'More requests wait than the server can answer in time',
    caller: 'reject',
    httpStatus: 503,
    remedy: 'Add replicas, or raise limits.concurrentRequestsMax',
  },
  server_address_unavailable: {
    meaning: 'The server could not listen on its address',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Free the port or configure another one in server.port',
  },
  internal_error: {
    meaning: 'A fault inside Holdfast; the request is refused',
    caller: 'deny',
    httpStatus: 500,
    remedy: 'Report it with the log line that carries the same decision id or uid',
  },

  // Certificates on disk (server/tls)
  certificate_unreadable: {
    meaning: 'A certificate, key or CA file could not be read',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Check the path and its permissions',
  },
  certificate_unusable: {
    meaning: 'The certificate and key cannot serve TLS: damaged, or not a pair',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Replace certificate and key together',
  },
  certificate_reload_failed: {
    meaning: 'New certificate files are unusable; the server goes on with the last good pair',
    caller: 'keep-last-good',
    remedy: 'Replace certificate and key together',
  },

  // Certificates we issue (certificates/)
  certificate_names_invalid: {
    meaning: 'A name that a certificate should carry is no DNS name or IP address',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Give names with --dns and addresses with --ip',
  },
  certificate_unwritable: {
    meaning: 'A certificate or key could not be written',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Check the folder and its permissions',
  },
  certificates_not_prepared: {
    meaning: 'Holdfast makes its own certificates, and there is none to serve yet',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Check the rights to the Secret holdfast-certificates and to Leases of its namespace, or set certificates.manage: false',
  },
  certificates_blocked: {
    meaning: 'Something is in the way of the certificates that Holdfast makes itself',
    caller: 'retry',
    remedy: 'See docs/operations/certificates.md for each reason',
  },

  // Configuration
  configuration_unreadable: {
    meaning: 'The configuration file could not be read',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Check the path and its permissions',
  },
  configuration_version_newer: {
    meaning: 'The configuration file says that it is for a newer version of Holdfast',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Run the newer version, or write the file for this one',
  },
  configuration_invalid: {
    meaning: 'The configuration does not match the schema',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Correct the named key; holdfast config check shows all of them',
  },
  configuration_reload_failed: {
    meaning: 'The changed configuration is invalid; the last good one stays in force',
    caller: 'keep-last-good',
    remedy: 'Correct the named key',
  },

  // Command line (cli)
  input_unreadable: {
    meaning: 'A file that was named on the command line could not be read',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Check the path and its permissions',
  },
  argument_invalid: {
    meaning: 'An argument or option of the command line cannot be used as it is',
    caller: 'exit',
    exitCode: 2,
    remedy: 'See the command with --help',
  },
  input_invalid: {
    meaning: 'A file that was named on the command line holds nothing that can be used',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Name a file of the kind that the command asks for: see it with --help',
  },

  // Policies
  policy_deadline_exceeded: {
    meaning: 'A policy did not finish within its deadline and was ended',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Make the policy cheaper, or raise its deadlineMs',
  },
  policy_evaluation_failed: {
    meaning: 'A policy failed while it was evaluated',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Run holdfast evaluate on the same request to see the failure',
  },
  policy_result_invalid: {
    meaning: 'A policy answered with something that is no finding or patch operation',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Return objects with code and message',
  },
  policy_quarantined: {
    meaning:
      'A policy was ended too often for what this user sends, or for everybody, and is not evaluated for a while',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Make the policy cheaper, or raise its deadlineMs',
  },
  policy_worker_died: {
    meaning: 'The worker that evaluated the policy died',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Look for the memory limit engine.memoryPagesMax in the log',
  },
  policy_memory_exceeded: {
    meaning: 'A policy needed more memory than a worker may have',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Make the policy cheaper, or raise engine.memoryPagesMax',
  },
  policy_queue_full: {
    meaning: 'Every worker is busy and the queue is full',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Raise engine.workers, or add replicas',
  },
  policy_bundle_missing: {
    meaning: 'There is no built policy bundle at the configured path',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Build it with holdfast policy build, and name its folder in policies.bundle',
  },
  policy_bundle_invalid: {
    meaning: 'The policy bundle is damaged, incomplete or of another format',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Build the bundle again with holdfast policy build',
  },
  policy_bundle_untrusted: {
    meaning:
      'The signature of a policy bundle is missing, or it does not stand for what is in the bundle',
    caller: 'exit',
    exitCode: 3,
    remedy:
      'Sign the bundle with holdfast policy sign, by a key whose public part is in policies.keys',
  },
  policy_bundle_unavailable: {
    meaning:
      'There is no kept bundle, and the server or the registry of the configuration gave none that can be taken',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Correct what the message names: the address, the credential, the authority, the artifact or the signature',
  },
  policy_registry_failed: {
    meaning: 'A registry did not take or give a policy bundle',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Correct what the message names: the reference, the credential and its rights, the authority or the address',
  },
  policy_bundle_failed_self_test: {
    meaning: 'A policy of a bundle cannot be evaluated: the bundle is not put in force',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Correct the named policy, and build the bundle again',
  },
  policy_capability_refused: {
    meaning:
      'A policy of a bundle uses a fact or a built-in function that policies.capabilities does not allow it',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Change the named policy, or allow it in policies.capabilities',
  },
  policy_bundle_key_unusable: {
    meaning: 'A key for signatures of policy bundles cannot be used',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Name a file with one key as PEM or JSON: Ed25519, P-256 or RSA',
  },
  policy_source_invalid: {
    meaning: 'A policy does not compile, or its METADATA block is wrong',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Correct the named file and line',
  },
  constraints_unguarded: {
    meaning:
      "The configuration lets others than Git write Gatekeeper's constraints, which would become policies",
    caller: 'exit',
    exitCode: 3,
    remedy: 'Set what the message names, as docs/policies/gatekeeper.md shows it',
  },
  policy_builtin_unknown: {
    meaning: 'A policy calls a built-in function that this engine does not have',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Replace the built-in; the message names it',
  },
  opa_unavailable: {
    meaning: 'There is no OPA to compile the policies with, and it could not be built',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Put opa 1.12 or later on PATH, or install Go; a built bundle (policies.bundle) needs neither',
  },

  // Facts
  fact_unavailable: {
    meaning: 'A fact that a policy reads could not be had',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Look at the reason beside the code',
  },

  // Circuit breakers (freeze/breaker)
  breaker_unwritten: {
    meaning:
      'The Freeze object of a circuit breaker cannot be written, so that it halts nothing, or not the end of it',
    caller: 'retry',
    remedy:
      'Apply deploy/base/freeze.yaml, which has the kind and the Role, and see why the API server refuses',
  },

  // Break-glass grants (identity/grants)
  grant_malformed: {
    meaning: 'What was presented as a break-glass grant is none',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Make it with holdfast grant create, and pass on what it prints unchanged',
  },
  grant_signature_invalid: {
    meaning: 'A signature of the grant is not valid, or its signer may not approve',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Let those sign whose keys stand in breakGlass.approvers, with holdfast grant approve',
  },
  grant_approvals_missing: {
    meaning: 'Fewer different people than required have approved the grant',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Let another approver sign it with holdfast grant approve',
  },
  grant_wrong_subject: {
    meaning: 'The grant is for somebody else, or for members of a group',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have a grant made for the user that kubectl auth whoami shows',
  },
  grant_wrong_cluster: {
    meaning: 'The grant is for another cluster',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have a grant made for the cluster that the denial names',
  },
  grant_not_yet_valid: {
    meaning: 'The grant has not begun',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Wait, or compare the clock of the machine that made it',
  },
  grant_expired: {
    meaning: 'The grant is over',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have a new one made',
  },
  grant_revoked: {
    meaning: 'The grant was revoked',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Ask the approvers why',
  },
  grant_candidates_exceeded: {
    meaning:
      'More grants that nobody has verified yet name this person than are verified for one request',
    caller: 'deny',
    httpStatus: 403,
    remedy:
      'Send the request again, present the grant as an annotation, or delete the others (holdfast grant list)',
  },
  grant_used_up: {
    meaning: 'Every use of the grant is taken',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have a new one made',
  },
  grant_out_of_scope: {
    meaning: 'The grant does not cover this request',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have one made for this resource, name, namespace and verb',
  },
  grant_too_broad: {
    meaning: 'The grant allows more than breakGlass.limits do',
    caller: 'deny',
    httpStatus: 403,
    remedy: 'Have one made that is shorter, or for fewer uses',
  },
  grant_file_unusable: {
    meaning: 'A file that was named on the command line holds no break-glass grant',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Name a file that holds what holdfast grant create printed, unchanged',
  },
  lineage_key_unusable: {
    meaning: 'The key of a pipeline that verifies versions cannot be used',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Give lineage.verifiers[].key an Ed25519 or P-256 public key, as JSON web key or PEM',
  },

  grant_key_unusable: {
    meaning: 'A key for signing or checking grants cannot be used',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Use an Ed25519 or P-256 key, as JSON web key or PEM',
  },

  // Look-ups in the cluster (cluster)
  lookup_not_configured: {
    meaning: 'A fact needs a look-up, and no cluster is configured to look it up in',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Set kubernetes.kubeconfigFile, run inside the cluster, or give --cluster-state',
  },
  lookup_timed_out: {
    meaning: 'The API server did not answer a look-up before its deadline',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Look at the API server; raise kubernetes.lookupTimeoutMs if it is only slow',
  },
  lookup_failed: {
    meaning: 'A look-up failed: no connection, or an answer that cannot be used',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Look at the reason beside the code',
  },
  lookup_forbidden: {
    meaning: 'The API server does not let us look the object up',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Give our service account get and list on the resource (deploy/base)',
  },
  lookup_overloaded: {
    meaning: 'Too many look-ups are waiting for the API server already',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy: 'Try again; look at the API server if it happens often',
  },
  hub_unavailable: {
    meaning:
      'The hub of Argo CD does not say whether an Application deploys to this cluster and what it does now',
    caller: 'fail-mode',
    httpStatus: 503,
    remedy:
      'Look at the line "hub" of /readyz and at the hub\'s API server; a sync goes on by itself once the hub answers',
  },
  cluster_unreadable: {
    meaning: 'The API server does not say what it serves',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Look whether kubectl get --raw /apis answers by the same kubeconfig, and ask Kubernetes 1.30 or later',
  },
  kubeconfig_unusable: {
    meaning: 'The kubeconfig names no cluster and user that can be used',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Check the file (--kubeconfig, kubernetes.kubeconfigFile or KUBECONFIG) and its current context',
  },

  // Sinks (delivery/, sinks/)
  sink_unknown: {
    meaning: 'No sink of the configuration has this name',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Name one of audit.sinks',
  },

  // Signatures of commits (signature/, source/)
  git_unavailable: {
    meaning: 'The git program is missing or too old, or could not read the repository',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Install git 2.37 or later, put it on PATH, and try git -C PATH log on the repository',
  },
  trust_file_invalid: {
    meaning: 'A file that says whose signatures count cannot be read as a whole, so it is not used',
    caller: 'exit',
    exitCode: 3,
    remedy: 'Correct the named lines; no line is skipped, as it could be the one that matters',
  },
  tuf_refresh_failed: {
    meaning:
      'A trusted root cannot be refreshed from its TUF repository: the mirror is away, or what it has is expired, too large or not signed as it must be',
    caller: 'keep-last-good',
    remedy:
      'Look at the mirror; the last good trusted root stays in force, and the mirror is asked again',
  },

  // The recorded day
  recording_unreadable: {
    meaning: 'A file of recorded reviews could not be read',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Name a file that holdfast record has written',
  },

  // Deadlines and records
  request_deadline_exceeded: {
    meaning: 'The review could not be judged before the API server gives up',
    caller: 'deny',
    httpStatus: 503,
    remedy: 'Try again; raise the webhook timeout if it happens often',
  },
  record_failed: {
    meaning: 'The decision could not be recorded, so it is refused',
    caller: 'deny',
    httpStatus: 503,
    remedy: 'Check the disk of the journal',
  },

  // The journal (audit/journal)
  journal_folder_missing: {
    meaning: 'There is no journal to read',
    caller: 'exit',
    exitCode: 2,
    remedy: 'Name the folder of a journal, or configure audit.journal',
  },
  journal_unreadable: {
    meaning: 'A segment of a journal is damaged or cannot be opened',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Run holdfast audit verify to see what is damaged',
  },
  journal_locked: {
    meaning: 'Another process writes to the journal folder',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Give each replica a folder of its own (audit.journal.folder)',
  },
  journal_unusable: {
    meaning: 'The journal folder cannot be used: it cannot be made, read or written',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Check that the folder belongs to our user, is writable and has room',
  },
  journal_version_newer: {
    meaning:
      'The journal or its state was written by a newer version of Holdfast; nothing is changed',
    caller: 'exit',
    exitCode: 4,
    remedy: 'Run the newer version again, or name another folder (audit.journal.folder)',
  },
  journal_key_unusable: {
    meaning: 'The key that signs heads or hides values cannot be used',
    caller: 'exit',
    exitCode: 4,
    remedy:
      'Name an Ed25519 or P-256 private key (audit.journal.headKeyFile), or 32 bytes or more (audit.hide.keyFile)',
  },
  journal_corrupt: {
    meaning: 'A segment of the journal is damaged or its chain is broken; nothing is added to it',
    caller: 'keep-last-good',
    remedy:
      'Run holdfast audit verify on the folder; the damaged segment was set aside and a new chain begun',
  },
  journal_entries_lost: {
    meaning:
      'Entries of the journal are lost: their segment was damaged, or the disk does not have what it acknowledged',
    caller: 'keep-last-good',
    remedy:
      'Run holdfast audit verify with the audit log of the API server as --anchor: it names what is missing; keep the file that was set aside',
  },
  journal_write_failed: {
    meaning: 'The journal could not write: the disk is full, read-only or failing',
    caller: 'retry',
    remedy: 'Make room on the disk of the journal; writing is tried again by itself',
  },
  journal_read_failed: {
    meaning: 'The journal could not be read',
    caller: 'retry',
    remedy: 'Look at the reason beside the code',
  },
  journal_queue_full: {
    meaning: 'Too many records wait for the disk (audit.journal.queueEntriesMax, queueBytesMax)',
    caller: 'retry',
    remedy: 'Look at the speed of the disk; raise the limits where bursts are short',
  },
  delivery_thread_ended: {
    meaning: 'The thread that serves sinks and incidents ended by a fault; it is started again',
    caller: 'retry',
    remedy: 'Look for the reason in the log; records wait in the journal and nothing is lost',
  },
  trace_export_failed: {
    meaning: 'Spans could not be sent to the collector; decisions and records are not affected',
    caller: 'retry',
    remedy: 'Look for the reason in the log; check the address, headers and authority in `traces`',
  },
  commit_thread_ended: {
    meaning: 'The thread that fetches and verifies commits ended by a fault; it is started again',
    caller: 'retry',
    remedy: 'Look for the reason in the log; until it runs, new commits are unavailable',
  },
  image_thread_ended: {
    meaning: 'The thread that reads and verifies images ended by a fault; it is started again',
    caller: 'retry',
    remedy: 'Look for the reason in the log; until it runs, new images are unavailable',
  },
  dashboard_thread_ended: {
    meaning: 'The thread that serves the dashboard ended by a fault; it is started again',
    caller: 'retry',
    remedy: 'Look for the reason in the log; admission and records are not affected',
  },
  dashboard_address_unavailable: {
    meaning: 'The dashboard could not listen on its address; it is tried again',
    caller: 'retry',
    remedy: 'Free the port, or configure another one in dashboard.port',
  },
  dashboard_access_unavailable: {
    meaning: 'Nobody could say who looks, or what they may see, so that nothing is shown',
    caller: 'retry',
    httpStatus: 503,
    remedy:
      'Load the page again; if it stays, see that the account of Holdfast may create tokenreviews and subjectaccessreviews (the chart grants them where it has configuration.dashboard)',
  },
  dashboard_access_denied: {
    meaning: 'These records are of namespaces that you may not see',
    caller: 'reject',
    httpStatus: 403,
    remedy:
      'Ask who administers the cluster for the verb get on decisions.holdfast.dev, in the namespace or in all of them',
  },
  dashboard_record_absent: {
    meaning: 'There is no such record that you may see in the journal of this replica',
    caller: 'reject',
    httpStatus: 404,
    remedy:
      'Each replica has a journal of its own: look at the others, or search all of them with holdfast audit query --id',
  },
  dashboard_page_unknown: {
    meaning: 'The dashboard has no such page',
    caller: 'reject',
    httpStatus: 404,
    remedy: 'Begin at the first page, /',
  },
  dashboard_form_foreign: {
    meaning: 'A form was sent that no page of this dashboard has sent',
    caller: 'reject',
    httpStatus: 403,
    remedy: 'Sign in on the page of the dashboard itself, at the address of dashboard.url',
  },
  dashboard_host_unknown: {
    meaning: 'The dashboard was asked for by a name that is not its own',
    caller: 'reject',
    httpStatus: 421,
    remedy: 'Ask for localhost by kubectl port-forward, or for the host of dashboard.url',
  },
  dashboard_request_unreadable: {
    meaning: 'The dashboard cannot read the request, or it is too large',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Use a browser, or GET with an address of at most dashboard.urlCharactersMax',
  },
  dashboard_overloaded: {
    meaning: 'Too many pages or streams are asked for at a time',
    caller: 'reject',
    httpStatus: 503,
    remedy: 'Wait a second, and load the page again',
  },
  drift_thread_ended: {
    meaning: 'The thread that looks for drift ended by a fault; it is started again',
    caller: 'retry',
    remedy:
      'Look for the reason in the log; what changes until it runs is found then, from where it stopped',
  },
  drift_healer_refused: {
    meaning: 'The API server gave no token of the service account that heals drift',
    caller: 'retry',
    remedy:
      'Install the chart with `configuration.drift.heal` set: it makes the service account `holdfast-healer` and lets Holdfast ask for its token',
  },
  // What other programs have seen (drift/intake, server/intake-server)
  intake_thread_ended: {
    meaning:
      'The thread that takes what other programs have seen ended by a fault; it is started again',
    caller: 'retry',
    remedy: 'Look for the reason in the log; senders repeat what they got no answer for',
  },
  intake_unauthenticated: {
    meaning: 'The sender did not prove to be the one that may report here',
    caller: 'reject',
    httpStatus: 401,
    remedy:
      'Send the header authorization: Bearer TOKEN with the token of this source, or present a client certificate of intake.clientCaFile with a configured common name',
  },
  intake_unreadable: {
    meaning: 'The report cannot be read',
    caller: 'reject',
    httpStatus: 400,
    remedy: 'Send what docs/intake.md says for this source, as JSON',
  },
  intake_too_large: {
    meaning: 'The report is larger than intake.bodyBytesMax',
    caller: 'reject',
    httpStatus: 413,
    remedy:
      'Start the API server with --audit-webhook-truncate-enabled, or raise intake.bodyBytesMax',
  },
  intake_overloaded: {
    meaning: 'More is reported than is taken',
    caller: 'retry',
    httpStatus: 429,
    remedy:
      'Let the sender report less: an audit policy without reads; or raise intake.requestsPerSecondMax and intake.recordsPerMinuteMax',
  },
  intake_not_recorded: {
    meaning: 'What was reported could not be recorded; the sender repeats it',
    caller: 'retry',
    httpStatus: 503,
    remedy: 'Look at the disk of the journal',
  },
  journal_closed: {
    meaning: 'The journal was closed, or its thread ended',
    caller: 'retry',
    remedy: 'Look at the log line of the fault that ended it',
  },
} as const satisfies Readonly<Record<string, ErrorRow>>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** The row of a code, with every column present or absent as in `ErrorRow`. */
export function describeError(code: ErrorCode): ErrorRow {
  return ERRORS[code];
}

export interface HoldfastErrorOptions {
  readonly cause?: unknown;
  readonly remedy?: string;
}

/** A fault. If the caller can continue, return a value with a code instead. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  /** What to do about it here; absent where the row of the code says it. */
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.remedy = options.remedy;
  }
}
