package holdfast.lib.grants_test

import data.holdfast.lib.grants
import data.holdfast.lib.samples_test as sample

# What is appended to a remedy.
offer(request, actor) := text if {
	text := grants.offer with input as {
		"request": request,
		"facts": {"actor": actor, "cluster": {"name": "prod-eu-1"}},
		"parameters": {"grantsPossible": true},
	}
}

test_an_update_needs_no_verb if {
	offer(sample.deployment, sample.human) == concat("", [
		"\nIn an emergency: holdfast grant request deployments.apps/shop/checkout",
		" --subject alice --cluster prod-eu-1",
	])
}

test_verb_and_subresource if {
	evicted := sample.request_for("pods", "", {"operation": "CREATE", "subResource": "eviction"})
	offer(evicted, sample.human) == concat("", [
		"\nIn an emergency: holdfast grant request pods/shop/checkout",
		" --subresource eviction --verb CREATE --subject alice --cluster prod-eu-1",
	])
}

test_an_object_without_a_namespace if {
	request := sample.request_for("namespaces", "", {"operation": "DELETE", "name": "shop"})
	contains(offer(request, sample.human), " request namespaces/shop --verb DELETE ")
}

test_an_object_without_a_name if {
	unnamed := {"operation": "CREATE", "name": "", "object": {"metadata": {"name": ""}}, "oldObject": null}
	contains(offer(sample.overlay(sample.deployment, unnamed), sample.human), ` request 'deployments.apps/shop/*' `)
}

test_a_username_stays_one_word_of_the_shell if {
	named := object.union(sample.human, {"username": "O'Neill $(id)"})
	contains(offer(sample.deployment, named), ` --subject 'O'\''Neill $(id)' `)
}

test_a_username_that_a_terminal_would_act_on_is_left_out if {
	named := object.union(sample.human, {"username": "a\u001b[2Jb"})
	endswith(offer(sample.deployment, named), " request deployments.apps/shop/checkout --cluster prod-eu-1")
}

test_limits_that_are_lower_than_the_defaults_of_the_command if {
	text := grants.offer with input as {
		"request": sample.deployment,
		"facts": {"actor": sample.human, "cluster": {"name": "prod-eu-1"}},
		"parameters": {"grantsPossible": true, "grantOptions": ["--minutes 30", "--uses 5"]},
	}
	endswith(text, " --subject alice --cluster prod-eu-1 --minutes 30 --uses 5")
}

test_an_operator_may_be_given_one if {
	contains(offer(sample.deployment, sample.operator), "--subject system:serviceaccount:cert-manager:cert-manager ")
}

test_no_grant_for_the_control_plane_a_node_or_a_writer if {
	every actor in [sample.platform("x"), sample.node, sample.unproven_writer] {
		offer(sample.deployment, actor) == ""
	}
	every class in {"breakglass"} | sample.words_of_no_rule {
		offer(sample.deployment, object.union(sample.human, {"class": class})) == ""
	}
}

test_nobody_may_approve if {
	every parameters in [{}, {"grantsPossible": false}] {
		text := grants.offer with input as {
			"request": sample.deployment,
			"facts": {"actor": sample.human, "cluster": {"name": "c"}},
			"parameters": parameters,
		}
		text == ""
	}
}

test_no_cluster_is_known if {
	text := grants.offer with input as {
		"request": sample.deployment,
		"facts": {"actor": sample.human},
		"parameters": {"grantsPossible": true},
	}
	text == ""
}
