package holdfast.lib.credentials_test

import data.holdfast.lib.credentials
import data.holdfast.lib.samples_test as sample

test_none_is_missing_only_where_it_is_known_to_be_shown if {
	credentials.is_missing(sample.with_credential(sample.node, sample.missing_credential))
	every credential in [sample.absent_credential, sample.known_token, sample.unknown_token] {
		not credentials.is_missing(sample.with_credential(sample.node, credential))
	}
}
